//! From a principal to the Linux account that runs its commands.

use crate::kerberos::Sid;
use nix::unistd::{Gid, Uid, User, getgrouplist};
use std::ffi::CString;
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

    /// The account for a client.
    pub fn account(&self, principal: &str, groups: &[Sid]) -> Result<Account, AccountError> {
        if !self.admits(principal, groups) {
            return Err(AccountError::NotAllowed(principal.to_owned()));
        }
        let user = principal.split_once('@').map(|(user, _)| user.to_ascii_lowercase());
        let name = user
            .filter(|user| !user.is_empty() && !user.contains(['/', '\\', '$']))
            .ok_or_else(|| AccountError::NotAUser(principal.to_owned()))?;
        let none = || AccountError::NoAccount(principal.to_owned());
        if !Uid::effective().is_root() {
            // A developer's machine: commands run as the user who started the service.
            let own = User::from_uid(Uid::effective()).ok().flatten().ok_or_else(none)?;
            return Ok(Account { name: own.name, home: own.dir, ids: None });
        }
        let user = User::from_name(&name).ok().flatten().ok_or_else(none)?;
        if user.uid.as_raw() < FIRST_USER || user.gid.as_raw() < FIRST_USER {
            return Err(none());
        }
        Ok(Account { ids: Some(ids(&user).ok_or_else(none)?), name: user.name, home: user.dir })
    }
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
