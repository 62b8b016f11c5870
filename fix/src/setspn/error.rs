//! Why a run stopped early.

use std::io;

use super::outcome::Outcome;
use crate::directory::DirectoryError;

/// Why a run of `setspn` stopped before it had an answer.
#[derive(Debug, thiserror::Error)]
pub enum SetspnError {
    /// A domain that is unknown, or unreachable from here.
    #[error("there is no way to the domain {domain}")]
    NoSuchDomain {
        /// As typed.
        domain: String,
    },
    /// The directory failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The output failed.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
}

impl SetspnError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::NoSuchDomain { .. } => "SPNFIX-NO-SUCH-DOMAIN".to_owned(),
            Self::Directory(error) => error.code(),
            Self::Output(_) => "SPNFIX-OUTPUT".to_owned(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NoSuchDomain { .. } => {
                "check the name, or name a domain controller of that domain with --server; if you \
                 typed *, quote it: the shell puts the names of files in its place"
                    .to_owned()
            }
            Self::Directory(error) => error.hint(),
            Self::Output(_) => {
                "look where the output goes; a change may have been made already".to_owned()
            }
        }
    }

    /// The outcome for the exit status.
    pub fn outcome(&self) -> Outcome {
        match self {
            // After a wrong password there is no directory to ask.
            Self::Directory(DirectoryError::Refused { code, .. }) if code.0 != 49 => {
                Outcome::Refused
            }
            Self::NoSuchDomain { .. } | Self::Directory(_) => Outcome::NoDirectory,
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::NoReader,
            Self::Output(_) => Outcome::NoOutput,
        }
    }
}
