"""Runs `hostname` with pywinrm and prints what it prints, as it is."""
import json
import logging
import sys

import winrm

options = json.loads(sys.argv[1])
target = options.pop("target", "http://mem1.contoso.com:5985/wsman")


class Words(logging.Formatter):
    """The words alone: a traceback is about Python."""

    def formatException(self, exc_info):
        return ""

    def formatMessage(self, record):
        return f"log {record.name}: {record.getMessage().strip()}"

    def format(self, record):
        return super().format(record).strip()


handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(Words())
logging.basicConfig(level=logging.ERROR, handlers=[handler])
try:
    session = winrm.Session(target, auth=(None, None), transport="kerberos", **options)
    answer = session.run_cmd("hostname")
    print("exit", answer.status_code, answer.std_out.decode().strip(), answer.std_err.decode().strip())
except Exception as error:
    kind = type(error)
    print(f"{kind.__module__}.{kind.__name__}: {error}")
