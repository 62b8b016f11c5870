//! A shell: the settings of its commands, and the end of its life.

use super::command_line::{CommandLine, PATH};
use super::quota::{Counted, LiveCount, UserQuota};
use super::running_command::RunningCommand;
use crate::server::config::Limits;
use crate::server::lock::lock;
use crate::server::log::{self, Event};
use crate::server::security::{Account, Caller};
use crate::server::spawner::{Program, Spawner};
use crate::soap::request::ShellSpec;
use crate::soap::{Fault, is_guid, new_guid};
use nix::errno::Errno;
use std::collections::HashMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Names and values together. The kernel's limit for arguments and environment is some MB.
pub(super) const MAX_ENVIRONMENT: usize = 256 * 1024;
const MIN_IDLE: Duration = Duration::from_secs(60);
const MAX_IDLE: Duration = Duration::from_millis(2_147_483_647);

/// Longest command text in a list. A command may be as long as an envelope.
const SHOWN: usize = 4096;
/// How long an answer waits for killed processes. They are gone in milliseconds, unless the kernel
/// holds one.
pub(super) const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// The commands of a shell; `None` for one that is starting.
enum Commands {
    Open(HashMap<String, Option<Arc<RunningCommand>>>),
    Closed,
}

/// A command that is starting. If it fails, its id is free again.
struct StartingCommand<'a> {
    shell: &'a Shell,
    id: &'a str,
}

/// A shell.
pub(crate) struct Shell {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    /// Its owner: see [`Caller::owner`].
    pub(crate) owner: String,
    /// The owner's name, as in its ticket.
    pub(crate) principal: String,
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
    /// Pending requests.
    requests: AtomicUsize,
    commands: Mutex<Commands>,
    /// The commands with a process left.
    pub(super) live: Arc<LiveCount>,
    quota: Arc<UserQuota>,
    all_commands: Arc<LiveCount>,
}

impl Shell {
    pub(super) fn new(
        caller: Caller<'_>,
        account: Account,
        spec: ShellSpec,
        limits: &Limits,
        (quota, all_commands): (Arc<UserQuota>, Arc<LiveCount>),
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
            owner: caller.owner.to_owned(),
            principal: caller.principal.to_owned(),
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
            commands: Mutex::new(Commands::Open(HashMap::new())),
            live: Arc::default(),
            quota,
            all_commands,
        })
    }

    /// Marks the shell as in use.
    pub(super) fn begin_request(&self) {
        self.requests.fetch_add(1, Ordering::AcqRel);
    }

    /// Marks the shell as idle, unless another request is pending.
    pub(super) fn end_request(&self) {
        *lock(&self.last_used) = Instant::now();
        self.requests.fetch_sub(1, Ordering::AcqRel);
    }

    /// Time since it opened.
    pub(crate) fn run_time(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Time since its last use.
    pub(crate) fn inactivity(&self) -> Duration {
        lock(&self.last_used).elapsed()
    }

    /// The reason why it must end by itself, if any.
    pub(super) fn is_over(&self) -> Option<&'static str> {
        // A client that waits in a Receive uses the shell.
        let unused = self.requests.load(Ordering::Acquire) == 0;
        let idle = unused && self.inactivity() > self.idle_timeout;
        let old = self.run_time() > self.lifetime;
        if old { Some("lifetime") } else { idle.then_some("idle") }
    }

    /// Starts a command.
    pub(crate) async fn start(
        &self,
        spawner: &Spawner,
        id: Option<String>,
        line: CommandLine,
        limits: &Limits,
    ) -> Result<String, Fault> {
        let id = id.unwrap_or_else(new_guid);
        if !is_guid(&id) {
            return Err(Fault::command_id_not_valid());
        }
        let starting = self.begin(&id, limits)?;
        let counted = self.count(limits)?;
        let program = self.program(line.argv, limits);
        let (principal, user) = (self.principal.clone(), self.account.name.clone());
        let (shell, command_id) = (self.id.clone(), id.clone());
        let done = move |exit_code| {
            log::write(&Event::Command {
                principal: &principal,
                user: &user,
                shell: &shell,
                command_id: &command_id,
                exit_code,
            });
        };
        let text = line.text.chars().take(SHOWN).collect();
        let running =
            RunningCommand::start(spawner, &program, text, &self.quota, counted, done).await;
        starting.finish(running.map_err(|error| self.not_started(&error, limits))?)?;
        Ok(id)
    }

    /// Takes an id for a command that is starting.
    fn begin<'a>(&'a self, id: &'a str, limits: &Limits) -> Result<StartingCommand<'a>, Fault> {
        let mut commands = lock(&self.commands);
        let Commands::Open(commands) = &mut *commands else { return Err(Fault::unknown_shell()) };
        if commands.len() >= limits.commands_per_shell {
            return Err(Fault::command_quota(limits.commands_per_shell));
        }
        if commands.contains_key(id) {
            return Err(Fault::command_id_taken());
        }
        commands.insert(id.to_owned(), None);
        Ok(StartingCommand { shell: self, id })
    }

    /// Counts a new command: for the shell, for its principal and for all.
    fn count(&self, limits: &Limits) -> Result<Vec<Counted>, Fault> {
        let own = self.quota.commands.add_below(limits.commands_per_principal);
        let own = own.ok_or_else(|| Fault::user_quota(limits.commands_per_principal))?;
        let all = self.all_commands.add_below(limits.commands);
        let all = all.ok_or_else(|| Fault::out_of("file descriptors for another command"))?;
        Ok(vec![own, all, self.live.add()])
    }

    fn program(&self, argv: Vec<String>, limits: &Limits) -> Program {
        let account = &self.account;
        let home = account.home.to_string_lossy();
        let fixed = [
            ("PATH", PATH),
            ("HOME", &home),
            ("USER", &account.name),
            ("LOGNAME", &account.name),
            ("LANG", "C.UTF-8"),
        ];
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Program {
            argv,
            environment: fixed.into_iter().chain(self.environment.iter().cloned()).collect(),
            directory: self.directory.clone(),
            ids: account.ids.as_ref().map(|ids| {
                let groups = ids.groups.iter().map(|group| group.as_raw()).collect();
                (ids.uid.as_raw(), ids.gid.as_raw(), groups)
            }),
            processes: limits.processes,
            open_files: limits.open_files,
        }
    }

    fn not_started(&self, error: &std::io::Error, limits: &Limits) -> Fault {
        match error.raw_os_error().map(Errno::from_raw) {
            Some(Errno::EMFILE | Errno::ENFILE) => Fault::out_of("file descriptors"),
            Some(Errno::ENOMEM | Errno::ENOBUFS) => Fault::out_of("memory"),
            // RLIMIT_NPROC of the account, or the computer's maximum of processes.
            Some(Errno::EAGAIN) => {
                Fault::out_of(&format!("processes (an account may have {})", limits.processes))
            }
            Some(Errno::EACCES | Errno::EPERM) => Fault::not_permitted(),
            // Longer than a program's arguments may be, or with a NUL.
            Some(Errno::E2BIG | Errno::EINVAL) => Fault::invalid_parameter(),
            None => Fault::out_of("process to start commands"),
            _ if self.directory.is_dir() => Fault::program_not_found(),
            _ => Fault::bad_directory(),
        }
    }

    /// Finds a command.
    pub(crate) fn command(&self, id: &str) -> Result<Arc<RunningCommand>, Fault> {
        let Commands::Open(commands) = &*lock(&self.commands) else {
            return Err(Fault::unknown_command());
        };
        commands.get(id).cloned().flatten().ok_or_else(Fault::unknown_command)
    }

    /// The ids of the commands that no client has terminated yet, oldest first.
    pub(crate) fn commands(&self) -> Vec<String> {
        let Commands::Open(commands) = &*lock(&self.commands) else { return Vec::new() };
        let started = commands.iter().filter_map(|(id, one)| Some((one.as_ref()?.started, id)));
        let mut all: Vec<_> = started.collect();
        all.sort_by_key(|(started, _)| *started);
        all.into_iter().map(|(_, id)| id.clone()).collect()
    }

    /// Ends a command with all its processes, and forgets it. It also succeeds if the command has
    /// ended or never existed.
    pub(crate) async fn terminate(&self, id: &str) {
        let command = match &mut *lock(&self.commands) {
            Commands::Open(commands) => commands.remove(id).flatten(),
            Commands::Closed => None,
        };
        if let Some(command) = command {
            command.end();
            let _ = timeout(ENDS_WITHIN, command.ended()).await;
        }
    }

    /// Ends all commands. No other can start.
    pub(super) fn close(&self, state: &'static str) {
        let commands = std::mem::replace(&mut *lock(&self.commands), Commands::Closed);
        if let Commands::Open(commands) = commands {
            for command in commands.into_values().flatten() {
                command.end();
            }
        }
        log::write(&Event::Shell { principal: &self.principal, shell: &self.id, state });
    }
}

impl StartingCommand<'_> {
    /// The command runs. If its shell has ended meanwhile, the command ends, too.
    fn finish(self, running: RunningCommand) -> Result<(), Fault> {
        if let Commands::Open(commands) = &mut *lock(&self.shell.commands)
            && let Some(entry) = commands.get_mut(self.id)
        {
            *entry = Some(Arc::new(running));
            return Ok(());
        }
        Err(Fault::unknown_shell())
    }
}

impl Drop for StartingCommand<'_> {
    fn drop(&mut self) {
        if let Commands::Open(commands) = &mut *lock(&self.shell.commands)
            && commands.get(self.id).is_some_and(Option::is_none)
        {
            commands.remove(self.id);
        }
    }
}
