"""Fills the fresh domain: password policy, accounts, SPNs. It is one process, because each call of
samba-tool costs half a second."""

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

BASE = "DC=contoso,DC=com"
AES_ONLY = "24"  # AES128 (8) + AES256 (16), MS-KILE 2.2.7

# Documented training passwords. They protect only the lab.
USERS = {
    "trainer": "Training-Trainer-1",
    "visitor": "Training-Visitor-1",
    "spn_operator": "Training-Operator-1",
    "svc_web": "Training-Web-1",
    "svc_app": "Training-App-1",
}
# The RDN is no host name. Otherwise Samba's KDC would fall back to cn=<first label> for HOST, which
# Windows does not do.
COMPUTERS = {
    "LAB-SRV-01": ("MEM1", "Training-Mem1-1"),
    "LAB-CLI-01": ("CLIENT", "Training-Client-1"),
}

lp = LoadParm()
lp.load("/etc/samba/smb.conf")
sam = SamDB(url="/var/lib/samba/private/sam.ldb", session_info=system_session(), lp=lp)


def replace(dn, values):
    message = ldb.Message(ldb.Dn(sam, dn))
    for name, value in values.items():
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    sam.modify(message)


# Without this every password in the image would expire after 42 days.
replace(
    BASE,
    {
        "maxPwdAge": "-9223372036854775808",
        "minPwdAge": "0",
        "pwdProperties": "0",
        "pwdHistoryLength": "0",
    },
)

for name, password in USERS.items():
    sam.newuser(name, password)
    replace(f"CN={name},CN=Users,{BASE}", {"msDS-SupportedEncryptionTypes": AES_ONLY})

replace(f"CN=Administrator,CN=Users,{BASE}", {"msDS-SupportedEncryptionTypes": AES_ONLY})

for rdn, (host, password) in COMPUTERS.items():
    fqdn = f"{host.lower()}.contoso.com"
    sam.add(
        {
            "dn": f"CN={rdn},CN=Computers,{BASE}",
            "objectClass": "computer",
            "sAMAccountName": f"{host}$",
            "userAccountControl": "4098",
            "dNSHostName": fqdn,
            "msDS-SupportedEncryptionTypes": AES_ONLY,
            # The SPNs that a join writes.
            "servicePrincipalName": [
                f"HOST/{host}",
                f"HOST/{fqdn}",
                f"RestrictedKrbHost/{host}",
                f"RestrictedKrbHost/{fqdn}",
            ],
        }
    )
    sam.setpassword(f"(sAMAccountName={host}$)", password)
    sam.enable_account(f"(sAMAccountName={host}$)")

# MEM1's local group "Remote Management Users" has this group as a member. A DC's builtin groups are
# in no ticket for a member server.
sam.newgroup("winrm_users")
sam.add_remove_group_members("winrm_users", ["trainer"], add_members_operation=True)

# The web site's own name.
replace(f"CN=svc_web,CN=Users,{BASE}", {"servicePrincipalName": "HTTP/www.contoso.com"})
