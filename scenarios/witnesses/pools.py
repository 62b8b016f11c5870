"""Asks for the runspace pools of a host with pypsrp, while a shell is open, without a command and
with one that runs, and prints what comes."""
import json
import sys

from pypsrp.powershell import RunspacePool
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan

options = {"ssl": False, **json.loads(sys.argv[1])}


def ask(wsman, shell, command):
    for pool in RunspacePool.get_runspace_pools(wsman):
        which = "the open shell" if pool.id == shell.id else "another shell"
        found = ["the running command" if id == command else "another command" for id in pool.pipelines]
        print(which, "pipelines", found)


try:
    with WSMan("mem1.contoso.com", **options) as wsman, WinRS(wsman) as shell:
        ask(wsman, shell, None)
        process = Process(shell, "echo ready; exec sleep 1000")
        process.begin_invoke()
        while not process.stdout:
            process.poll_invoke()
        ask(wsman, shell, process.id)
        process.signal(SignalCode.TERMINATE)
        ask(wsman, shell, None)
except Exception as error:
    kind = type(error)
    print(f"{kind.__module__}.{kind.__name__}: {error}")
