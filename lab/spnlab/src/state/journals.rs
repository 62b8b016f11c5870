//! The journals of fixes: those of a lab are in the lab, those of an external domain in a folder of
//! this user.

use std::path::PathBuf;
use std::sync::Arc;

use spnfix::{Journal, JournalState, Plan};
use spnlab_engineer::{JournalFolder, LabJournals};
use spnlab_harness::Lab;

use crate::failure::Failure;

/// The journals of one lab or domain.
#[derive(Debug)]
pub(crate) enum Journals {
    /// Of a lab.
    Lab(LabJournals),
    /// Of an external domain.
    Folder(JournalFolder),
}

/// What there is to undo.
#[derive(Debug)]
pub(crate) enum Last {
    /// The newest journal that is not rolled back: where it is, and its name.
    Found(PathBuf, String),
    /// So many journals are all rolled back.
    AllUndone(usize),
}

impl Journals {
    /// The journals of a lab.
    pub(crate) fn of_lab(lab: &Arc<Lab>) -> Self {
        Self::Lab(LabJournals::of(Arc::clone(lab)))
    }

    /// The journals of an external domain.
    pub(crate) fn of_domain(dns_name: &str) -> Self {
        Self::Folder(JournalFolder::of_domain(dns_name))
    }

    /// Begins the journal of the next fix.
    pub(crate) async fn begin(&self, plan: &Plan) -> Result<(PathBuf, Journal), Failure> {
        match self {
            Self::Lab(lab) => Ok(lab.begin(plan).await?),
            Self::Folder(folder) => {
                let path = folder.next()?;
                let journal = Journal::create(&path, plan).map_err(spnfix::Error::from)?;
                Ok((path, journal))
            }
        }
    }

    /// Opens a journal by its name.
    pub(crate) async fn open(&self, name: &str) -> Result<Journal, Failure> {
        match self {
            Self::Lab(lab) => Ok(lab.open(name).await?),
            Self::Folder(folder) => {
                Ok(Journal::open(&folder.place(name)).map_err(spnfix::Error::from)?)
            }
        }
    }

    /// The journal of a fix that stopped half-way, or one that cannot be read. A fix on top of it
    /// could not be undone cleanly.
    pub(crate) async fn unfinished(&self) -> Result<Option<PathBuf>, Failure> {
        for name in self.names().await? {
            let state = self.state(&name).await;
            if !matches!(state, Some(JournalState::Applied | JournalState::RolledBack)) {
                return Ok(Some(self.place(&name)));
            }
        }
        Ok(None)
    }

    /// What there is to undo.
    pub(crate) async fn last(&self) -> Result<Last, Failure> {
        let names = self.names().await?;
        for name in names.iter().rev() {
            // Rollback reports a journal that it cannot read.
            if self.state(name).await != Some(JournalState::RolledBack) {
                return Ok(Last::Found(self.place(name), name.clone()));
            }
        }
        Ok(Last::AllUndone(names.len()))
    }

    /// All names, oldest first.
    async fn names(&self) -> Result<Vec<String>, Failure> {
        match self {
            Self::Lab(lab) => Ok(lab.names().await?),
            Self::Folder(folder) => Ok(folder.names()),
        }
    }

    /// The state of a journal; `None` if it cannot be read.
    async fn state(&self, name: &str) -> Option<JournalState> {
        match self {
            Self::Lab(lab) => lab.state(name).await.ok(),
            Self::Folder(folder) => Journal::peek(&folder.place(name)).ok(),
        }
    }

    fn place(&self, name: &str) -> PathBuf {
        match self {
            Self::Lab(_) => LabJournals::place(name),
            Self::Folder(folder) => folder.place(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_knows_what_is_next_and_what_is_unfinished() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("x");
        let journals = Journals::Folder(JournalFolder::at(&folder));
        let next = || JournalFolder::at(&folder).next();
        assert!(matches!(journals.last().await, Ok(Last::AllUndone(0))));
        assert_eq!(next().unwrap(), folder.join("fix-0001.json"));
        std::fs::write(folder.join("fix-0007.json"), "no journal").unwrap();
        assert_eq!(next().unwrap(), folder.join("fix-0008.json"));
        let unfinished = journals.unfinished().await.unwrap();
        assert_eq!(unfinished, Some(folder.join("fix-0007.json")));
        let Ok(Last::Found(path, name)) = journals.last().await else { panic!() };
        assert_eq!((path, name.as_str()), (folder.join("fix-0007.json"), "fix-0007.json"));
    }
}
