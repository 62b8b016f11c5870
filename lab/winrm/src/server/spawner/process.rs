//! The spawner: forks a host for each command.
#![expect(unsafe_code, reason = "fork")]

use super::children::children;
use super::host;
use super::poll::{child_signals, ready, take};
use super::wire::{self, Report};
use nix::errno::Errno;
use nix::poll::PollTimeout;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stdin, fork};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;

/// winrmd starts its own program with this name (argv[0]) as the spawner.
pub(super) const NAME: &str = "winrmd-spawner";

/// Whether winrmd started this process as the spawner. Its program name says so.
pub fn is_spawner_process() -> bool {
    std::env::args_os().next().as_deref() == Some(OsStr::new(NAME))
}

/// Forks a host for each command of winrmd, until winrmd closes the other end of standard input.
///
/// The program must call this before it starts a thread.
///
/// # Errors
/// The kernel's errors of a system call.
pub fn run_spawner() -> io::Result<()> {
    prctl::set_dumpable(false)?;
    // If a host dies before its command, this process inherits the command's processes.
    prctl::set_child_subreaper(true)?;
    let signals = child_signals()?;
    let mut hosts = HashSet::new();
    // Hosts must not keep this socket open: winrmd must notice when the spawner ends.
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    dup2_stdin(File::open("/dev/null")?)?;
    loop {
        let [asked, child] = ready([socket.as_fd(), signals.as_fd()], PollTimeout::NONE)?;
        if child {
            take(&signals);
            reap(&mut hosts);
        }
        if !asked {
            continue;
        }
        let Some((_, files)) = wire::receive::<1>(&socket)? else { return Ok(()) };
        for file in files {
            // SAFETY: this process has one thread, so the child may do anything.
            match unsafe { fork() } {
                Ok(ForkResult::Child) => {
                    drop((socket, signals));
                    let ended = host::host(UnixStream::from(file));
                    std::process::exit(i32::from(ended.is_err()));
                }
                Ok(ForkResult::Parent { child }) => drop(hosts.insert(child)),
                Err(error) => refuse(file, error),
            }
        }
    }
}

fn refuse(control: OwnedFd, error: Errno) {
    let _ = UnixStream::from(control).write_all(&Report::Failed(error as i32).bytes());
}

/// Reaps hosts. A host that was killed may leave processes. These are children of this process now,
/// and it ends them.
fn reap(hosts: &mut HashSet<Pid>) {
    let mut strays = false;
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, 0)) if hosts.remove(&pid) => {}
            Ok(WaitStatus::StillAlive) => break,
            Ok(status) => {
                strays = true;
                status.pid().map(|pid| hosts.remove(&pid));
            }
            Err(Errno::EINTR) => {}
            Err(_) => break,
        }
    }
    if strays {
        // When one of them ends, its own children come here with the next SIGCHLD.
        for stray in children().into_iter().filter(|pid| !hosts.contains(pid)) {
            let _ = kill(stray, Signal::SIGKILL);
        }
    }
}
