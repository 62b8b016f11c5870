"""Fills a stopped domain controller's database with accounts and SPNs, for the benchmark only.

Usage: bulk-load.py COUNT. Each account is a clone of one real user with two SPNs of its own, written
into the domain partition itself: over LDAP 100,000 accounts would take ten minutes. Ten pairs of
accounts share an SPN, as a migration leaves them behind; Samba would refuse that on the normal road.
"""

import sys
import uuid

import ldb
from samba.auth import system_session
from samba.dcerpc import misc, security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

BASE = "DC=contoso,DC=com"
PARTITION = "/var/lib/samba/private/sam.ldb.d/DC=CONTOSO,DC=COM.ldb"
PER_TRANSACTION = 5000  # more at once costs memory out of all proportion
DUPLICATES = 10
FIRST_RID = 1_000_000  # far above what the DC hands out

count = int(sys.argv[1])
lp = LoadParm()
lp.load("/etc/samba/smb.conf")
sam = SamDB(url="/var/lib/samba/private/sam.ldb", session_info=system_session(), lp=lp)
sam.newuser("bulk_template", "Training-Bulk-1")

raw = ldb.Ldb(
    PARTITION, options=["batch_mode:1", "transaction_index_cache_size:200000", "modules:"]
)
found = raw.search(BASE, ldb.SCOPE_SUBTREE, "(sAMAccountName=bulk_template)")
if len(found) != 1:
    sys.exit(f"the template was found {len(found)} times")
template = found[0]
sid = str(ndr_unpack(security.dom_sid, template["objectSid"][0])).rsplit("-", 1)[0]
REPLACED = {"dn", "cn", "name", "samaccountname", "objectguid", "objectsid", "distinguishedname", "userprincipalname"}
kept = [(name, template[name]) for name in template if name.lower() not in REPLACED]
print(f"attributes copied: {sorted(name for name, _ in kept)}", file=sys.stderr)


def clone(number):
    name = f"bulk{number:06}"
    host = f"{name}.contoso.com"
    message = ldb.Message(ldb.Dn(raw, f"CN={name},CN=Users,{BASE}"))
    for attribute, values in kept:
        message[attribute] = ldb.MessageElement(list(values), 0, attribute)
    message["cn"] = name
    message["name"] = name
    message["sAMAccountName"] = name
    message["objectGUID"] = ldb.MessageElement(
        ndr_pack(misc.GUID(str(uuid.uuid4()))), 0, "objectGUID"
    )
    message["objectSid"] = ldb.MessageElement(
        ndr_pack(security.dom_sid(f"{sid}-{FIRST_RID + number}")), 0, "objectSid"
    )
    spns = [f"HTTP/{host}", f"MSSQLSvc/{host}:1433"]
    if number < 2 * DUPLICATES:
        spns.append(f"HTTP/shared{number // 2}.contoso.com")
    message["servicePrincipalName"] = spns
    return message


for start in range(0, count, PER_TRANSACTION):
    raw.transaction_start()
    for number in range(start, min(start + PER_TRANSACTION, count)):
        raw.add(clone(number))
    raw.transaction_commit()
