//! A shell: what its commands run with, and when it is over.

use super::account::Account;
use super::command::{Program, Running};
use super::config::Limits;
use super::log::{self, Event};
use super::operations::CommandLine;
use super::service::Caller;
use crate::soap::request::ShellSpec;
use crate::soap::{Fault, is_guid, new_guid};
use nix::sys::signal::Signal;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Names and values together; the kernel's limit for arguments and environment is some MB.
pub(crate) const MAX_ENVIRONMENT: usize = 256 * 1024;
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
    pub(crate) opened: Instant,
    lifetime: Duration,
    last_used: Mutex<Instant>,
    /// Requests that are under way.
    requests: AtomicUsize,
    commands: Mutex<HashMap<String, Arc<Running>>>,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data is consistent between statements, so a panic elsewhere does not spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shell {
    pub(crate) fn new(
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
        if !spec.id.as_deref().is_none_or(is_guid) {
            return Err(Fault::shell_id_not_valid());
        }
        let idle_timeout = match spec.idle_timeout {
            None => limits.idle,
            Some(asked) if (MIN_IDLE..=MAX_IDLE).contains(&asked) => asked,
            Some(_) => return Err(Fault::idle_timeout_out_of_bounds()),
        };
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
            idle_timeout,
            input_streams: spec.input_streams.unwrap_or_else(|| "stdin".to_owned()),
            output_streams: spec.output_streams.unwrap_or_else(|| "stdout stderr".to_owned()),
            environment: spec.environment,
            directory,
            last_used: Mutex::new(Instant::now()),
            requests: AtomicUsize::default(),
            commands: Mutex::default(),
        })
    }

    /// From now on it is in use.
    pub(crate) fn begin_request(&self) {
        self.requests.fetch_add(1, Ordering::AcqRel);
    }

    /// From now on it is idle, unless another request is under way.
    pub(crate) fn end_request(&self) {
        *locked(&self.last_used) = Instant::now();
        self.requests.fetch_sub(1, Ordering::AcqRel);
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
    pub(crate) fn is_over(&self) -> Option<&'static str> {
        // A client that waits in a Receive is using the shell.
        let unused = self.requests.load(Ordering::Acquire) == 0;
        let idle = unused && self.inactivity() > self.idle_timeout;
        let old = self.run_time() > self.lifetime;
        if old { Some("lifetime") } else { idle.then_some("idle") }
    }

    /// Starts a command.
    pub(crate) fn start(
        &self,
        id: Option<String>,
        line: CommandLine,
        limits: &Limits,
    ) -> Result<String, Fault> {
        let mut commands = locked(&self.commands);
        if commands.len() >= limits.commands_per_shell {
            return Err(Fault::command_quota(limits.commands_per_shell));
        }
        let id = id.unwrap_or_else(new_guid);
        if !is_guid(&id) {
            return Err(Fault::command_id_not_valid());
        }
        if commands.contains_key(&id) {
            return Err(Fault::command_id_taken());
        }
        let program = Program {
            line,
            account: &self.account,
            directory: &self.directory,
            environment: &self.environment,
            limits,
        };
        let (principal, user) = (self.owner.clone(), self.account.name.clone());
        let (shell, command_id) = (self.id.clone(), id.clone());
        let running = Running::start(program, move |exit_code| {
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

    /// The ids of the commands that no client has terminated yet, in the order of their age.
    pub(crate) fn commands(&self) -> Vec<String> {
        let commands = locked(&self.commands);
        let mut all: Vec<_> = commands.iter().collect();
        all.sort_by_key(|(_, command)| command.started);
        all.into_iter().map(|(id, _)| id.clone()).collect()
    }

    /// Ends a command and forgets it. Fine if it has ended, or was never there.
    pub(crate) fn terminate(&self, id: &str) {
        if let Some(command) = locked(&self.commands).remove(id) {
            command.signal(Signal::SIGKILL);
        }
    }

    pub(crate) fn close(&self, state: &'static str) {
        for (_, command) in locked(&self.commands).drain() {
            command.signal(Signal::SIGKILL);
        }
        log::write(&Event::Shell { principal: &self.owner, shell: &self.id, state });
    }
}
