//! The journals of fixes: one folder for each lab and for each external domain.

use std::path::PathBuf;

use spnfix::{Journal, JournalState};

use super::{create_private, env};
use crate::failure::Failure;

/// One folder of journals.
#[derive(Debug)]
pub(crate) struct Journals(PathBuf);

impl Journals {
    /// The journals of a lab's session.
    pub(crate) fn of_lab(session: &str) -> Self {
        Self(env::state_folder().join(session))
    }

    /// The journals of an external domain. This program never removes them.
    pub(crate) fn of_domain(dns_name: &str) -> Self {
        Self(env::state_folder().join("domains").join(dns_name.to_lowercase()))
    }

    /// Removes the journals. A lab that is gone, or back at its baseline, has nothing to undo.
    pub(crate) fn forget(&self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }

    /// All journals, oldest first.
    fn all(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(&self.0) else { return Vec::new() };
        let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        found.sort();
        found
    }

    /// A path for the journal of the next fix. Its number says which fix to undo first.
    pub(crate) fn next(&self) -> Result<PathBuf, Failure> {
        create_private(&self.0)?;
        let last = self
            .all()
            .last()
            .and_then(|path| path.file_stem()?.to_str()?.strip_prefix("fix-")?.parse::<u32>().ok());
        Ok(self.0.join(format!("fix-{:04}.json", last.unwrap_or_default() + 1)))
    }

    /// The journal of a fix that stopped half-way, or one that cannot be read. A fix on top of it
    /// could not be undone cleanly.
    pub(crate) fn unfinished(&self) -> Option<PathBuf> {
        self.all().into_iter().find(|path| {
            Journal::peek(path).map_or(true, |state| {
                matches!(state, JournalState::Applying | JournalState::RollingBack)
            })
        })
    }

    /// The newest journal that has something to undo.
    pub(crate) fn last(&self) -> Option<PathBuf> {
        self.all().into_iter().rev().find(|path| {
            // Rollback reports a journal that it cannot read.
            Journal::peek(path).map_or(true, |state| state != JournalState::RolledBack)
        })
    }
}
