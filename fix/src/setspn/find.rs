//! From a name to an account.

use super::domains::Domains;
use super::error::SetspnError;
use super::event::Listener;
use super::reach::reach;
use super::request::Who;
use crate::account::Account;
use crate::directory_error::DirectoryError;

/// ERROR_NO_SUCH_USER
pub(super) const NO_SUCH_USER: u32 = 0x525;
/// ERROR_NO_SUCH_DOMAIN
const NO_SUCH_DOMAIN: u32 = 0x54B;

/// What a name leads to.
pub(super) enum Found {
    /// An account, and its domain as typed; none is the current one.
    Account(Account, Option<String>),
    /// Nobody, with Windows' number for it.
    Nobody(u32),
}

pub(super) async fn find(
    who: &Who,
    domains: &mut dyn Domains,
    listener: &mut dyn Listener,
) -> Result<Found, SetspnError> {
    // What can be no account's name is the name of no account.
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
