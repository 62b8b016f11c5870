//! From LDAP entries to accounts.

use super::failure::unexpected;
use super::wire::answer::{Entry, GUID};
use crate::directory::{Account, AccountKind, DirectoryError};

pub(super) const SPNS: &str = "servicePrincipalName";

/// Other DNS names of a computer (MS-ADA2).
pub(super) const MORE_DNS: &str = "msDS-AdditionalDnsHostName";
/// Other account names of a computer, with `$` (MS-ADA2).
pub(super) const MORE_ACCOUNT: &str = "msDS-AdditionalSamAccountName";

/// The attributes that are read of an account. The global catalog may lack the additional names.
/// A server whose schema lacks them leaves them out (RFC 4511 section 4.5.1.8).
pub(super) const ATTRIBUTES: [&str; 8] = [
    "sAMAccountName",
    "objectClass",
    "dNSHostName",
    MORE_DNS,
    MORE_ACCOUNT,
    "userAccountControl",
    GUID,
    SPNS,
];

/// ADS_UF_ACCOUNTDISABLE (MS-ADTS 2.2.16).
const DISABLED: i64 = 0x2;

/// The value of an attribute that has one at most.
pub(super) fn one(entry: &Entry, attribute: &str) -> Result<Option<String>, DirectoryError> {
    match all(entry, attribute) {
        [] => Ok(None),
        [value] => Ok(Some(value.clone())),
        _ => {
            let doing =
                format!("read {}", if entry.dn.is_empty() { "the root DSE" } else { &entry.dn });
            Err(unexpected(&doing, format!("it has several values of {attribute}")))
        }
    }
}

pub(super) fn all<'a>(entry: &'a Entry, attribute: &str) -> &'a [String] {
    let named = |(key, _): &&(String, Vec<String>)| key.eq_ignore_ascii_case(attribute);
    entry.attributes.iter().find(named).map_or(&[], |(_, values)| values)
}

/// An account from its entry and its SPNs, which are read already.
pub(super) fn account(entry: &Entry, spns: Vec<String>) -> Result<Account, DirectoryError> {
    let name = one(entry, "sAMAccountName")?.ok_or_else(|| {
        unexpected(&format!("read {}", entry.dn), "it has no readable sAMAccountName")
    })?;
    let control = one(entry, "userAccountControl")?.and_then(|text| text.parse::<i64>().ok());
    Ok(Account {
        dn: entry.dn.clone(),
        name,
        kind: kind(all(entry, "objectClass")),
        dns_host_name: one(entry, "dNSHostName")?,
        additional_names: additional_names(entry),
        enabled: control.is_none_or(|control| control & DISABLED == 0),
        guid: one(entry, GUID)?.and_then(|text| text.parse().ok()),
        spns,
    })
}

/// Windows adds two values for each name; one of them may be the short form of the other.
fn additional_names(entry: &Entry) -> Vec<String> {
    let accounts = all(entry, MORE_ACCOUNT).iter().map(|name| name.trim_end_matches('$'));
    let names = all(entry, MORE_DNS).iter().map(String::as_str).chain(accounts);
    names.map(str::to_owned).collect()
}

/// A managed service account is a computer too, so that class is checked first.
fn kind(classes: &[String]) -> AccountKind {
    let is = |wanted: &str| classes.iter().any(|class| class.eq_ignore_ascii_case(wanted));
    if is("msDS-ManagedServiceAccount")
        || is("msDS-GroupManagedServiceAccount")
        || is("msDS-DelegatedManagedServiceAccount")
    {
        AccountKind::ManagedService
    } else if is("computer") {
        AccountKind::Computer
    } else {
        AccountKind::User
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(pairs: &[(&str, &[&str])]) -> Entry {
        let attributes = pairs.iter().map(|(key, values)| {
            ((*key).to_owned(), values.iter().map(ToString::to_string).collect())
        });
        Entry { dn: "CN=x".to_owned(), attributes: attributes.collect() }
    }

    #[test]
    fn additional_names_are_read() {
        let entry = entry(&[
            ("sAMAccountName", &["FS1$"]),
            ("objectClass", &["computer"]),
            ("msDS-AdditionalDnsHostName", &["alt.contoso.com", "old.contoso.com"]),
            ("msds-additionalsamaccountname", &["ALT$"]),
        ]);
        let account = account(&entry, Vec::new()).unwrap();
        assert_eq!(account.additional_names, ["alt.contoso.com", "old.contoso.com", "ALT"]);
        assert!(account.is_computer_called(&"alt".parse().unwrap()));
    }

    #[test]
    fn kinds_and_states_are_read() {
        let table: &[(&[&str], &str, AccountKind, bool)] = &[
            (&["top", "person", "user"], "512", AccountKind::User, true),
            (&["top", "user", "computer"], "4096", AccountKind::Computer, true),
            (&["top", "user", "computer"], "4098", AccountKind::Computer, false),
            (
                &["user", "computer", "msDS-GroupManagedServiceAccount"],
                "4096",
                AccountKind::ManagedService,
                true,
            ),
        ];
        for (classes, control, kind, enabled) in table {
            let entry = entry(&[
                ("samaccountname", &["X"]),
                ("objectClass", classes),
                ("userAccountControl", &[control]),
            ]);
            let account = account(&entry, Vec::new()).unwrap();
            assert_eq!((account.kind, account.enabled), (*kind, *enabled), "{classes:?} {control}");
        }
        let twice = entry(&[("sAMAccountName", &["X", "Y"])]);
        for odd in [entry(&[]), twice] {
            let error = account(&odd, Vec::new()).unwrap_err();
            assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
        }
    }
}
