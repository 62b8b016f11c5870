//! The journal: what spnfix intends and what it has done, on disk before it happens.
//!
//! For each write the journal first says that it will happen, then that it happened. After a crash
//! at any point it says which writes are certain, and which one must be looked up in the directory.
//!
//! A journal carries the SHA-256 of its record. spnfix refuses a damaged or edited journal when it
//! reads it, before any write. Each save replaces the whole text, so a crash leaves no torn one.
//! The checksum guards against accidents and hasty edits. A user who may write the file can compute
//! a new checksum. Only the file's permissions protect against that.
//!
//! Uses: plan, regular_file.

mod file;
mod lock;
mod sealed;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::regular_file::read_regular;
pub use file::JournalFile;
use lock::{Lock, LockError};
use sealed::Unsealed;

/// Longest journal that is read: dozens of edits to accounts of a hundred thousand values.
const LONGEST: u64 = 1 << 28;

/// The state of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not begun.
    Pending,
    /// It will happen. Only the directory knows whether it did.
    Intent,
    /// It happened.
    Done,
    /// It will be undone. Only the directory knows whether it was.
    UndoIntent,
    /// Undone, or never made.
    Undone,
}

/// The state of the whole plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JournalState {
    /// Apply has begun.
    Applying,
    /// Apply is complete.
    Applied,
    /// Rollback has begun.
    RollingBack,
    /// Rollback is complete.
    RolledBack,
}

impl fmt::Display for JournalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Applying => "not finished",
            Self::Applied => "applied",
            Self::RollingBack => "half rolled back",
            Self::RolledBack => "rolled back",
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    state: JournalState,
    plan: Plan,
    steps: Vec<StepState>,
}

/// A place that keeps a journal.
pub trait JournalStore: Send + fmt::Debug {
    /// Replaces the last text with this one. In every case, either the old or the new text is there
    /// afterwards.
    ///
    /// # Errors
    /// [`WouldBlock`](std::io::ErrorKind::WouldBlock): another run has written the journal
    /// meanwhile, so it becomes [`JournalError::Locked`].
    fn save(&mut self, text: &str) -> std::io::Result<()>;

    /// A name for messages.
    fn name(&self) -> PathBuf;
}

/// A journal in memory, for tests and documentation. Clones share their text.
#[derive(Clone, Debug, Default)]
pub struct InMemoryJournal(Arc<Mutex<String>>);

impl InMemoryJournal {
    /// The text that was saved last.
    pub fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl JournalStore for InMemoryJournal {
    fn save(&mut self, text: &str) -> std::io::Result<()> {
        text.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    fn name(&self) -> PathBuf {
        PathBuf::from("(memory)")
    }
}

/// The journal of one plan.
#[derive(Debug)]
pub struct Journal {
    record: Record,
    store: Box<dyn JournalStore>,
    /// Only a journal in a file has a lock.
    _lock: Option<Lock>,
}

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is one, and a rollback still needs it.
    #[error("the journal {} holds a plan that is {state}", path.display())]
    InUse {
        /// Where.
        path: PathBuf,
        /// Its state.
        state: JournalState,
    },
    /// Another process uses it.
    #[error("the journal {} is in use by another run", path.display())]
    Locked {
        /// Where.
        path: PathBuf,
    },
    /// The disk failed.
    #[error("the journal {} cannot be {verb}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no journal.
    #[error("{} is not a journal of this program", path.display())]
    NotAJournal {
        /// Where.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The content differs from what spnfix wrote.
    #[error("the journal {} was damaged or edited: its checksum does not match", path.display())]
    Damaged {
        /// Where.
        path: PathBuf,
    },
    /// Another version of the program wrote it.
    #[error(
        "the journal {} has version {found}, this program knows version {}",
        path.display(),
        sealed::VERSION
    )]
    Version {
        /// Where.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The journal contradicts itself.
    #[error("the journal {} has {steps} steps for a plan of {expected}", path.display())]
    Contradictory {
        /// Where.
        path: PathBuf,
        /// Steps in the journal.
        steps: usize,
        /// Steps in the plan.
        expected: usize,
    },
}

impl JournalError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::InUse { .. } => "SPNFIX-JOURNAL-IN-USE",
            Self::Locked { .. } => "SPNFIX-JOURNAL-LOCKED",
            Self::Io { .. } => "SPNFIX-JOURNAL-IO",
            Self::NotAJournal { .. }
            | Self::Damaged { .. }
            | Self::Version { .. }
            | Self::Contradictory { .. } => "SPNFIX-JOURNAL-UNREADABLE",
        }
        .to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::InUse { .. } => "roll it back, or use another journal",
            Self::Locked { .. } => "wait for the other run to end, then look at what it did",
            Self::Io { .. } => "check that the folder exists and may be written to",
            Self::NotAJournal { .. } | Self::Damaged { .. } | Self::Contradictory { .. } => {
                "give the journal as the fix wrote it, from a copy if there is one; otherwise undo \
                 by hand: it names the values that each account held before"
            }
            Self::Version { .. } => "use the version of the program that wrote it",
        }
        .to_owned()
    }
}

impl Journal {
    /// Begins a journal in a file that only this user may read. It replaces an existing journal
    /// only if its plan was rolled back or never begun. Until it is dropped, no other process can
    /// [`open`](Self::open) it: the file `<path>.lock` is locked.
    pub fn create(path: &Path, plan: &Plan) -> Result<Self, JournalError> {
        let lock = lock(path, "written")?;
        if path.exists() {
            let old = Self::read(path)?;
            let begun = old.steps().iter().any(|step| *step != StepState::Pending);
            let state = old.state();
            if begun && state != JournalState::RolledBack {
                return Err(JournalError::InUse { path: path.to_owned(), state });
            }
        }
        let journal = Self::begin(Box::new(JournalFile::new(path)), plan)?;
        Ok(Self { _lock: Some(lock), ..journal })
    }

    /// Opens the journal in a file, to continue it or to roll it back. Until it is dropped, no
    /// other process can open it. A killed process holds no lock.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        // Reads before it locks: the lock would leave its file beside a missing journal.
        Self::read(path)?;
        let lock = lock(path, "read")?;
        // Reads again: the journal may have changed until the lock was free.
        Ok(Self { _lock: Some(lock), ..Self::read(path)? })
    }

    /// Reads the state of a journal, even while another process uses it.
    pub fn peek(path: &Path) -> Result<JournalState, JournalError> {
        Ok(Self::read(path)?.state())
    }

    fn read(path: &Path) -> Result<Self, JournalError> {
        let text = read_regular(path, LONGEST).map_err(|source| JournalError::Io {
            path: path.to_owned(),
            verb: "read",
            source,
        })?;
        Self::resume(Box::new(JournalFile::new(path)), &text)
    }

    /// Begins a journal that is kept in another place than a file.
    pub fn begin(store: Box<dyn JournalStore>, plan: &Plan) -> Result<Self, JournalError> {
        let steps = vec![StepState::Pending; plan.steps().len()];
        let record = Record { state: JournalState::Applying, plan: plan.clone(), steps };
        let mut journal = Self { record, store, _lock: None };
        journal.save()?;
        Ok(journal)
    }

    /// Continues a journal from its last text. It refuses a text that differs from the saved one by
    /// a single bit.
    pub fn resume(
        store: Box<dyn JournalStore>,
        text: impl AsRef<[u8]>,
    ) -> Result<Self, JournalError> {
        let path = store.name();
        let record: Record = sealed::open(text.as_ref()).map_err(|error| match error {
            Unsealed::NoJson(source) => JournalError::NotAJournal { path: path.clone(), source },
            Unsealed::Version(found) => JournalError::Version { path: path.clone(), found },
            Unsealed::Damaged => JournalError::Damaged { path: path.clone() },
        })?;
        let (steps, expected) = (record.steps.len(), record.plan.steps().len());
        if steps != expected {
            return Err(JournalError::Contradictory { path, steps, expected });
        }
        Ok(Self { record, store, _lock: None })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.record.plan
    }

    /// The state of the whole plan.
    pub fn state(&self) -> JournalState {
        self.record.state
    }

    /// The state of each write, in the plan's order.
    pub fn steps(&self) -> &[StepState] {
        &self.record.steps
    }

    /// The writes that are done, in words.
    pub fn done(&self) -> Vec<String> {
        let steps = self.record.plan.steps();
        let done = steps.iter().zip(&self.record.steps);
        done.filter(|(_, state)| **state == StepState::Done)
            .map(|(step, _)| step.to_string())
            .collect()
    }

    pub(crate) fn set_step(&mut self, at: usize, state: StepState) -> Result<(), JournalError> {
        if let Some(step) = self.record.steps.get_mut(at) {
            *step = state;
        }
        self.save()
    }

    pub(crate) fn set_state(&mut self, state: JournalState) -> Result<(), JournalError> {
        if self.record.state == state {
            return Ok(());
        }
        self.record.state = state;
        self.save()
    }

    fn save(&mut self) -> Result<(), JournalError> {
        let path = self.store.name();
        let saved = sealed::seal(&self.record)
            .map_err(std::io::Error::from)
            .and_then(|text| self.store.save(&text));
        saved.map_err(|source| match source.kind() {
            std::io::ErrorKind::WouldBlock => JournalError::Locked { path },
            _ => JournalError::Io { path, verb: "written", source },
        })
    }
}

fn lock(path: &Path, verb: &'static str) -> Result<Lock, JournalError> {
    let path = path.to_owned();
    Lock::take(&path).map_err(|error| match error {
        LockError::Held => JournalError::Locked { path },
        LockError::Io(source) => JournalError::Io { path, verb, source },
    })
}

#[cfg(test)]
mod tests;
