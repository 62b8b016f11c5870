//! The journal of the next fix, where `spnlab rollback` looks for it: a fix that this run could not
//! undo can be undone by hand.

use std::path::PathBuf;

use spnfix::{Journal, JournalState};
use spnlab_engineer::JournalFolder;
use spnlab_harness::Error;

/// The path of the next journal. `Err`: this journal is of a fix that was not undone.
pub(super) fn next(folder: &JournalFolder) -> Result<Result<PathBuf, PathBuf>, Error> {
    let mut journals = folder.names().into_iter().map(|name| folder.place(&name));
    let undone = |path: &PathBuf| matches!(Journal::peek(path), Ok(JournalState::RolledBack));
    match journals.find(|path| !undone(path)) {
        Some(left) => Ok(Err(left)),
        None => folder.next().map(Ok),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_that_was_not_undone_stops_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let next = || next(&JournalFolder::at(folder.path())).unwrap();
        assert_eq!(next(), Ok(folder.path().join("fix-0001.json")));
        let left = folder.path().join("fix-0007.json");
        std::fs::write(&left, "half a journal").unwrap();
        assert_eq!(next(), Err(left));
    }
}
