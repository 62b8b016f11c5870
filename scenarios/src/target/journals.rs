//! The journals of a domain's fixes, where `spnlab rollback` looks for them: a fix that this run
//! could not undo can be undone by hand.

use std::path::{Path, PathBuf};

use spnfix::{Journal, JournalState};
use spnlab_harness::EvidenceDir;

/// The folder of this domain's journals.
pub(super) fn folder(domain: &str) -> PathBuf {
    EvidenceDir::state().join("domains").join(domain.to_lowercase())
}

/// The path of the next journal. `Err`: this journal is of a fix that was not undone.
pub(super) fn next(folder: &Path) -> Result<PathBuf, PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let journals = entries.map(|entry| entry.path());
    let mut journals: Vec<PathBuf> =
        journals.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    journals.sort();
    let undone = |path: &PathBuf| matches!(Journal::peek(path), Ok(JournalState::RolledBack));
    if let Some(left) = journals.iter().find(|path| !undone(path)) {
        return Err(left.clone());
    }
    let number = |path: &PathBuf| -> Option<u32> {
        path.file_stem()?.to_str()?.strip_prefix("fix-")?.parse().ok()
    };
    let last = journals.last().and_then(number).unwrap_or_default();
    Ok(folder.join(format!("fix-{:04}.json", last + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_that_was_not_undone_stops_the_next() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(next(folder.path()), Ok(folder.path().join("fix-0001.json")));
        let left = folder.path().join("fix-0007.json");
        std::fs::write(&left, "half a journal").unwrap();
        assert_eq!(next(folder.path()), Err(left));
    }
}
