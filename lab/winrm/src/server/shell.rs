//! Shells: who owns them, how many there may be, and when they end.

use super::account::Account;
use super::command::{Program, Running};
use super::config::Limits;
use super::log::{self, Event};
use super::service::Caller;
use crate::soap::request::ShellSpec;
use crate::soap::{Fault, new_guid};
use nix::sys::signal::Signal;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What a shell has if its client names none.
pub(crate) const DEFAULT_IDLE: Duration = Duration::from_secs(7200);
/// Names and values together; the kernel's limit for arguments and environment is some MB.
const MAX_ENVIRONMENT: usize = 256 * 1024;
const MIN_IDLE: Duration = Duration::from_secs(60);
const MAX_IDLE: Duration = Duration::from_millis(2_147_483_647);

/// A shell.
pub(crate) struct Shell {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) owner: String,
    pub(crate) client: IpAddr,
    pub(crate) account: Account,
    pub(crate) idle_timeout: Duration,
    pub(crate) input_streams: String,
    pub(crate) output_streams: String,
    environment: Vec<(String, String)>,
    directory: PathBuf,
    opened: Instant,
    lifetime: Duration,
    last_used: Mutex<Instant>,
    commands: Mutex<HashMap<String, Arc<Running>>>,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data is consistent between statements, so a panic elsewhere does not spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shell {
    fn new(
        caller: Caller<'_>,
        account: Account,
        spec: ShellSpec,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let legal = |(name, value): &(String, String)| {
            !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0')
        };
        let size: usize =
            spec.environment.iter().map(|(name, value)| name.len() + value.len()).sum();
        let nul = |text: &String| text.contains('\0');
        let directory_is_bad = spec.working_directory.as_ref().is_some_and(nul);
        if !spec.environment.iter().all(legal) || size > MAX_ENVIRONMENT || directory_is_bad {
            return Err(Fault::invalid_parameter());
        }
        let directory = match spec.working_directory {
            Some(directory) => Path::new(&directory).to_owned(),
            None if account.home.is_dir() => account.home.clone(),
            None => PathBuf::from("/"),
        };
        Ok(Self {
            id: spec.id.unwrap_or_else(new_guid),
            name: spec.name,
            owner: caller.principal.to_owned(),
            client: caller.address,
            opened: Instant::now(),
            lifetime: spec.lifetime.unwrap_or(limits.lifetime).min(limits.lifetime),
            account,
            idle_timeout: spec.idle_timeout.unwrap_or(DEFAULT_IDLE).clamp(MIN_IDLE, MAX_IDLE),
            input_streams: spec.input_streams.unwrap_or_else(|| "stdin".to_owned()),
            output_streams: spec.output_streams.unwrap_or_else(|| "stdout stderr".to_owned()),
            environment: spec.environment,
            directory,
            last_used: Mutex::new(Instant::now()),
            commands: Mutex::default(),
        })
    }

    fn touch(&self) {
        *locked(&self.last_used) = Instant::now();
    }

    /// How long ago it was opened.
    pub(crate) fn run_time(&self) -> Duration {
        self.opened.elapsed()
    }

    /// How long ago it was used.
    pub(crate) fn inactivity(&self) -> Duration {
        locked(&self.last_used).elapsed()
    }

    /// Why it has to end by itself, if it has to.
    fn is_over(&self) -> Option<&'static str> {
        // A client that waits in a Receive is using the shell, but then it repeats the Receive more
        // often than the shortest idle time-out.
        let idle = self.inactivity() > self.idle_timeout;
        let old = self.run_time() > self.lifetime;
        if old { Some("lifetime") } else { idle.then_some("idle") }
    }

    /// Starts a command.
    pub(crate) fn start(
        &self,
        id: Option<String>,
        argv: Vec<String>,
        limits: &Limits,
    ) -> Result<String, Fault> {
        let mut commands = locked(&self.commands);
        if commands.len() >= limits.commands_per_shell {
            return Err(Fault::command_quota(limits.commands_per_shell));
        }
        let id = id.unwrap_or_else(new_guid);
        if commands.contains_key(&id) {
            return Err(Fault::invalid_parameter());
        }
        let program = Program {
            argv,
            account: &self.account,
            directory: &self.directory,
            environment: &self.environment,
            limits,
        };
        let (principal, user) = (self.owner.clone(), self.account.name.clone());
        let (shell, command_id) = (self.id.clone(), id.clone());
        let running = Running::start(&program, move |exit_code| {
            log::write(&Event::Command {
                principal: &principal,
                user: &user,
                shell: &shell,
                command_id: &command_id,
                exit_code,
            });
        });
        let running = running.map_err(|error| self.not_started(&error, limits))?;
        commands.insert(id.clone(), Arc::new(running));
        Ok(id)
    }

    fn not_started(&self, error: &std::io::Error, limits: &Limits) -> Fault {
        match error.kind() {
            // RLIMIT_NPROC.
            ErrorKind::WouldBlock => Fault::command_quota(limits.commands_per_shell),
            ErrorKind::PermissionDenied => Fault::not_permitted(),
            _ if self.directory.is_dir() => Fault::program_not_found(),
            _ => Fault::bad_directory(),
        }
    }

    /// Finds a command.
    pub(crate) fn command(&self, id: &str) -> Result<Arc<Running>, Fault> {
        locked(&self.commands).get(id).cloned().ok_or_else(Fault::unknown_command)
    }

    /// Ends a command and forgets it. Fine if it has ended, or was never there.
    pub(crate) fn terminate(&self, id: &str) {
        if let Some(command) = locked(&self.commands).remove(id) {
            command.signal(Signal::SIGKILL);
        }
    }

    fn close(&self, state: &'static str) {
        for (_, command) in locked(&self.commands).drain() {
            command.signal(Signal::SIGKILL);
        }
        log::write(&Event::Shell { principal: &self.owner, shell: &self.id, state });
    }
}

/// All shells of the endpoint.
#[derive(Default)]
pub(crate) struct Shells(Mutex<HashMap<String, Arc<Shell>>>);

impl Shells {
    /// Opens a shell.
    pub(crate) fn open(
        &self,
        caller: Caller<'_>,
        account: Account,
        spec: ShellSpec,
        limits: &Limits,
    ) -> Result<Arc<Shell>, Fault> {
        let owner = caller.principal;
        let mut shells = locked(&self.0);
        let own = shells.values().filter(|shell| shell.owner == owner).count();
        if own >= limits.shells_per_principal || shells.len() >= limits.shells {
            return Err(Fault::shell_quota(limits.shells_per_principal));
        }
        let shell = Arc::new(Shell::new(caller, account, spec, limits)?);
        if shells.contains_key(&shell.id) {
            return Err(Fault::invalid_parameter());
        }
        shells.insert(shell.id.clone(), Arc::clone(&shell));
        log::write(&Event::Shell { principal: owner, shell: &shell.id, state: "opened" });
        Ok(shell)
    }

    /// Finds a principal's own shell. Somebody else's looks as if it did not exist.
    pub(crate) fn find(&self, owner: &str, id: Option<&str>) -> Result<Arc<Shell>, Fault> {
        let id = id.ok_or_else(Fault::missing_selector)?;
        let shells = locked(&self.0);
        let shell = shells.get(id).filter(|shell| shell.owner == owner);
        let shell = shell.cloned().ok_or_else(Fault::unknown_shell)?;
        shell.touch();
        Ok(shell)
    }

    /// The ids of a principal's own shells, in the order of their age.
    pub(crate) fn ids(&self, owner: &str) -> Vec<String> {
        let shells = locked(&self.0);
        let mut own: Vec<_> = shells.values().filter(|shell| shell.owner == owner).collect();
        own.sort_by_key(|shell| shell.opened);
        own.into_iter().map(|shell| shell.id.clone()).collect()
    }

    /// Finds a principal's own shell without using it.
    pub(crate) fn peek(&self, owner: &str, id: &str) -> Option<Arc<Shell>> {
        locked(&self.0).get(id).filter(|shell| shell.owner == owner).cloned()
    }

    /// Ends a shell and all its commands.
    pub(crate) fn delete(&self, owner: &str, id: Option<&str>) -> Result<(), Fault> {
        let shell = self.find(owner, id)?;
        locked(&self.0).remove(&shell.id);
        shell.close("deleted");
        Ok(())
    }

    /// Ends the shells that nobody used for too long, and those that are too old.
    pub(crate) fn reap(&self) {
        let over: Vec<_> = {
            let mut shells = locked(&self.0);
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
            shell.close(reason);
        }
    }

    /// Ends every shell.
    pub(crate) fn close_all(&self) {
        let all: Vec<_> = locked(&self.0).drain().map(|(_, shell)| shell).collect();
        for shell in all {
            shell.close("stopped");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(principal: &str) -> Caller<'_> {
        Caller {
            principal,
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
        assert_eq!(shells.delete("b@X", Some(&id)), Err(Fault::unknown_shell()));
        assert!(shells.peek("b@X", &id).is_none());
        // Not even the id can be taken.
        let same = ShellSpec { id: Some(id.clone()), ..ShellSpec::default() };
        assert!(open(&shells, "b@X", same).is_err());
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
