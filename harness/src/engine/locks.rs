//! Locks between programs of this machine: one build of images at a time, one start of a name.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;

use crate::env;
use crate::model::{Error, Result};

/// Pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// A lock. It ends with this value, also when the program is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Takes the lock, or `None` if another program has it.
pub(crate) fn try_take(name: &str) -> Result<Option<Lock>> {
    let folder = env::locks();
    let path: PathBuf = folder.join(format!("{name}.lock"));
    let failed = |source| Error::Io { action: format!("lock {}", path.display()), source };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Takes the lock as soon as it is free. If it is not free now, calls `waiting` once.
pub(crate) async fn take(name: &str, waiting: impl FnOnce()) -> Result<Lock> {
    let mut waiting = Some(waiting);
    loop {
        if let Some(lock) = try_take(name)? {
            return Ok(lock);
        }
        if let Some(waiting) = waiting.take() {
            waiting();
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_locked_once_and_free_again() {
        let name = format!("test-{}", std::process::id());
        let first = try_take(&name).unwrap().unwrap();
        assert!(try_take(&name).unwrap().is_none());
        drop(first);
        assert!(try_take(&name).unwrap().is_some());
        let _ = std::fs::remove_file(env::locks().join(format!("{name}.lock")));
    }
}
