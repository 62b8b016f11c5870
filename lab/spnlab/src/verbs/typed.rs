//! Checks names that the user typed.

use spnlab_harness::{Account, accounts};

use crate::failure::Failure;

/// Checks that this is a host name or an address, without a port: the SPN holds it as typed.
pub(super) fn check_host(host: &str) -> Result<(), Failure> {
    let good = !host.is_empty()
        && !host.starts_with('-')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if good { Ok(()) } else { Err(Failure::BadHost { host: host.to_owned() }) }
}

/// The account of a lab with this name.
pub(super) fn account(name: &str) -> Result<Account, Failure> {
    accounts::by_name(name).ok_or_else(|| Failure::UnknownName {
        kind: "account",
        name: name.to_owned(),
        known: accounts::ALL.iter().map(|a| a.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_are_taken() {
        for good in ["mem1", "mem1.contoso.com", "10.0.0.1", "a_b"] {
            assert!(check_host(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "mem1:5985", "a b", "a@b", "http://mem1"] {
            assert!(check_host(bad).is_err(), "{bad}");
        }
    }
}
