//! All shells: their owners, their limits, and their end.

use super::quota::{LiveCount, UserQuota};
use super::shell::{ENDS_WITHIN, Shell};
use crate::server::config::Limits;
use crate::server::lock::lock;
use crate::server::log::{self, Event};
use crate::server::security::{Account, Caller};
use crate::soap::Fault;
use crate::soap::request::ShellSpec;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, Weak};
use tokio::time::timeout;

/// A shell during one request. Until the request ends, the shell is in use.
pub(crate) struct ShellInUse(Arc<Shell>);

impl ShellInUse {
    fn new(shell: Arc<Shell>) -> Self {
        shell.begin_request();
        Self(shell)
    }
}

impl Deref for ShellInUse {
    type Target = Shell;

    fn deref(&self) -> &Shell {
        &self.0
    }
}

impl Drop for ShellInUse {
    fn drop(&mut self) {
        self.0.end_request();
    }
}

/// All shells of the endpoint.
#[derive(Default)]
pub(crate) struct Shells {
    all: Mutex<HashMap<String, Arc<Shell>>>,
    /// The commands of shells that have ended since the last look.
    ending: Mutex<Vec<Arc<LiveCount>>>,
    /// The usage of each owner of a shell or a command.
    quotas: Mutex<HashMap<String, Weak<UserQuota>>>,
    /// The commands of all users.
    commands: Arc<LiveCount>,
}

impl Shells {
    /// Opens a shell.
    pub(crate) fn open(
        &self,
        caller: Caller<'_>,
        account: Account,
        spec: ShellSpec,
        limits: &Limits,
    ) -> Result<Arc<Shell>, Fault> {
        let owner = caller.owner;
        let mut shells = lock(&self.all);
        let own = shells.values().filter(|shell| shell.owner == owner).count();
        if own >= limits.shells_per_principal || shells.len() >= limits.shells {
            return Err(Fault::shell_quota(limits.shells_per_principal));
        }
        let quotas = (self.quota(owner), Arc::clone(&self.commands));
        let shell = Arc::new(Shell::new(caller, account, spec, limits, quotas)?);
        if shells.contains_key(&shell.id) {
            return Err(Fault::shell_id_taken());
        }
        shells.insert(shell.id.clone(), Arc::clone(&shell));
        let principal = caller.principal;
        log::write(&Event::Shell { principal, shell: &shell.id, state: "opened" });
        Ok(shell)
    }

    fn quota(&self, owner: &str) -> Arc<UserQuota> {
        let mut quotas = lock(&self.quotas);
        if let Some(quota) = quotas.get(owner).and_then(Weak::upgrade) {
            return quota;
        }
        quotas.retain(|_, quota| quota.strong_count() > 0);
        let quota = Arc::default();
        quotas.insert(owner.to_owned(), Arc::downgrade(&quota));
        quota
    }

    /// Finds a principal's own shell. Another user's looks as if it did not exist.
    pub(crate) fn find(&self, owner: &str, id: Option<&str>) -> Result<ShellInUse, Fault> {
        let id = id.ok_or_else(Fault::missing_selector)?;
        let shells = lock(&self.all);
        let shell = shells.get(id).filter(|shell| shell.owner == owner);
        let shell = shell.cloned().ok_or_else(Fault::unknown_shell)?;
        Ok(ShellInUse::new(shell))
    }

    /// The ids of a principal's own shells, oldest first.
    pub(crate) fn ids(&self, owner: &str) -> Vec<String> {
        let shells = lock(&self.all);
        let mut own: Vec<_> = shells.values().filter(|shell| shell.owner == owner).collect();
        own.sort_by_key(|shell| shell.opened);
        own.into_iter().map(|shell| shell.id.clone()).collect()
    }

    /// Finds a principal's own shell without using it.
    pub(crate) fn peek(&self, owner: &str, id: &str) -> Option<Arc<Shell>> {
        lock(&self.all).get(id).filter(|shell| shell.owner == owner).cloned()
    }

    /// Ends a shell and all its commands, with all their processes.
    pub(crate) async fn delete(&self, owner: &str, id: Option<&str>) -> Result<(), Fault> {
        let shell = self.find(owner, id)?;
        if lock(&self.all).remove(&shell.id).is_some() {
            self.close(&shell, "deleted");
        }
        let _ = timeout(ENDS_WITHIN, shell.live.until_zero()).await;
        Ok(())
    }

    fn close(&self, shell: &Shell, state: &'static str) {
        shell.close(state);
        lock(&self.ending).push(Arc::clone(&shell.live));
    }

    /// Ends the shells that are idle for too long, and those that are too old.
    pub(crate) fn reap(&self) {
        let over: Vec<_> = {
            let mut shells = lock(&self.all);
            let over: Vec<_> = shells
                .values()
                .filter_map(|shell| Some((shell.is_over()?, Arc::clone(shell))))
                .collect();
            for (_, shell) in &over {
                shells.remove(&shell.id);
            }
            over
        };
        for (reason, shell) in over {
            self.close(&shell, reason);
        }
        let mut ending = lock(&self.ending);
        let before = ending.len();
        ending.retain(|commands| !commands.is_zero());
        if ending.len() < before {
            give_memory_back();
        }
    }

    /// Ends every shell. Returns their number when no process of any ended shell is left.
    pub(crate) async fn end_all(&self, state: &'static str) -> usize {
        let all: Vec<_> = lock(&self.all).drain().map(|(_, shell)| shell).collect();
        for shell in &all {
            self.close(shell, state);
        }
        let ending = lock(&self.ending).clone();
        for commands in ending {
            commands.until_zero().await;
        }
        all.len()
    }
}

/// Waiting output was between other data in memory, so the allocator would keep the pages of an
/// ended shell.
fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    #[expect(unsafe_code, reason = "the allocator of the C library")]
    // SAFETY: the call takes no pointer, and gives back free memory only.
    unsafe {
        nix::libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::shell::MAX_ENVIRONMENT;
    use super::*;
    use std::net::IpAddr;
    use std::path::PathBuf;
    use std::time::Duration;

    fn caller(principal: &str) -> Caller<'_> {
        Caller {
            principal,
            owner: principal,
            groups: &[],
            address: IpAddr::from([127, 0, 0, 1]),
            transport: "http",
            endpoint: "http://mem1:5985/wsman",
        }
    }

    fn open(shells: &Shells, principal: &str, spec: ShellSpec) -> Result<Arc<Shell>, Fault> {
        let account = Account { name: "nobody".to_owned(), home: PathBuf::from("/"), ids: None };
        let limits = Limits { shells_per_principal: 2, ..Limits::default() };
        shells.open(caller(principal), account, spec, &limits)
    }

    #[tokio::test(start_paused = true)]
    async fn unused_shells_end_and_used_ones_stay() {
        let shells = Shells::default();
        let idle_timeout = Some(Duration::from_secs(60));
        let spec = || ShellSpec { idle_timeout, ..ShellSpec::default() };
        let unused = open(&shells, "a@X", spec()).unwrap().id.clone();
        let used = open(&shells, "a@X", spec()).unwrap().id.clone();
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(shells.find("a@X", Some(&used)).is_ok());
        tokio::time::advance(Duration::from_secs(2)).await;
        shells.reap();
        assert_eq!(shells.ids("a@X"), [used]);
        assert_eq!(shells.find("a@X", Some(&unused)).err(), Some(Fault::unknown_shell()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_shell_is_in_use_as_long_as_a_request() {
        let shells = Shells::default();
        let idle_timeout = Some(Duration::from_secs(60));
        let spec = ShellSpec { idle_timeout, ..ShellSpec::default() };
        let id = open(&shells, "a@X", spec).unwrap().id.clone();
        let request = shells.find("a@X", Some(&id)).unwrap();
        tokio::time::advance(Duration::from_secs(100)).await;
        shells.reap();
        drop(request);
        tokio::time::advance(Duration::from_secs(59)).await;
        shells.reap();
        assert_eq!(shells.ids("a@X"), [id]);
        tokio::time::advance(Duration::from_secs(2)).await;
        shells.reap();
        assert_eq!(shells.ids("a@X"), [""; 0]);
    }

    #[tokio::test]
    async fn idle_time_outs() {
        let shells = Shells::default();
        let limits = Limits { idle: Duration::from_secs(5), ..Limits::default() };
        let account = || Account { name: "nobody".to_owned(), home: PathBuf::from("/"), ids: None };
        let open = |asked: Option<u64>| {
            let idle_timeout = asked.map(Duration::from_millis);
            let spec = ShellSpec { idle_timeout, ..ShellSpec::default() };
            shells.open(caller("a@X"), account(), spec, &limits)
        };
        // The service's own time-out for a client that names none.
        for (asked, given) in [(None, 5), (Some(60_000), 60), (Some(90_000), 90)] {
            assert_eq!(open(asked).unwrap().idle_timeout, Duration::from_secs(given));
        }
        // At least a minute and at most MaxIdleTimeoutms, or none at all.
        for asked in [0, 59_999, 2_147_483_648] {
            assert_eq!(open(Some(asked)).err(), Some(Fault::idle_timeout_out_of_bounds()));
        }
        assert_eq!(shells.ids("a@X").len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_used_shell_ends_with_its_lifetime() {
        let shells = Shells::default();
        let lifetime = Some(Duration::from_secs(90));
        let spec = ShellSpec { lifetime, ..ShellSpec::default() };
        let id = open(&shells, "a@X", spec).unwrap().id.clone();
        for left in [1, 0] {
            tokio::time::advance(Duration::from_secs(46)).await;
            let _ = shells.find("a@X", Some(&id));
            shells.reap();
            assert_eq!(shells.ids("a@X").len(), left);
        }
    }

    #[tokio::test]
    async fn shells_belong_to_their_principal() {
        let shells = Shells::default();
        let id = open(&shells, "a@X", ShellSpec::default()).unwrap().id.clone();
        assert_eq!(shells.find("b@X", Some(&id)).err(), Some(Fault::unknown_shell()));
        assert_eq!(shells.delete("b@X", Some(&id)).await, Err(Fault::unknown_shell()));
        assert!(shells.peek("b@X", &id).is_none());
        // Not even its id is free.
        let same = ShellSpec { id: Some(id.clone()), ..ShellSpec::default() };
        assert_eq!(open(&shells, "b@X", same).err(), Some(Fault::shell_id_taken()));
        let odd = ShellSpec { id: Some("mine".to_owned()), ..ShellSpec::default() };
        assert_eq!(open(&shells, "a@X", odd).err(), Some(Fault::shell_id_not_valid()));
        open(&shells, "a@X", ShellSpec::default()).unwrap();
        let third = open(&shells, "a@X", ShellSpec::default()).err();
        assert_eq!(third, Some(Fault::shell_quota(2)));
        assert!(open(&shells, "b@X", ShellSpec::default()).is_ok());
    }

    #[tokio::test]
    async fn what_no_process_can_be_given() {
        let shells = Shells::default();
        let variable = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let large = "x".repeat(MAX_ENVIRONMENT);
        for environment in [variable("", "x"), variable("a=b", "x"), variable("a", &large)] {
            let spec = ShellSpec { environment, ..ShellSpec::default() };
            assert_eq!(open(&shells, "a@X", spec).err(), Some(Fault::invalid_parameter()));
        }
        let working_directory = Some("/tmp\0".to_owned());
        let spec = ShellSpec { working_directory, ..ShellSpec::default() };
        assert_eq!(open(&shells, "a@X", spec).err(), Some(Fault::invalid_parameter()));
    }
}
