//! The names and training passwords of the domain in the DC image.
//!
//! The README documents the passwords. They protect only a lab, and its ports are published on
//! 127.0.0.1.

/// Kerberos realm of every lab.
pub const REALM: &str = "CONTOSO.COM";

/// Base of the domain naming context.
pub(crate) const BASE_DN: &str = "DC=contoso,DC=com";

/// An account of the domain as the DC image holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// `sAMAccountName`, with the `$` of a computer.
    pub name: &'static str,
    /// Documented training password.
    pub password: &'static str,
    /// Distinguished name.
    pub dn: &'static str,
    /// `servicePrincipalName` values of the baseline.
    pub baseline_spns: &'static [&'static str],
}

impl Account {
    /// The Kerberos principal, such as `trainer@CONTOSO.COM`.
    pub fn principal(&self) -> String {
        format!("{}@{REALM}", self.name)
    }
}

/// The accounts.
pub mod accounts {
    use super::Account;

    /// Domain administrator.
    pub const ADMINISTRATOR: Account = Account {
        name: "Administrator",
        password: "Training-Admin-1",
        dn: "CN=Administrator,CN=Users,DC=contoso,DC=com",
        baseline_spns: &[],
    };
    /// May use WinRM on MEM1.
    pub const TRAINER: Account = Account {
        name: "trainer",
        password: "Training-Trainer-1",
        dn: "CN=trainer,CN=Users,DC=contoso,DC=com",
        baseline_spns: &[],
    };
    /// Authenticates, but may not use WinRM.
    pub const VISITOR: Account = Account {
        name: "visitor",
        password: "Training-Visitor-1",
        dn: "CN=visitor,CN=Users,DC=contoso,DC=com",
        baseline_spns: &[],
    };
    /// Holds the delegated right to write `servicePrincipalName`, and no other right.
    pub const SPN_OPERATOR: Account = Account {
        name: "spn_operator",
        password: "Training-Operator-1",
        dn: "CN=spn_operator,CN=Users,DC=contoso,DC=com",
        baseline_spns: &[],
    };
    /// Service account of the web site on MEM1.
    pub const SVC_WEB: Account = Account {
        name: "svc_web",
        password: "Training-Web-1",
        dn: "CN=svc_web,CN=Users,DC=contoso,DC=com",
        baseline_spns: &["HTTP/www.contoso.com"],
    };
    /// A second service account, without a service.
    pub const SVC_APP: Account = Account {
        name: "svc_app",
        password: "Training-App-1",
        dn: "CN=svc_app,CN=Users,DC=contoso,DC=com",
        baseline_spns: &[],
    };
    /// Computer account of the member server. Its RDN is deliberately no host name: Samba's KDC
    /// falls back to `cn=<first label>`, and Windows does not.
    pub const MEM1: Account = Account {
        name: "MEM1$",
        password: "Training-Mem1-1",
        dn: "CN=LAB-SRV-01,CN=Computers,DC=contoso,DC=com",
        baseline_spns: &[
            "HOST/MEM1",
            "HOST/mem1.contoso.com",
            "RestrictedKrbHost/MEM1",
            "RestrictedKrbHost/mem1.contoso.com",
        ],
    };
    /// Computer account of the user's workstation.
    pub const CLIENT: Account = Account {
        name: "CLIENT$",
        password: "Training-Client-1",
        dn: "CN=LAB-CLI-01,CN=Computers,DC=contoso,DC=com",
        baseline_spns: &[
            "HOST/CLIENT",
            "HOST/client.contoso.com",
            "RestrictedKrbHost/CLIENT",
            "RestrictedKrbHost/client.contoso.com",
        ],
    };

    /// Every account whose SPNs the lab may change.
    pub const ALL: &[Account] =
        &[ADMINISTRATOR, TRAINER, VISITOR, SPN_OPERATOR, SVC_WEB, SVC_APP, MEM1, CLIENT];

    /// The object that MEM1 left behind when it was joined again.
    pub const MEM1_OLD: Account = Account {
        name: "MEM1OLD$",
        password: "Training-Mem1-Old-1",
        dn: "CN=LAB-OLD-01,CN=Computers,DC=contoso,DC=com",
        baseline_spns: &[],
    };
    /// The computer account under which all servers of a mail farm run their web services.
    pub const MAIL_FARM: Account = Account {
        name: "MAILASA$",
        password: "Training-Mail-1",
        dn: "CN=LAB-ASA-01,CN=Computers,DC=contoso,DC=com",
        baseline_spns: &[],
    };

    /// Accounts that the image does not have. [`Dc::add_computer`](crate::Dc::add_computer) adds
    /// them, and a reset deletes them.
    pub const ADDED: &[Account] = &[MEM1_OLD, MAIL_FARM];

    /// The account of the image with this `sAMAccountName`, compared as AD does, `$` optional.
    pub fn by_name(name: &str) -> Option<Account> {
        find(ALL, name)
    }

    /// As [`by_name`], one of [`ADDED`].
    pub fn added(name: &str) -> Option<Account> {
        find(ADDED, name)
    }

    fn find(accounts: &[Account], name: &str) -> Option<Account> {
        let wanted = name.trim_end_matches('$');
        let known = |a: &Account| a.name.trim_end_matches('$').eq_ignore_ascii_case(wanted);
        accounts.iter().copied().find(known)
    }
}

/// A host of the lab, with its names on the lab's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Fully qualified name.
    pub fqdn: &'static str,
    /// Every alias on the lab's network.
    pub aliases: &'static [&'static str],
}

/// The hosts.
pub mod hosts {
    use super::super::Role;
    use super::Host;

    /// The domain controller.
    pub const DC1: Host = Host { fqdn: "dc1.contoso.com", aliases: &["dc1.contoso.com", "dc1"] };
    /// The second domain controller, which few labs have.
    pub const DC2: Host = Host { fqdn: "dc2.contoso.com", aliases: &["dc2.contoso.com", "dc2"] };
    /// The host of a domain controller.
    pub fn of_dc(dc: Role) -> &'static Host {
        if dc == Role::Dc2 { &DC2 } else { &DC1 }
    }
    /// The member server, which also serves the web site `www`.
    pub const MEM1: Host = Host {
        fqdn: "mem1.contoso.com",
        aliases: &["mem1.contoso.com", "mem1", "www.contoso.com", "www"],
    };
    /// The user's workstation.
    pub const CLIENT: Host =
        Host { fqdn: "client.contoso.com", aliases: &["client.contoso.com", "client"] };
}
