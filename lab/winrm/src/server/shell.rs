//! Shells: who owns them, how many there may be, and when they end.

use super::account::Account;
use super::command::{Program, Running};
use super::log::{self, Event};
use crate::soap::request::ShellSpec;
use crate::soap::{Fault, new_guid};
use nix::sys::signal::Signal;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// MaxShellsPerUser, Windows' default.
const SHELLS_PER_PRINCIPAL: usize = 30;
/// All principals together.
const SHELLS: usize = 300;
/// MaxProcessesPerShell.
const COMMANDS_PER_SHELL: usize = 25;
const DEFAULT_IDLE: Duration = Duration::from_secs(7200);
const MIN_IDLE: Duration = Duration::from_secs(60);
const MAX_IDLE: Duration = Duration::from_millis(2_147_483_647);

/// A shell.
pub(crate) struct Shell {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) account: Account,
    pub(crate) idle_timeout: Duration,
    pub(crate) input_streams: String,
    pub(crate) output_streams: String,
    environment: Vec<(String, String)>,
    directory: PathBuf,
    last_used: Mutex<Instant>,
    commands: Mutex<HashMap<String, Arc<Running>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data is consistent between statements, so a panic elsewhere does not spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shell {
    fn new(owner: &str, account: Account, spec: ShellSpec) -> Result<Self, Fault> {
        let legal = |(name, value): &(String, String)| {
            !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0')
        };
        if !spec.environment.iter().all(legal) {
            return Err(Fault::invalid_parameter());
        }
        let directory = match spec.working_directory {
            Some(directory) => Path::new(&directory).to_owned(),
            None if account.home.is_dir() => account.home.clone(),
            None => PathBuf::from("/"),
        };
        Ok(Self {
            id: spec.id.unwrap_or_else(new_guid),
            owner: owner.to_owned(),
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

    fn is_idle(&self) -> bool {
        locked(&self.last_used).elapsed() > self.idle_timeout
    }

    /// Starts a command.
    pub(crate) fn start(&self, id: Option<String>, argv: Vec<String>) -> Result<String, Fault> {
        let mut commands = locked(&self.commands);
        if commands.len() >= COMMANDS_PER_SHELL {
            return Err(Fault::command_quota(COMMANDS_PER_SHELL));
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
        let running = running.map_err(|_| {
            if self.directory.is_dir() {
                Fault::program_not_found()
            } else {
                Fault::bad_directory()
            }
        })?;
        commands.insert(id.clone(), Arc::new(running));
        Ok(id)
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
        owner: &str,
        account: Account,
        spec: ShellSpec,
    ) -> Result<Arc<Shell>, Fault> {
        let mut shells = locked(&self.0);
        let own = shells.values().filter(|shell| shell.owner == owner).count();
        if own >= SHELLS_PER_PRINCIPAL || shells.len() >= SHELLS {
            return Err(Fault::shell_quota(SHELLS_PER_PRINCIPAL));
        }
        let shell = Arc::new(Shell::new(owner, account, spec)?);
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

    /// Ends a shell and all its commands.
    pub(crate) fn delete(&self, owner: &str, id: Option<&str>) -> Result<(), Fault> {
        let shell = self.find(owner, id)?;
        locked(&self.0).remove(&shell.id);
        shell.close("deleted");
        Ok(())
    }

    /// Ends the shells that nobody used for too long.
    pub(crate) fn reap(&self) {
        let idle: Vec<_> = {
            let mut shells = locked(&self.0);
            let idle: Vec<_> = shells.values().filter(|shell| shell.is_idle()).cloned().collect();
            for shell in &idle {
                shells.remove(&shell.id);
            }
            idle
        };
        for shell in idle {
            shell.close("idle");
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
