//! What was intended and what was done, on disk before it happens.
//!
//! Around each write the journal says first that it is about to happen, then that it happened. After
//! a crash at any point it is therefore known which writes are certain, and which one must be looked
//! up in the directory.

mod file;
mod lock;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::plan::Plan;
pub use file::JournalFile;
use lock::{Lock, LockError};

const VERSION: u32 = 1;

/// How far one write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not begun.
    Pending,
    /// About to be made; whether it was, the directory knows.
    Intent,
    /// Made.
    Done,
    /// About to be undone; whether it was, the directory knows.
    UndoIntent,
    /// Undone, or never made.
    Undone,
}

/// How far the whole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JournalState {
    /// Begun, not finished.
    Applying,
    /// All done.
    Applied,
    /// Being undone.
    RollingBack,
    /// All undone.
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
    version: u32,
    state: JournalState,
    plan: Plan,
    steps: Vec<StepState>,
}

/// Where a journal is kept.
pub trait JournalStore: Send + fmt::Debug {
    /// Keeps this text in place of the last one: afterwards either the old or the new text is
    /// there, whatever happens.
    fn save(&mut self, text: &str) -> std::io::Result<()>;

    /// What to call it.
    fn name(&self) -> PathBuf;
}

/// A journal in memory, for tests and documentation. Clones share their text.
#[derive(Clone, Debug, Default)]
pub struct InMemoryJournal(Arc<Mutex<String>>);

impl InMemoryJournal {
    /// What was saved last.
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
    /// Of a journal in a file.
    _lock: Option<Lock>,
}

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is one, and it is still needed to undo something.
    #[error("the journal {} holds a plan that is {state}", path.display())]
    InUse {
        /// Where.
        path: PathBuf,
        /// How far it is.
        state: JournalState,
    },
    /// Somebody else works with it.
    #[error("the journal {} is in use by another run", path.display())]
    Locked {
        /// Where.
        path: PathBuf,
    },
    /// The disk.
    #[error("the journal {} cannot be {verb}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Not a journal.
    #[error("{} is not a journal of this program", path.display())]
    NotAJournal {
        /// Where.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Of another program version.
    #[error("the journal {} has version {found}, this program knows version {VERSION}", path.display())]
    Version {
        /// Where.
        path: PathBuf,
        /// Which.
        found: u32,
    },
    /// The journal contradicts itself.
    #[error("the journal {} has {steps} steps for a plan of {expected}", path.display())]
    Contradictory {
        /// Where.
        path: PathBuf,
        /// In the journal.
        steps: usize,
        /// In the plan.
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
            Self::NotAJournal { .. } | Self::Version { .. } | Self::Contradictory { .. } => {
                "SPNFIX-JOURNAL-UNREADABLE"
            }
        }
        .to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::InUse { .. } => "roll it back, or use another journal",
            Self::Locked { .. } => "wait for the other run to end, then look at what it did",
            Self::Io { .. } => "check that the folder exists and may be written to",
            Self::NotAJournal { .. } | Self::Contradictory { .. } => {
                "give the journal that the fix wrote"
            }
            Self::Version { .. } => "use the version of the program that wrote it",
        }
        .to_owned()
    }
}

impl Journal {
    /// Begins a journal in a file that only this user may read. An existing journal is replaced
    /// only if its plan was rolled back or never begun. Until it is dropped, nobody else can
    /// [`open`](Self::open) it: `<path>.lock` beside it is locked.
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

    /// Opens the journal in a file, to go on with it or to roll it back. Until it is dropped, nobody
    /// else can open it; a process that was killed holds nothing any more.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        // Before the lock, which would leave its file beside a journal that is not there.
        Self::read(path)?;
        let lock = lock(path, "read")?;
        // Again: it may have gone on until the lock was free.
        Ok(Self { _lock: Some(lock), ..Self::read(path)? })
    }

    /// Looks how far a journal is, also while somebody works with it.
    pub fn peek(path: &Path) -> Result<JournalState, JournalError> {
        Ok(Self::read(path)?.state())
    }

    fn read(path: &Path) -> Result<Self, JournalError> {
        let text = std::fs::read_to_string(path).map_err(|source| JournalError::Io {
            path: path.to_owned(),
            verb: "read",
            source,
        })?;
        Self::resume(Box::new(JournalFile::new(path)), &text)
    }

    /// Begins a journal kept elsewhere than in a file.
    pub fn begin(store: Box<dyn JournalStore>, plan: &Plan) -> Result<Self, JournalError> {
        let steps = vec![StepState::Pending; plan.steps().len()];
        let record =
            Record { version: VERSION, state: JournalState::Applying, plan: plan.clone(), steps };
        let mut journal = Self { record, store, _lock: None };
        journal.save()?;
        Ok(journal)
    }

    /// Goes on with a journal whose last text is given.
    pub fn resume(store: Box<dyn JournalStore>, text: &str) -> Result<Self, JournalError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let path = store.name();
        let not_a_journal = |source| JournalError::NotAJournal { path: store.name(), source };
        let Versioned { version } = serde_json::from_str(text).map_err(not_a_journal)?;
        if version != VERSION {
            return Err(JournalError::Version { path, found: version });
        }
        let record: Record = serde_json::from_str(text).map_err(not_a_journal)?;
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

    /// How far the whole is.
    pub fn state(&self) -> JournalState {
        self.record.state
    }

    /// How far each write is, in the plan's order.
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
        let saved = serde_json::to_string_pretty(&self.record)
            .map_err(std::io::Error::from)
            .and_then(|text| self.store.save(&text));
        saved.map_err(|source| JournalError::Io { path, verb: "written", source })
    }
}

fn lock(path: &Path, verb: &'static str) -> Result<Lock, JournalError> {
    let path = path.to_owned();
    Lock::take(&path).map_err(|error| match error {
        LockError::Held => JournalError::Locked { path },
        LockError::Io(source) => JournalError::Io { path, verb, source },
    })
}
