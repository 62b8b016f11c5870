//! From LDAP entries to accounts.

use super::wire::answer::Entry;

use crate::account::{Account, AccountKind};
use crate::directory_error::DirectoryError;

use super::wire::answer::GUID;

pub(super) const SPNS: &str = "servicePrincipalName";

/// What is read of an account. All of it is in the global catalog too.
pub(super) const ATTRIBUTES: [&str; 6] =
    ["sAMAccountName", "objectClass", "dNSHostName", "userAccountControl", GUID, SPNS];

/// ADS_UF_ACCOUNTDISABLE (MS-ADTS 2.2.16).
const DISABLED: i64 = 0x2;

/// The first value of an attribute.
pub(super) fn first(entry: &Entry, attribute: &str) -> Option<String> {
    all(entry, attribute).first().cloned()
}

pub(super) fn all<'a>(entry: &'a Entry, attribute: &str) -> &'a [String] {
    let named = |(key, _): &&(String, Vec<String>)| key.eq_ignore_ascii_case(attribute);
    entry.attributes.iter().find(named).map_or(&[], |(_, values)| values)
}

/// An account of an entry and its already collected SPNs.
pub(super) fn account(entry: &Entry, spns: Vec<String>) -> Result<Account, DirectoryError> {
    let name = first(entry, "sAMAccountName").ok_or_else(|| DirectoryError::Unexpected {
        doing: format!("read {}", entry.dn),
        reason: "it has no readable sAMAccountName".to_owned(),
    })?;
    let control = first(entry, "userAccountControl").and_then(|text| text.parse::<i64>().ok());
    Ok(Account {
        dn: entry.dn.clone(),
        name,
        kind: kind(all(entry, "objectClass")),
        dns_host_name: first(entry, "dNSHostName"),
        enabled: control.is_none_or(|control| control & DISABLED == 0),
        guid: first(entry, GUID).and_then(|text| text.parse().ok()),
        spns,
    })
}

/// Managed service accounts are computers too, so they are looked for first.
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
        let error = account(&entry(&[]), Vec::new()).unwrap_err();
        assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
    }
}
