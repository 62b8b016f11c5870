"""Asks for the runspace pools of a host with pypsrp, while a shell is open, and prints what comes."""
import json
import sys

from pypsrp.powershell import RunspacePool
from pypsrp.shell import WinRS
from pypsrp.wsman import WSMan

options = {"ssl": False, **json.loads(sys.argv[1])}
try:
    with WSMan("mem1.contoso.com", **options) as wsman, WinRS(wsman) as shell:
        for pool in RunspacePool.get_runspace_pools(wsman):
            print("the open shell" if pool.id == shell.id else "another shell", "pipelines", pool.pipeline_table)
except Exception as error:
    kind = type(error)
    print(f"{kind.__module__}.{kind.__name__}: {error}")
