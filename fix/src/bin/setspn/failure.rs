//! Why the program stops early.

use std::error::Error;
use std::io::{self, Write};

use spnfix::connect::ConnectError;
use spnfix::setspn::{Color, Label, Outcome, SetspnError, UsageError};
use spnfix::shown;

use super::color::colored;

/// Every error that ends the program early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The arguments are wrong.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The run failed.
    #[error(transparent)]
    Run(#[from] SetspnError),
    /// The connection failed.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted {
        /// Whether a change may have been in progress.
        editing: bool,
    },
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Run(error.into())
    }
}

impl Failure {
    /// Stable code.
    pub(crate) fn code(&self) -> String {
        match self {
            Self::Usage(error) => error.code(),
            Self::Run(error) => error.code(),
            Self::Connect(error) => error.code(),
            Self::Interrupted { .. } => "SPNFIX-INTERRUPTED".to_owned(),
        }
    }

    /// The next step.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Usage(error) => error.hint(),
            Self::Run(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Interrupted { editing: true } => {
                "look at the account with -L: the change may have been made".to_owned()
            }
            Self::Interrupted { editing: false } => "nothing was changed".to_owned(),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Usage(_) | Self::Connect(ConnectError::Needed { .. }) => Outcome::Usage,
            Self::Run(error) => error.outcome(),
            Self::Connect(_) => Outcome::NoDirectory,
            Self::Interrupted { .. } => Outcome::Interrupted,
        }
    }

    /// Message and causes, on one line.
    pub(crate) fn message(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// Prints the error on standard error, if there is a reader.
    pub(crate) fn tell(&self, color: Color) -> Outcome {
        let outcome = self.outcome();
        if outcome != Outcome::NoReader {
            let mut err = io::stderr();
            // If standard error is gone too, only the exit status is left.
            let word = |label: Label| label.word(colored(color));
            let (error, hint) = (word(Label::Error), word(Label::Hint));
            let _ = writeln!(err, "{error} [{}]: {}", self.code(), shown(self.message()));
            let _ = writeln!(err, "{hint}: {}", shown(self.hint()));
        }
        outcome
    }
}
