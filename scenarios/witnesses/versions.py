"""Prints which versions the clients are."""
import subprocess
from importlib.metadata import distributions, version

for name in ("pywinrm", "pykerberos", "pypsrp", "pyspnego", "krb5", "ansible-core"):
    print(name, version(name))
for older in distributions(path=["/opt/older"]):
    print("older", older.name, older.version)
print(*subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout.split()[:2])
