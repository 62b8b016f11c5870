//! Accounts of the directory.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::names::{Spn, dns_domain, fold, holds, same, same_dn};

/// What kind of account holds an SPN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountKind {
    /// A computer.
    Computer,
    /// A user; service accounts are users to the directory.
    User,
    /// A managed service account, standalone or of a group.
    ManagedService,
}

impl AccountKind {
    /// In words, with an article.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Computer => "a computer account",
            Self::User => "a user account, used by some service",
            Self::ManagedService => "a managed service account",
        }
    }
}

/// An account with its SPNs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Distinguished name.
    pub dn: String,
    /// `sAMAccountName`; a computer's ends with `$`.
    pub name: String,
    /// What it is.
    pub kind: AccountKind,
    /// `dNSHostName`.
    pub dns_host_name: Option<String>,
    /// The computer's other names: the values of `msDS-AdditionalDnsHostName`, and those of
    /// `msDS-AdditionalSamAccountName` without `$` (`netdom computername /add`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_names: Vec<String>,
    /// Whether it may log on.
    pub enabled: bool,
    /// `objectGUID`. It stays the same when the object is moved or renamed. Another object under
    /// the same DN has another one (MS-ADTS 3.1.1.1.4). `None`: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<Uuid>,
    /// The values of `servicePrincipalName` as stored. They are texts, because the directory also
    /// stores values that are no SPNs.
    pub spns: Vec<String>,
}

impl Account {
    /// Whether it holds this SPN.
    pub fn holds(&self, spn: &Spn) -> bool {
        holds(&self.spns, &spn.to_string())
    }

    /// Its values that are this SPN, as stored. Samba lets an account hold one SPN in several
    /// spellings.
    pub fn stored(&self, spn: &Spn) -> Vec<&str> {
        self.spns.iter().filter(|value| spn.is(value)).map(String::as_str).collect()
    }

    /// Whether it is the object at this DN.
    pub fn is(&self, dn: &str) -> bool {
        same_dn(&self.dn, dn)
    }

    /// The name as typed into `setspn`: a computer's without `$`.
    pub fn setspn_name(&self) -> &str {
        self.name.strip_suffix('$').unwrap_or(&self.name)
    }

    /// DNS name of its domain, from the DN.
    pub fn domain(&self) -> String {
        dns_domain(&self.dn)
    }

    /// Whether it lost a conflict: two domain controllers created an object of this name, and
    /// replication renamed one of them (`CN=MEM1\0ACNF:…`, MS-ADTS 3.1.1.1.9). Or they gave two
    /// objects one `sAMAccountName`, and one of them got `$DUPLICATE-…`.
    pub fn is_conflict(&self) -> bool {
        is_conflict_dn(&self.dn) || fold(&self.name).starts_with("$duplicate-")
    }

    /// Whether it is the name of a failover cluster or of one of its roles. The cluster service
    /// registers these service classes, and the node that answers has another key.
    ///
    /// A node holds `MSServerClusterMgmtAPI` too, beside the names that a joined machine registers
    /// for itself.
    pub fn is_cluster_name(&self) -> bool {
        let has = |class: &str| {
            self.spns.iter().any(|value| value.split('/').next().is_some_and(|c| same(c, class)))
        };
        let is_machine = || has("RestrictedKrbHost") || has("TERMSRV");
        self.kind == AccountKind::Computer
            && (has("MSClusterVirtualServer")
                || has("MSServerCluster")
                || has("MSServerClusterMgmtAPI") && !is_machine())
    }

    /// Without its SPNs.
    pub fn to_ref(&self) -> AccountRef {
        let Self { dn, name, kind, guid, .. } = self;
        AccountRef { dn: dn.clone(), name: name.clone(), kind: *kind, guid: *guid }
    }
}

/// Names an account, without its SPNs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRef {
    /// Distinguished name.
    pub dn: String,
    /// `sAMAccountName`.
    pub name: String,
    /// What it is.
    pub kind: AccountKind,
    /// `objectGUID`, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<Uuid>,
}

impl AccountRef {
    /// Whether this names the account: by GUID if both are known, else by DN.
    pub(crate) fn is(&self, account: &Account) -> bool {
        match (self.guid, account.guid) {
            (Some(meant), Some(found)) => meant == found,
            _ => account.is(&self.dn),
        }
    }

    /// The name as typed into `setspn`: a computer's without `$`.
    pub(crate) fn setspn_name(&self) -> &str {
        match self.kind {
            AccountKind::Computer => self.name.strip_suffix('$').unwrap_or(&self.name),
            AccountKind::User | AccountKind::ManagedService => &self.name,
        }
    }
}

impl fmt::Display for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.dn)
    }
}

/// Whether the object of this DN was renamed after a conflict.
pub(crate) fn is_conflict_dn(dn: &str) -> bool {
    let dn = fold(dn);
    let rdn = dn.split(',').next().unwrap_or_default();
    rdn.contains("\\0acnf:") || rdn.contains("\ncnf:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computer(dn: &str, spns: &[&str]) -> Account {
        Account {
            dn: dn.to_owned(),
            name: "MEM1$".to_owned(),
            kind: AccountKind::Computer,
            dns_host_name: None,
            additional_names: Vec::new(),
            enabled: true,
            guid: None,
            spns: spns.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_loser_of_a_conflict_is_known_by_its_name() {
        let table = [
            ("CN=MEM1,CN=Computers,DC=contoso,DC=com", false),
            ("CN=MEM1\\0ACNF:4d2a8cb7-0001,CN=Computers,DC=contoso,DC=com", true),
            ("CN=MEM1\\0acnf:4d2a8cb7-0001,CN=Computers,DC=contoso,DC=com", true),
            ("CN=MEM1\nCNF:4d2a8cb7-0001,CN=Computers,DC=contoso,DC=com", true),
            ("CN=CNF:MEM1,CN=Computers,DC=contoso,DC=com", false),
        ];
        for (dn, expected) in table {
            assert_eq!(computer(dn, &[]).is_conflict(), expected, "{dn}");
        }
    }

    #[test]
    fn a_cluster_is_known_by_what_its_service_registers() {
        let table: [(&[&str], bool); 7] = [
            (&["HOST/c1", "RestrictedKrbHost/c1"], false),
            (&["MSClusterVirtualServer/c1"], true),
            (&["HOST/c1", "msservercluster/c1.contoso.com"], true),
            (&["HOST/c1", "MSServerClusterMgmtAPI/c1"], true),
            (&["HOST/n1", "RestrictedKrbHost/n1", "MSServerClusterMgmtAPI/n1"], false),
            (&["HOST/n1", "TERMSRV/n1", "MSServerClusterMgmtAPI/n1"], false),
            (&["MSServerClusterX/c1"], false),
        ];
        for (spns, expected) in table {
            assert_eq!(computer("CN=x", spns).is_cluster_name(), expected, "{spns:?}");
            let user = Account { kind: AccountKind::User, ..computer("CN=x", spns) };
            assert!(!user.is_cluster_name());
        }
    }
}
