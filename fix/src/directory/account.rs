//! Accounts of the directory.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::names::{Spn, Target, dns_domain, holds, same, same_dn};

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

    /// Whether it is the computer of this name. `dNSHostName` decides. `sAMAccountName` decides if
    /// the name is short, or if the computer has no `dNSHostName` and the rest of the name is its
    /// domain.
    pub fn is_computer_called(&self, host: &Target) -> bool {
        if self.kind != AccountKind::Computer {
            return false;
        }
        if self.dns_host_name.as_deref().is_some_and(|name| same(name, host.as_str())) {
            return true;
        }
        let by_account = same(&self.name, &format!("{}$", host.first_label()));
        let full = || format!("{}.{}", host.first_label(), self.domain());
        by_account
            && (host.is_short() || self.dns_host_name.is_none() && same(&full(), host.as_str()))
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
            AccountKind::Computer => self.name.trim_end_matches('$'),
            AccountKind::User | AccountKind::ManagedService => &self.name,
        }
    }
}

impl fmt::Display for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.dn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computer(dns: Option<&str>) -> Account {
        Account {
            dn: "CN=LAB-SRV-01,CN=Computers,DC=contoso,DC=com".to_owned(),
            name: "MEM1$".to_owned(),
            kind: AccountKind::Computer,
            dns_host_name: dns.map(str::to_owned),
            enabled: true,
            guid: None,
            spns: Vec::new(),
        }
    }

    #[test]
    fn a_computer_goes_by_its_dns_name_and_its_account_name() {
        let table = [
            (Some("mem1.contoso.com"), "mem1.contoso.com", true),
            (Some("mem1.contoso.com"), "MEM1.CONTOSO.COM", true),
            (Some("mem1.contoso.com"), "mem1", true),
            (Some("mem1.contoso.com"), "mem1.fabrikam.com", false),
            (Some("mem1.contoso.com"), "lab-srv-01", false),
            (Some("mem1.contoso.com"), "mem1.contoso.com.", false),
            (Some("mem1.branch.contoso.com"), "mem1.contoso.com", false),
            (None, "mem1.contoso.com", true),
            (None, "mem1.fabrikam.com", false),
            (None, "mem1", true),
        ];
        for (dns, name, expected) in table {
            let target: Target = name.parse().unwrap();
            assert_eq!(computer(dns).is_computer_called(&target), expected, "{dns:?} {name}");
        }
    }

    #[test]
    fn a_managed_service_account_is_not_the_computer() {
        let target: Target = "mem1.contoso.com".parse().unwrap();
        let account =
            Account { kind: AccountKind::ManagedService, ..computer(Some("mem1.contoso.com")) };
        assert!(!account.is_computer_called(&target));
    }
}
