//! From a principal to the Linux account that runs its commands.

use nix::unistd::{Uid, User};
use std::path::PathBuf;
use thiserror::Error;

/// Accounts below this belong to the system, and never run anybody's commands.
const FIRST_USER: u32 = 1000;

/// Why a principal may not run commands here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AccountError {
    /// Not on the list of allowed principals.
    #[error("{0} is not allowed to use WinRM on this computer")]
    NotAllowed(String),
    /// A service or other principal that is no user.
    #[error("{0} is not a user principal")]
    NotAUser(String),
    /// No account, or one of the system's.
    #[error("{0} has no unprivileged account on this computer")]
    NoAccount(String),
}

/// The account of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's name.
    pub name: String,
    /// Its home directory.
    pub home: PathBuf,
    /// User and group to change to; `None` if the service itself is unprivileged.
    pub ids: Option<(u32, u32)>,
}

/// The principals that may use the service.
#[derive(Debug, Clone, Default)]
pub struct Allowed(Vec<String>);

impl Allowed {
    /// Takes principals with their realm.
    pub fn new(principals: impl IntoIterator<Item = String>) -> Self {
        Self(principals.into_iter().collect())
    }

    /// The account for a principal. AD compares user names without case, and a ticket carries the
    /// name as the user typed it, so the comparison ignores case here too.
    pub fn account(&self, principal: &str) -> Result<Account, AccountError> {
        if !self.0.iter().any(|allowed| allowed.eq_ignore_ascii_case(principal)) {
            return Err(AccountError::NotAllowed(principal.to_owned()));
        }
        let user = principal.split_once('@').map(|(user, _)| user.to_ascii_lowercase());
        let name = user
            .filter(|user| !user.is_empty() && !user.contains(['/', '\\']))
            .ok_or_else(|| AccountError::NotAUser(principal.to_owned()))?;
        let none = || AccountError::NoAccount(principal.to_owned());
        if !Uid::effective().is_root() {
            // A developer's machine: commands run as whoever started the service.
            let own = User::from_uid(Uid::effective()).ok().flatten().ok_or_else(none)?;
            return Ok(Account { name: own.name, home: own.dir, ids: None });
        }
        let user = User::from_name(&name).ok().flatten().ok_or_else(none)?;
        if user.uid.as_raw() < FIRST_USER || user.gid.as_raw() < FIRST_USER {
            return Err(none());
        }
        let ids = Some((user.uid.as_raw(), user.gid.as_raw()));
        Ok(Account { name: user.name, home: user.dir, ids })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_users() {
        let allowed = Allowed::new(["root@X".to_owned(), "HTTP/mem1@X".to_owned()]);
        assert!(matches!(allowed.account("visitor@X"), Err(AccountError::NotAllowed(_))));
        assert!(matches!(allowed.account("root@Y"), Err(AccountError::NotAllowed(_))));
        assert!(matches!(allowed.account("HTTP/mem1@X"), Err(AccountError::NotAUser(_))));
        if Uid::effective().is_root() {
            assert!(matches!(allowed.account("ROOT@x"), Err(AccountError::NoAccount(_))));
        }
    }
}
