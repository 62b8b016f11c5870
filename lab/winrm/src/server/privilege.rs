//! What a command's process gives up before its program starts.
//!
//! The standard library can change user and group, but neither set supplementary groups nor limits,
//! and it enters the working directory before anything that is done here could change the user. So
//! all of it is done here, between fork and exec.
#![expect(unsafe_code, reason = "only system calls may run between fork and exec")]

use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{Gid, Uid, chdir, setgid, setgroups, setuid};
use std::ffi::CString;
use tokio::process::Command;

/// The account and the limits of a process.
#[derive(Debug, Clone)]
pub(crate) struct Privilege {
    /// User, group and supplementary groups; `None` leaves them as they are.
    pub(crate) ids: Option<(Uid, Gid, Vec<Gid>)>,
    pub(crate) directory: CString,
    pub(crate) processes: u64,
    pub(crate) open_files: u64,
}

impl Privilege {
    /// Applies to a command that has not been started yet.
    pub(crate) fn apply(self, command: &mut Command) {
        let enter = move || -> std::io::Result<()> {
            // A limit above the service's own cannot be set without root; then that one stays.
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
            Ok(())
        };
        // SAFETY: the closure makes system calls only; it allocates nothing and takes no lock.
        unsafe { command.pre_exec(enter) };
    }
}
