//! Why apply or rollback stops early.

use std::fmt;

use crate::client::SettingsError;
use crate::directory::DirectoryError;
use crate::journal::JournalError;
use crate::names::missing_from;

/// A place that is not as spnfix left it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Difference {
    /// DN of the account, or the registry value.
    pub place: String,
    /// The expected values.
    pub expected: Vec<String>,
    /// The values found. `None`: the account is gone.
    pub found: Option<Vec<String>>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(found) = &self.found else {
            return write!(f, "{} is gone", self.place);
        };
        write!(f, "{} has changed", self.place)?;
        let (less, more) =
            (missing_from(&self.expected, found), missing_from(found, &self.expected));
        if !less.is_empty() {
            write!(f, "; it lacks {}", less.join(", "))?;
        }
        if !more.is_empty() {
            write!(f, "; it has {} in addition", more.join(", "))?;
        }
        Ok(())
    }
}

/// Why one step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The directory failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The client failed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another program wrote there.
    #[error(transparent)]
    Changed(#[from] Difference),
}

impl StepError {
    fn code(&self) -> String {
        match self {
            Self::Directory(inner) => inner.code(),
            Self::Settings(inner) => inner.code(),
            Self::Journal(inner) => inner.code(),
            Self::Changed(_) => "SPNFIX-CHANGED".to_owned(),
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Directory(inner) => inner.hint(),
            Self::Settings(inner) => inner.hint(),
            Self::Journal(inner) => inner.hint(),
            Self::Changed(_) => {
                "somebody else changed it: look at the account and plan again".to_owned()
            }
        }
    }
}

/// Where a run stopped, and what it had done by then.
#[derive(Debug, thiserror::Error)]
#[error("stopped at step {at} of {of} ({step}); {}", so_far(done))]
pub struct Stopped {
    /// Number of the step, from 1.
    pub at: usize,
    /// Number of all steps.
    pub of: usize,
    /// The step.
    pub step: String,
    /// The writes before it.
    pub done: Vec<String>,
    /// Why.
    pub source: StepError,
}

fn so_far(done: &[String]) -> String {
    if done.is_empty() {
        "nothing was changed before".to_owned()
    } else {
        format!("done before: {}", done.join("; "))
    }
}

/// Why apply failed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// One of its steps failed.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Before the first write: the plan no longer fits.
    #[error("nothing was changed: {}", joined(differences))]
    Outdated {
        /// What changed since the plan was made.
        differences: Vec<Difference>,
    },
    /// Before the first write: a read or a journal entry failed.
    #[error("nothing was changed")]
    NotBegun(#[source] StepError),
    /// The last journal entry failed; all steps are done.
    #[error("all steps are done, but the journal does not say so")]
    NotNoted(#[source] JournalError),
    /// The journal belongs to a rollback.
    #[error("the journal's plan is being or was rolled back")]
    RolledBack,
}

impl ApplyError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Stopped(stopped) => stopped.source.code(),
            Self::Outdated { .. } => "SPNFIX-CHANGED".to_owned(),
            Self::NotBegun(inner) => inner.code(),
            Self::NotNoted(inner) => inner.code(),
            Self::RolledBack => "SPNFIX-ROLLED-BACK".to_owned(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Stopped(stopped) => {
                format!("{}; or roll back what was done", stopped.source.hint())
            }
            Self::Outdated { .. } => "look at the directory and plan again".to_owned(),
            Self::NotBegun(inner) => inner.hint(),
            Self::NotNoted(_) => {
                "apply the same journal again: it finds everything done".to_owned()
            }
            Self::RolledBack => "make a new plan and a new journal".to_owned(),
        }
    }
}

/// Why a value cannot come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// Another account (its `sAMAccountName`) that holds the value now.
    Another(String),
    /// The same plan took the value from another account: it was a duplicate.
    Duplicate(String),
}

impl HeldBy {
    fn describe(&self) -> String {
        match self {
            Self::Another(name) => format!("{name} holds"),
            Self::Duplicate(name) => format!("{name} would have to hold"),
        }
    }
}

/// Why rollback failed.
#[derive(Debug, thiserror::Error)]
pub enum RollbackError {
    /// One of its steps failed.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Before the first write: another program changed what the plan had changed.
    #[error("nothing was taken back: {}", joined(differences))]
    Different {
        /// The places that are not as the plan left them.
        differences: Vec<Difference>,
    },
    /// Before the first write: a value to restore would then be on two accounts. No domain
    /// controller accepts that.
    #[error(
        "nothing was taken back: {value} cannot be given to {account} again, because {} it, and a \
         domain controller accepts an SPN on one account only",
        held_by.describe()
    )]
    Taken {
        /// The value.
        value: String,
        /// `sAMAccountName` of the account that the value belongs to.
        account: String,
        /// Which account holds it.
        held_by: HeldBy,
    },
    /// Before the first write: a read or a journal entry failed.
    #[error("nothing was taken back")]
    NotBegun(#[source] StepError),
    /// The last journal entry failed; everything is rolled back.
    #[error("everything is taken back, but the journal does not say so")]
    NotNoted(#[source] JournalError),
}

impl RollbackError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Stopped(stopped) => stopped.source.code(),
            Self::Different { .. } => "SPNFIX-CHANGED".to_owned(),
            Self::Taken { .. } => "SPNFIX-TAKEN".to_owned(),
            Self::NotBegun(inner) => inner.code(),
            Self::NotNoted(inner) => inner.code(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Stopped(stopped) => stopped.source.hint(),
            Self::Taken { .. } => {
                "decide which account is to have it and register it there by hand; a plan that was \
                 interrupted can still be finished by applying its journal again"
                    .to_owned()
            }
            Self::Different { .. } => {
                "decide by hand which of the changes to keep, then undo the others with setspn"
                    .to_owned()
            }
            Self::NotBegun(inner) => inner.hint(),
            Self::NotNoted(_) => "roll back again: it finds everything done".to_owned(),
        }
    }
}

fn joined(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
}
