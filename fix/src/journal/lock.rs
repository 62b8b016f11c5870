//! Who works with a journal.
//!
//! The lock is on a file of its own beside the journal: the journal itself is replaced with each
//! save, and a lock on it would be on a file that is no longer there.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Holds a journal for as long as it lives. The kernel lets go of it when the process dies, however
/// it dies; the file stays, because removing it would let two processes hold two files of one name.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum LockError {
    Held,
    Io(io::Error),
}

impl Lock {
    /// Takes it, or says that somebody else has it; does not wait.
    pub(super) fn take(journal: &Path) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(lock_path(journal)).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
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
