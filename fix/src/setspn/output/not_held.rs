//! The words for a deletion where the account does not hold the value, and others do.

use crate::directory::Account;

/// Its code.
pub(super) const NOT_HELD: &str = "SPNFIX-NOT-HELD";

pub(super) fn not_held(account: &Account, value: &str) -> String {
    format!("{} does not hold {value}, so nothing was deleted", account.name)
}

/// The holders may be those that should have it.
pub(super) fn they_keep_it(holders: &[Account]) -> String {
    let names: Vec<String> =
        holders.iter().map(|holder| format!("{} ({})", holder.name, holder.dn)).collect();
    let verb = if names.len() > 1 { "hold it and keep" } else { "holds it and keeps" };
    format!("{} {verb} it; look for what needs it before you delete it there", names.join(", "))
}
