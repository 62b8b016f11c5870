"""Runs `hostname` with pypsrp and prints what it prints, as it is."""
import json
import sys

from pypsrp.client import Client

options = {"ssl": False, **json.loads(sys.argv[1])}
try:
    with Client("mem1.contoso.com", **options) as client:
        out, err, code = client.execute_cmd("hostname")
        print("exit", code, out.strip(), err.strip())
except Exception as error:
    kind = type(error)
    print(f"{kind.__module__}.{kind.__name__}: {error}")
