//! What a command's process gives up before its program starts.
//!
//! The standard library can change user and group, but sets neither supplementary groups nor
//! limits. It also enters the working directory too early, before the code between fork and exec
//! can change the user. So this module does all of it, between fork and exec.
//! change the user. So this module does all of it, between fork and exec.
#![expect(unsafe_code, reason = "what is done between fork and exec, and close_range")]

use super::wire::Program;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::libc;
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigHandler, SigSet, Signal, signal};
use nix::unistd::{Gid, Uid, chdir, setgid, setgroups, setuid};
use std::ffi::CString;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::{fs, io};

/// The account and the limits of a process.
#[derive(Debug, Clone)]
pub(crate) struct Privilege {
    ids: Option<(Uid, Gid, Vec<Gid>)>,
    directory: CString,
    processes: u64,
    open_files: u64,
}

impl Privilege {
    pub(crate) fn of(program: &Program) -> io::Result<Self> {
        let ids = program.ids.as_ref().map(|(uid, gid, groups)| {
            let groups = groups.iter().copied().map(Gid::from_raw).collect();
            (Uid::from_raw(*uid), Gid::from_raw(*gid), groups)
        });
        let directory = CString::new(program.directory.as_os_str().as_bytes())?;
        let (processes, open_files) = (program.processes, program.open_files);
        Ok(Self { ids, directory, processes, open_files })
    }

    /// Applies to a command that is not started yet. The calling process must have one thread.
    pub(crate) fn apply(self, command: &mut Command) {
        let enter = move || -> io::Result<()> {
            close_on_exec()?;
            default_signals()?;
            // If memory runs out, the kernel ends commands before other processes. In a process
            // that nobody may look into, only root can open this file.
            let _ = fs::write("/proc/self/oom_score_adj", "1000");
            // Only root can set a limit above the service's own. Otherwise the service's limit
            // stays.
            for (kind, limit) in [
                (Resource::RLIMIT_NPROC, self.processes),
                (Resource::RLIMIT_NOFILE, self.open_files),
            ] {
                let _ = setrlimit(kind, limit, limit);
            }
            setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
            if let Some((uid, gid, groups)) = &self.ids {
                setgroups(groups)?;
                setgid(*gid)?;
                setuid(*uid)?;
            }
            chdir(self.directory.as_c_str())?;
            // The service could not end a program of another user (set-user-ID).
            prctl::set_no_new_privs()?;
            Ok(())
        };
        // SAFETY: the calling process has one thread, so its child may allocate and open files.
        unsafe { command.pre_exec(enter) };
    }
}

/// The host blocks a signal. And a shell that starts winrmd in the background makes it ignore
/// SIGINT. A client's Ctrl-C must reach the command.
fn default_signals() -> nix::Result<()> {
    for one in Signal::iterator().filter(|one| !matches!(one, Signal::SIGKILL | Signal::SIGSTOP)) {
        // SAFETY: this process has one thread, so nothing else uses its handlers.
        unsafe { signal(one, SigHandler::SigDfl) }?;
    }
    SigSet::empty().thread_set_mask()
}

/// Marks every descriptor but the three streams. The next program inherits no others.
fn close_on_exec() -> io::Result<()> {
    // SAFETY: the call changes flags of descriptors, and closes none.
    let done = unsafe {
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
    };
    if done == 0 { Ok(()) } else { close_each_on_exec() }
}

/// For a kernel before 5.11, or a container engine that blocks that call.
fn close_each_on_exec() -> io::Result<()> {
    for file in fs::read_dir("/proc/self/fd")? {
        let Some(number) = file?.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if number > 2 {
            // SAFETY: the descriptor is open: it is in the list, and only this thread closes
            // descriptors.
            let file = unsafe { BorrowedFd::borrow_raw(number) };
            fcntl(file, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd as _;

    #[test]
    fn both_ways_leave_three_streams() {
        let file = fs::File::open("/dev/null").unwrap();
        let pass_on =
            |file: BorrowedFd<'_>| fcntl(file, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
        pass_on(file.as_fd());
        let list = |before: fn() -> io::Result<()>| {
            let mut command = Command::new("sh");
            command.args(["-c", "for file in /proc/$$/fd/*; do readlink $file; done"]);
            // SAFETY: the functions wait for no other thread but the allocator, which survives a
            // fork.
            unsafe { command.pre_exec(before) };
            String::from_utf8(command.stdin(io::pipe().unwrap().0).output().unwrap().stdout)
                .unwrap()
        };
        assert!(list(|| Ok(())).contains("/dev/null"));
        for way in [close_on_exec, close_each_on_exec] {
            let left = list(way);
            // A shell may keep a file of its own at 10 and above. The test counts the streams.
            assert_eq!(left.matches("pipe:").count(), 3, "{left}");
            assert!(!left.contains("/dev/null"), "{left}");
        }
    }
}
