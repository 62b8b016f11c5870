//! Why the program has no answer.

use std::error::Error;
use std::io::{self, Write};

use spnfix::session::SessionError;
use spnfix::setspn::{Outcome, SetspnError, UsageError};
use spnfix::shown;

/// Anything that ends the program early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The arguments.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The run.
    #[error(transparent)]
    Run(#[from] SetspnError),
    /// The connection.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted {
        /// Whether it may have been in the middle of a change.
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
            Self::Session(error) => error.code(),
            Self::Interrupted { .. } => "SPNFIX-INTERRUPTED".to_owned(),
        }
    }

    /// The next step.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Usage(error) => error.hint(),
            Self::Run(error) => error.hint(),
            Self::Session(error) => error.hint(),
            Self::Interrupted { editing: true } => {
                "look at the account with -L: the change may have been made".to_owned()
            }
            Self::Interrupted { editing: false } => "nothing was changed".to_owned(),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Usage(_) | Self::Session(SessionError::Needed { .. }) => Outcome::Usage,
            Self::Run(error) => error.outcome(),
            Self::Session(_) => Outcome::NoDirectory,
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

    /// Says it on standard error, unless nobody is there to read.
    pub(crate) fn tell(&self) -> Outcome {
        let outcome = self.outcome();
        if outcome != Outcome::NoReader {
            let mut err = io::stderr();
            // Where standard error is gone too, the exit status must do.
            let _ = writeln!(err, "error [{}]: {}", self.code(), shown(self.message()));
            let _ = writeln!(err, "hint: {}", shown(self.hint()));
        }
        outcome
    }
}
