//! From a principal to the Linux account that runs its commands.

use crate::kerberos::Sid;
use nix::unistd::{Gid, Uid, User, getgrouplist};
use std::ffi::CString;
use std::fs::File;
use std::path::PathBuf;
use thiserror::Error;

/// Accounts below this belong to the system. They never run commands.
const FIRST_USER: u32 = 1000;

/// Why a principal may not run commands here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AccountError {
    /// Neither a listed principal nor a member of a listed group.
    #[error("{0} is not allowed to use WinRM on this computer")]
    NotAllowed(String),
    /// A principal that is no user, such as a service.
    #[error("{0} is not a user principal")]
    NotAUser(String),
    /// No account, or one of the system's.
    #[error("{0} has no unprivileged account on this computer")]
    NoAccount(String),
    /// The service has no file descriptors left to look the account up.
    #[error("no file descriptors left to look up the account of {0}")]
    NoDescriptors(String),
}

/// User, group and supplementary groups of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// The user.
    pub uid: Uid,
    /// Its primary group.
    pub gid: Gid,
    /// All its groups.
    pub groups: Vec<Gid>,
}

/// The account of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's name.
    pub name: String,
    /// Its home directory.
    pub home: PathBuf,
    /// `None` if the service itself is unprivileged.
    pub ids: Option<Ids>,
}

/// The owner of a client's shells: the user's SID, whatever name the user typed. Without a PAC in
/// the ticket it is the name in small letters, because [`Allowed`] ignores case, too.
pub(crate) fn owner(principal: &str, user: Option<&Sid>) -> String {
    user.map_or_else(|| principal.to_ascii_lowercase(), Sid::to_string)
}

/// Who may use the service. A Windows host keeps this in its local groups `Remote Management Users`
/// and `Administrators`.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// Principals with their realm.
    pub principals: Vec<String>,
    /// Groups, as a ticket's PAC names them.
    pub groups: Vec<Sid>,
}

impl Allowed {
    /// Whether a client may use the service. AD ignores the case of user names, and a ticket
    /// carries the name as typed. So this comparison ignores case, too.
    pub(crate) fn admits(&self, principal: &str, groups: &[Sid]) -> bool {
        self.principals.iter().any(|allowed| allowed.eq_ignore_ascii_case(principal))
            || groups.iter().any(|group| self.groups.contains(group))
    }

    /// The name of a client that may use the service, without its realm. Reads no file: each
    /// request asks for it.
    pub(crate) fn user(&self, principal: &str, groups: &[Sid]) -> Result<String, AccountError> {
        if !self.admits(principal, groups) {
            return Err(AccountError::NotAllowed(principal.to_owned()));
        }
        let user = principal.split_once('@').map(|(user, _)| user.to_ascii_lowercase());
        user.filter(|user| !user.is_empty() && !user.contains(['/', '\\', '$']))
            .ok_or_else(|| AccountError::NotAUser(principal.to_owned()))
    }

    /// The account for a client.
    pub fn account(&self, principal: &str, groups: &[Sid]) -> Result<Account, AccountError> {
        let name = self.user(principal, groups)?;
        let found = if Uid::effective().is_root() { unprivileged(&name) } else { own() };
        found.ok_or_else(|| match File::open("/dev/null") {
            Ok(_) => AccountError::NoAccount(principal.to_owned()),
            // The C library says "no such user", too, if it could not open its files.
            Err(_) => AccountError::NoDescriptors(principal.to_owned()),
        })
    }
}

/// The user who started the service, on a developer's machine.
fn own() -> Option<Account> {
    let own = User::from_uid(Uid::effective()).ok().flatten()?;
    Some(Account { name: own.name, home: own.dir, ids: None })
}

/// A user's account, if it is not one of the system's.
fn unprivileged(name: &str) -> Option<Account> {
    let user = User::from_name(name).ok().flatten()?;
    if user.uid.as_raw() < FIRST_USER || user.gid.as_raw() < FIRST_USER {
        return None;
    }
    Some(Account { ids: Some(ids(&user)?), name: user.name, home: user.dir })
}

/// Leaves out system groups (root, shadow, docker): they would make the account privileged.
fn ids(user: &User) -> Option<Ids> {
    let name = CString::new(user.name.as_str()).ok()?;
    let mut groups = getgrouplist(&name, user.gid).ok()?;
    groups.retain(|group| group.as_raw() >= FIRST_USER);
    Some(Ids { uid: user.uid, gid: user.gid, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_users() {
        let principals = vec!["root@X".to_owned(), "HTTP/mem1@X".to_owned()];
        let allowed = Allowed { principals, groups: Vec::new() };
        assert!(matches!(allowed.account("visitor@X", &[]), Err(AccountError::NotAllowed(_))));
        assert!(matches!(allowed.account("root@Y", &[]), Err(AccountError::NotAllowed(_))));
        assert!(matches!(allowed.account("HTTP/mem1@X", &[]), Err(AccountError::NotAUser(_))));
        if Uid::effective().is_root() {
            assert!(matches!(allowed.account("ROOT@x", &[]), Err(AccountError::NoAccount(_))));
        }
    }

    #[test]
    fn a_user_is_a_sid_and_not_a_spelling() {
        let sid = |rid: u32| format!("S-1-5-21-1-2-3-{rid}").parse::<Sid>().unwrap();
        let owners = ["TRAINER@X", "trainer@X", "tRainer@x"].map(|name| owner(name, None));
        assert!(owners.iter().all(|owner| owner == "trainer@x"), "{owners:?}");
        // If another user gets the name, the shells stay with the old SID.
        assert_eq!(owner("TRAINER@X", Some(&sid(1104))), owner("renamed@X", Some(&sid(1104))));
        assert_ne!(owner("trainer@X", Some(&sid(1104))), owner("trainer@X", Some(&sid(1105))));
    }

    #[test]
    fn members_of_listed_groups() {
        let group = |rid: u32| format!("S-1-5-21-1-2-3-{rid}").parse::<Sid>().unwrap();
        let allowed = Allowed { principals: Vec::new(), groups: vec![group(1108), group(512)] };
        assert!(allowed.admits("a@X", &[group(513), group(1108)]));
        assert!(!allowed.admits("a@X", &[group(513), group(1109)]));
        assert!(!allowed.admits("a@X", &[]));
        let computer = allowed.account("MEM1$@X", &[group(512)]);
        assert!(matches!(computer, Err(AccountError::NotAUser(_))));
    }
}
