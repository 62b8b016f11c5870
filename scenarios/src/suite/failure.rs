//! How a run ends that did not pass: a message, a code, a next step and an exit status.

use std::error::Error as StdError;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use spnlab_harness::exit_status::{BUG, FILES, USAGE};

use crate::target::TargetError;

/// A scenario failed.
const FAILED: u8 = 13;
/// The options select no scenario.
const NOTHING_SELECTED: u8 = 14;
/// What a shell adds to the number of the signal that ended a program.
const SIGNAL: u8 = 128;

/// Why a run did not pass.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Scenarios failed. They were told of when they did.
    #[error("{0} of the scenarios failed")]
    Scenarios(usize),
    /// No scenario fits.
    #[error("no scenario fits {asked}")]
    NothingSelected {
        /// What the options ask for.
        asked: String,
        /// A tag that no scenario has, and the one that is most like it.
        unknown_tag: Option<(String, String)>,
    },
    /// Scenarios fit, and this machine lacks what they need.
    #[error("this machine can run none of the {0} scenarios that fit")]
    NothingRuns(usize),
    /// A feature file has no meaning.
    #[error("the features cannot be read: {0}")]
    Features(String),
    /// Steps that nobody knows.
    #[error("{0}")]
    UnknownSteps(String),
    /// Nobody said where records go.
    #[error("--update-records writes into no folder: the records in use are in this program")]
    NoRecords,
    /// A file of results that this program does not write.
    #[error("{} has no results of spnlab test --json: {reason}", file.display())]
    Results {
        /// Which.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file or folder.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: String,
        /// What happened.
        source: std::io::Error,
    },
    /// The engine, the images, or a lab.
    #[error("{0}")]
    Lab(Arc<spnlab_harness::Error>),
    /// The file of --target.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A signal, by its number.
    #[error("interrupted: the labs of this run are removed")]
    Interrupted(u8),
    /// The fix that kills itself.
    #[error("{0}")]
    KilledFix(Box<dyn StdError>),
}

impl Failure {
    pub(super) fn io(action: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        |source| Self::Io { action: action.into(), source }
    }

    pub(super) fn exit_status(&self) -> u8 {
        match self {
            Self::Scenarios(_) => FAILED,
            Self::NothingSelected { .. } | Self::NothingRuns(_) => NOTHING_SELECTED,
            Self::Features(_)
            | Self::UnknownSteps(_)
            | Self::NoRecords
            | Self::Results { .. }
            | Self::Target(_) => USAGE,
            Self::Io { .. } => FILES,
            Self::Lab(error) => error.exit_status(),
            Self::Interrupted(signal) => SIGNAL + signal,
            Self::KilledFix(_) => BUG,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Scenarios(_) => "SPNLAB-SCENARIO-FAILED",
            Self::NothingSelected { .. } | Self::NothingRuns(_) => "SPNLAB-NOTHING-SELECTED",
            Self::Features(_) => "SPNLAB-FEATURES",
            Self::UnknownSteps(_) => "SPNLAB-UNKNOWN-STEP",
            Self::NoRecords => "SPNLAB-NO-RECORDS",
            Self::Results { .. } => "SPNLAB-RESULTS",
            Self::Io { .. } => "SPNLAB-IO",
            Self::Lab(error) => error.code(),
            Self::Target(_) => "SPNLAB-TARGET",
            Self::Interrupted(_) => "SPNLAB-INTERRUPTED",
            Self::KilledFix(_) => "SPNLAB-EXEC",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Scenarios(_) => {
                "read the steps above; --keep-on-failure keeps the lab".to_owned()
            }
            Self::NothingSelected { unknown_tag: Some((unknown, like)), .. } => {
                format!("no scenario has the tag @{unknown}; the nearest is @{like}")
            }
            Self::NothingSelected { .. } => "`spnlab test --list` shows the scenarios".to_owned(),
            Self::NothingRuns(_) => "install what the lines above name".to_owned(),
            Self::Features(_) => {
                "--features takes a folder of .feature files, or one; the language is Gherkin"
                    .to_owned()
            }
            Self::UnknownSteps(_) => "docs/steps.md lists every step".to_owned(),
            Self::NoRecords => "name their folder with --records DIR".to_owned(),
            Self::Results { .. } => "write it with `spnlab test --json FILE`".to_owned(),
            Self::Io { .. } => "check the path, its permissions and the free space".to_owned(),
            Self::Lab(error) => error.hint(),
            Self::Target(_) => "docs/own-domain.md has an example of the file".to_owned(),
            Self::Interrupted(_) => "run it again; --seed repeats the order".to_owned(),
            Self::KilledFix(_) => "only the scenarios run this".to_owned(),
        }
    }

    /// Prints it on standard error, with each cause once.
    pub(super) fn report(&self) {
        let mut text = format!("error [{}]: {self}", self.code());
        let mut cause = match self {
            Self::Lab(error) => error.source(),
            _ => None,
        };
        while let Some(inner) = cause {
            let words = inner.to_string();
            if !text.contains(&words) {
                text.push_str("\n  because: ");
                text.push_str(&words);
            }
            cause = inner.source();
        }
        // Nobody reads standard error any more, perhaps: the exit status says it, too.
        let _ = writeln!(std::io::stderr(), "{text}\nhint: {}", self.hint());
    }
}

impl From<spnlab_harness::Error> for Failure {
    fn from(error: spnlab_harness::Error) -> Self {
        Self::Lab(Arc::new(error))
    }
}
