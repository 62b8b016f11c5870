"""Changes objects of the directory out of band; runs on a domain controller.

Reads JSON. {"changes": [{"object", "attribute", "becomes", "written"}, ...], "user", "password"} makes the
changes and prints the objects as they were, {"objects": [...]}. That puts them back, to the byte."""

import base64
import json
import os
import re
import sys

import ldb
from samba.auth import system_session
from samba.credentials import DONT_USE_KERBEROS, Credentials
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

BASE = "DC=contoso,DC=com"
PRIVATE = "/var/lib/samba/private"
lp = LoadParm()
lp.load("/etc/samba/smb.conf")


def file_of(dn):
    """The file with this object, which no module of Samba looks at."""
    names = [name[:-4] for name in os.listdir(f"{PRIVATE}/sam.ldb.d") if name.endswith(".ldb")]
    # The schema lies in the configuration, and that in the domain.
    name = max((name for name in names if dn.upper().endswith(f",{name}")), key=len)
    return ldb.Ldb(url=f"{PRIVATE}/sam.ldb.d/{name}.ldb")


def over_ldap(user, password):
    credentials = Credentials()
    credentials.guess(lp)
    credentials.set_kerberos_state(DONT_USE_KERBEROS)
    credentials.set_username(user)
    credentials.set_password(password)
    return SamDB(url="ldap://127.0.0.1", credentials=credentials, lp=lp)


def through_samba():
    return SamDB(url=f"{PRIVATE}/sam.ldb", session_info=system_session(lp), lp=lp)


def described(value, becomes):
    """A security descriptor after the change."""
    before = ndr_unpack(security.descriptor, value).as_sddl()
    if becomes == "another owner":
        after = re.sub("^O:.*?G:", "O:BAG:", before)
    elif becomes == "one ACE more":
        after = before.replace("(", "(A;;RP;;;BG)(", 1)
    else:
        after = re.sub(r"\(A;[^()]*;(PS|AU)\)", "", before, count=1)
    assert after != before, before
    return ndr_pack(security.descriptor.from_sddl(after, security.dom_sid()))


def change(sam, dn, attribute, becomes):
    if becomes == "deleted":
        sam.delete(dn)
    elif attribute == "distinguishedName":
        sam.rename(dn, f"{becomes},{BASE}")
    else:
        [had] = sam.search(dn, ldb.SCOPE_BASE, attrs=[attribute])
        if attribute == "nTSecurityDescriptor":
            values = [described(bytes(had[attribute][0]), becomes)]
        elif becomes.endswith("'s"):
            owner = f"CN={becomes[:-2]},CN=Users,{BASE}"
            [other] = sam.search(owner, ldb.SCOPE_BASE, attrs=[attribute])
            values = [bytes(other[attribute][0])]
        else:
            values = [] if becomes == "nothing" else [becomes]
        message = ldb.Message(ldb.Dn(sam, dn))
        message[attribute] = ldb.MessageElement(values, ldb.FLAG_MOD_REPLACE, attribute)
        sam.modify(message)


def kept(dn):
    [found] = file_of(dn).search(dn, ldb.SCOPE_BASE)
    names = set(found.keys()) - {"dn", "distinguishedName"}
    return {"dn": dn, "has": {name: [encoded(value) for value in found[name]] for name in names}}


def encoded(value):
    return base64.b64encode(bytes(value)).decode()


def put_back(dn, has):
    """Whatever has the object's GUID now makes way for it."""
    file = file_of(dn)
    message = ldb.Message(ldb.Dn(file, dn))
    for name, values in has.items():
        values = [base64.b64decode(value) for value in values]
        message[name] = ldb.MessageElement(values, ldb.FLAG_MOD_ADD, name)
    file.transaction_start()
    for now in file.search(scope=ldb.SCOPE_SUBTREE, attrs=["objectGUID"]):
        if "objectGUID" in now and bytes(now["objectGUID"][0]) == bytes(message["objectGUID"][0]):
            file.delete(now.dn)
    file.add(message)
    file.transaction_commit()


asked = json.load(sys.stdin)
for thing in asked.get("objects", []):
    put_back(**thing)
objects = []
for wanted in asked.get("changes", []):
    dn = f"{wanted['object']},{BASE}"
    objects.append(kept(dn))
    roads = {
        "over LDAP": lambda: over_ldap(asked["user"], asked["password"]),
        "by Samba": through_samba,
        "raw": lambda: file_of(dn),
    }
    change(roads[wanted["written"]](), dn, wanted["attribute"], wanted["becomes"])
print(json.dumps({"objects": objects}))
