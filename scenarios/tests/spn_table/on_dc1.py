"""Plays SPN cases on the domain controller it runs on, each in an organisational unit of its own.

Reads {"cases": [{"objects": [...], "writer_of": [...], "actor": ..., "steps": [...]}]} on standard
input and prints for each case the LDAP result codes of its steps. The steps go over LDAP as the
actor; only the objects and their rights are made behind the DC's back.
"""

import json
import sys

import ldb
from samba.auth import system_session
from samba.credentials import DONT_USE_KERBEROS, Credentials
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

BASE = "DC=contoso,DC=com"
ROOT = f"OU=spn-table,{BASE}"
SPN = "servicePrincipalName"
SPN_GUID = "f3a64788-5306-11d1-a9c5-0000f80367c1"
HOST_NAME_GUID = "72e39547-7b18-11d1-adef-00c04fd8d5cd"
PASSWORD = "Training-Table-1"

lp = LoadParm()
lp.load("/etc/samba/smb.conf")
sam = SamDB(url="/var/lib/samba/private/sam.ldb", session_info=system_session(), lp=lp)


def bound(user, password):
    credentials = Credentials()
    credentials.guess(lp)
    credentials.set_kerberos_state(DONT_USE_KERBEROS)
    credentials.set_username(user)
    credentials.set_password(password)
    return SamDB(url="ldap://127.0.0.1", credentials=credentials, lp=lp)


def allow(dn, sid):
    """Write access to the SPNs and the host name of one object."""
    found = sam.search(dn, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"])
    descriptor = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0])
    sddl = descriptor.as_sddl(security.dom_sid(sam.get_domain_sid()))
    ace = f"(OA;;RPWP;{SPN_GUID};;{sid})"
    head, dacl = sddl.split("D:", 1)
    at = dacl.index("(")
    changed = security.descriptor.from_sddl(
        f"{head}D:{dacl[:at]}{ace}{dacl[at:]}", security.dom_sid(sam.get_domain_sid())
    )
    message = ldb.Message(ldb.Dn(sam, dn))
    message["nTSecurityDescriptor"] = ldb.MessageElement(
        ndr_pack(changed), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor"
    )
    sam.modify(message)


def make(unit, number, spec):
    name = f"t{number}{spec['name']}"
    dn = f"CN=object-{name},{unit}"
    if spec["kind"] == "computer":
        record = {"objectClass": "computer", "sAMAccountName": f"{name}$"}
        record["userAccountControl"] = str(0x1000)
    else:
        record = {"objectClass": "user", "sAMAccountName": name}
    if spec.get("dns"):
        record["dNSHostName"] = spec["dns"]
    sam.add({"dn": dn, **record})
    if spec.get("self"):
        sam.setpassword(f"(distinguishedName={dn})", PASSWORD)
        sam.enable_account(f"(distinguishedName={dn})")
    return dn, record["sAMAccountName"]


FLAGS = {
    "add": ldb.FLAG_MOD_ADD,
    "replace": ldb.FLAG_MOD_REPLACE,
    "delete": ldb.FLAG_MOD_DELETE,
}


def play(connection, dns, step):
    message = ldb.Message(ldb.Dn(connection, dns[step["on"]]))
    if step["do"] == "rename":
        message["dNSHostName"] = ldb.MessageElement(
            step["values"], ldb.FLAG_MOD_REPLACE, "dNSHostName"
        )
    else:
        message[SPN] = ldb.MessageElement(step["values"], FLAGS[step["do"]], SPN)
    try:
        connection.modify(message)
    except ldb.LdbError as error:
        return [error.args[0], error.args[1]]
    return [0, ""]


cases = json.load(sys.stdin)["cases"]
sam.add({"dn": ROOT, "objectClass": "organizationalUnit"})
try:
    sam.newuser("table_writer", PASSWORD)
    sam.newuser("table_nobody", PASSWORD)
    found = sam.search(BASE, expression="(sAMAccountName=table_writer)", attrs=["objectSid"])
    writer_sid = str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))
    connections = {
        "admin": bound("Administrator", "Training-Admin-1"),
        "writer": bound("table_writer", PASSWORD),
        "nobody": bound("table_nobody", PASSWORD),
    }
    results = []
    for number, case in enumerate(cases):
        unit = f"OU=case{number},{ROOT}"
        sam.add({"dn": unit, "objectClass": "organizationalUnit"})
        made = {spec["name"]: make(unit, number, spec) for spec in case["objects"]}
        dns = {name: dn for name, (dn, _) in made.items()}
        for name in case["writer_of"]:
            allow(dns[name], writer_sid)
        if case["actor"] in made:
            actor = bound(made[case["actor"]][1], PASSWORD)
        else:
            actor = connections[case["actor"]]
        codes = []
        for step in case["steps"]:
            # The setting of a case is made by the administrator.
            who = connections["admin"] if step.get("setting") else actor
            codes.append(play(who, dns, step))
        results.append(codes)
        sam.delete(unit, ["tree_delete:1"])
    json.dump(results, sys.stdout)
finally:
    sam.delete(ROOT, ["tree_delete:1"])
    for user in ("table_writer", "table_nobody"):
        for entry in sam.search(BASE, expression=f"(sAMAccountName={user})", attrs=["cn"]):
            sam.delete(entry.dn)
