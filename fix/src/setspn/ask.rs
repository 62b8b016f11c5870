//! Finds the literal holders of values.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::Listener;
use super::reach::reach;
use super::request::Target;
use crate::directory::{Account, Directory, DirectoryError, Scope};
use crate::names::{Spn, SpnPattern, fold, same};

/// Values in one question.
pub(super) const AT_ONCE: usize = 50;

/// Accounts of all targets that hold at least one of these folded values.
pub(super) async fn ask(
    values: &[String],
    targets: &[Target],
    scope: Scope,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Vec<Account>, SetspnError> {
    let mut accounts = Vec::new();
    for target in targets {
        let dir = reach(domains, listener, target.name()).await?;
        accounts.extend(ask_one(dir, values, scope).await?);
    }
    Ok(accounts)
}

async fn ask_one(
    dir: &mut dyn Directory,
    values: &[String],
    scope: Scope,
) -> Result<Vec<Account>, DirectoryError> {
    let spns: Vec<Spn> = values.iter().filter_map(|value| Spn::literal(value).ok()).collect();
    let mut accounts = if spns.is_empty() { Vec::new() } else { dir.holders(&spns, scope).await? };
    // The directory also stores values that are no SPNs.
    for value in values.iter().filter(|value| Spn::literal(value).is_err()) {
        // If the value holds a star or a control character, the pattern finds more than the value.
        // The spelling decides later.
        let text: String = value.chars().map(|c| if c.is_control() { '*' } else { c }).collect();
        let Ok(pattern) = SpnPattern::literal(&text) else { continue };
        accounts.extend(dir.search(&pattern, scope).await?);
    }
    Ok(accounts)
}

/// The accounts that hold one value, each once, in alphabetical order.
pub(super) struct Holding<'a>(Vec<(&'a Account, &'a str)>);

impl<'a> Holding<'a> {
    pub(super) fn of(folded: &str, accounts: &'a [Account]) -> Self {
        let stored = |account: &'a Account| {
            let value = account.spns.iter().find(|value| same(value, folded))?;
            Some((account, value.as_str()))
        };
        let mut holding: Vec<_> = accounts.iter().filter_map(stored).collect();
        holding.sort_by_cached_key(|(account, _)| fold(&account.dn));
        holding.dedup_by(|(left, _), (right, _)| left.is(&right.dn));
        Self(holding)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value as the first of them stores it.
    pub(super) fn spelled(&self) -> Option<&'a str> {
        self.0.first().map(|(_, value)| *value)
    }

    pub(super) fn accounts(&self) -> Vec<&'a Account> {
        self.0.iter().map(|(account, _)| *account).collect()
    }

    pub(super) fn dns(&self) -> Vec<String> {
        self.0.iter().map(|(account, _)| account.dn.clone()).collect()
    }

    /// Those that do not hold the other value.
    pub(super) fn without(self, other: &Holding<'_>) -> Self {
        let mut kept = self.0;
        kept.retain(|(account, _)| !other.0.iter().any(|(held, _)| held.is(&account.dn)));
        Self(kept)
    }
}
