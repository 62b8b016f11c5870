//! The journals of fixes, one folder for each lab and each foreign domain.

use std::path::{Path, PathBuf};

use spnfix::{Journal, JournalState};

use crate::env;
use crate::error::Failure;

/// One folder of journals.
#[derive(Debug)]
pub(crate) struct Journals(PathBuf);

impl Journals {
    /// Of a lab's session.
    pub(crate) fn of_lab(session: &str) -> Self {
        Self(env::state_folder().join(session))
    }

    /// Of a domain that is not a lab's. They are never removed by this program.
    pub(crate) fn of_domain(dns_name: &str) -> Self {
        Self(env::state_folder().join("domains").join(dns_name.to_lowercase()))
    }

    /// A lab that is gone, or back at its baseline, has nothing to undo.
    pub(crate) fn forget(&self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }

    /// All of them, oldest first.
    fn all(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(&self.0) else { return Vec::new() };
        let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        found.sort();
        found
    }

    /// A path for the journal of the next fix; numbered, so that the last one is undone first.
    pub(crate) fn next(&self) -> Result<PathBuf, Failure> {
        create_private(&self.0)?;
        let last = self
            .all()
            .last()
            .and_then(|path| path.file_stem()?.to_str()?.strip_prefix("fix-")?.parse::<u32>().ok());
        Ok(self.0.join(format!("fix-{:04}.json", last.unwrap_or_default() + 1)))
    }

    /// A fix that stopped half-way: another one on top could not be undone cleanly.
    pub(crate) fn unfinished(&self) -> Option<PathBuf> {
        self.all().into_iter().find(|path| {
            Journal::peek(path).is_ok_and(|state| {
                matches!(state, JournalState::Applying | JournalState::RollingBack)
            })
        })
    }

    /// The newest journal that has something to undo.
    pub(crate) fn last(&self) -> Option<PathBuf> {
        self.all().into_iter().rev().find(|path| {
            // One that cannot be read is for rollback to complain about, not to skip.
            Journal::peek(path).map_or(true, |state| state != JournalState::RolledBack)
        })
    }
}

/// Makes a folder that only this user may enter.
fn create_private(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| {
        let action = format!("create {}", folder.display());
        Failure::Lab(spnlab_harness::Error::Io { action, source })
    })
}
