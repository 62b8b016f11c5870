//! From a name to an account.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::Listener;
use super::reach::reach;
use super::request::Who;
use crate::directory::{Account, DirectoryError};

/// ERROR_NO_SUCH_USER
pub(super) const NO_SUCH_USER: u32 = 0x525;
/// ERROR_NO_SUCH_DOMAIN
const NO_SUCH_DOMAIN: u32 = 0x54B;

/// The result for a name.
pub(super) enum Found {
    /// An account, and its domain as typed. `None` is the current domain.
    Account(Account, Option<String>),
    /// No account, with Windows' number for the reason.
    Nobody(u32),
}

pub(super) async fn find(
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Found, SetspnError> {
    // If the text cannot be an account name, no account has it.
    let Ok(name) = who.name() else { return Ok(Found::Nobody(NO_SUCH_USER)) };
    let dir = match reach(domains, listener, name.domain()).await {
        Err(SetspnError::NoSuchDomain { .. }) => return Ok(Found::Nobody(NO_SUCH_DOMAIN)),
        reached => reached?,
    };
    match dir.account(&name).await {
        Ok(Some(account)) => Ok(Found::Account(account, name.domain().map(str::to_owned))),
        Ok(None) => Ok(Found::Nobody(NO_SUCH_USER)),
        Err(DirectoryError::OtherDomain { .. }) => Ok(Found::Nobody(NO_SUCH_DOMAIN)),
        Err(error) => Err(error.into()),
    }
}
