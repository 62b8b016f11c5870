//! The lock of a journal.
//!
//! It is on a file of its own beside the journal. Each save replaces the journal, so a lock on the
//! journal would be on a file that is gone.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Locks a journal while it lives. The kernel frees the lock when the process dies, in any way. The
/// file stays: if it were removed, two processes could hold two files of one name.
#[derive(Debug)]
pub(super) struct Lock(File);

/// A child that another thread forks at this moment also has the file, until it runs its program.
/// So closing the file would not free the lock.
impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Why there is no lock.
#[derive(Debug)]
pub(super) enum LockError {
    Held,
    Io(io::Error),
}

impl Lock {
    /// Takes the lock, or says that another process has it. It does not wait.
    pub(super) fn take(journal: &Path) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(lock_path(journal)).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(LockError::Held),
            Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
        }
    }
}

/// `fix.json.lock` beside `fix.json`.
fn lock_path(journal: &Path) -> PathBuf {
    let mut path = OsString::from(journal);
    path.push(".lock");
    path.into()
}
