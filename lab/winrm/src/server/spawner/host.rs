//! A host starts one command, and ends after the last of the command's processes.
//!
//! It signals only its own children, and a process group only while one of them is in it. Until it
//! has reaped them, no other process can get their numbers.

use super::children::children;
use super::poll::{child_signals, ready, take};
use super::privilege::Privilege;
use super::wire::{self, Program, Report};
use nix::errno::Errno;
use nix::poll::PollTimeout;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::signalfd::SignalFd;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpgid};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Longest pause between two looks at a command that must end, in milliseconds.
const LOOK_AGAIN: u8 = 10;

struct Host {
    control: UnixStream,
    signals: SignalFd,
    /// The command's process, which leads its process group.
    main: Pid,
    main_is_reaped: bool,
}

/// Starts the command that comes through `control`, and stays until all its processes are gone.
pub(super) fn host(mut control: UnixStream) -> io::Result<()> {
    prctl::set_child_subreaper(true)?;
    let signals = child_signals()?;
    let (program, streams) = wire::receive_program(&control)?;
    let main = match start(&program, streams) {
        Ok(main) => main,
        Err(error) => {
            let code = error.raw_os_error().unwrap_or(Errno::EINVAL as i32);
            return control.write_all(&Report::Failed(code).bytes());
        }
    };
    drop(program);
    let mut host = Host { control, signals, main, main_is_reaped: false };
    host.report(Report::Started);
    host.watch()
}

fn start(program: &Program, [stdin, stdout, stderr]: [OwnedFd; 3]) -> io::Result<Pid> {
    let [name, arguments @ ..] = program.argv.as_slice() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .stdin(stdin)
        .stdout(stdout)
        .stderr(stderr)
        .process_group(0);
    Privilege::of(program)?.apply(&mut command);
    let child = command.spawn()?;
    i32::try_from(child.id()).map(Pid::from_raw).map_err(io::Error::other)
}

impl Host {
    fn watch(&mut self) -> io::Result<()> {
        loop {
            let files = [self.control.as_fd(), self.signals.as_fd()];
            let [ordered, child] = ready(files, PollTimeout::NONE)?;
            if child {
                take(&self.signals);
                if self.nothing_is_left() {
                    return Ok(());
                }
            }
            if ordered {
                match self.control.read(&mut [0]) {
                    Ok(1) => self.interrupt(),
                    // The command must end, or winrmd has ended.
                    _ => return self.end(),
                }
            }
        }
    }

    /// Reaps ended processes. Returns whether none is left.
    fn nothing_is_left(&mut self) -> bool {
        loop {
            let (pid, code) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid, code),
                // The code that a shell reports.
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, 128 + signal as i32),
                Err(Errno::ECHILD) => return true,
                Ok(WaitStatus::StillAlive) | Err(_) => return false,
                Ok(_) => continue,
            };
            if pid == self.main {
                self.main_is_reaped = true;
                self.report(Report::Ended(code));
            }
        }
    }

    fn interrupt(&self) {
        let in_group = |child: &Pid| getpgid(Some(*child)) == Ok(self.main);
        if !self.main_is_reaped || children().iter().any(in_group) {
            let _ = killpg(self.main, Signal::SIGINT);
        }
    }

    /// Kills everything. Processes that a killed child leaves behind become children, and are
    /// killed too.
    fn end(&mut self) -> io::Result<()> {
        if !self.main_is_reaped {
            // Kills the group at once, so that a command that only forks does not win the race.
            let _ = killpg(self.main, Signal::SIGKILL);
        }
        loop {
            for child in children() {
                let _ = kill(child, Signal::SIGKILL);
            }
            if self.nothing_is_left() {
                return Ok(());
            }
            let signals = self.signals.as_fd();
            ready([signals, signals], PollTimeout::from(LOOK_AGAIN))?;
            take(&self.signals);
        }
    }

    fn report(&mut self, report: Report) {
        // Perhaps nobody reads it.
        let _ = self.control.write_all(&report.bytes());
    }
}
