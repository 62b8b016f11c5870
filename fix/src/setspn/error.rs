//! Why a run ended early.

use std::io;

use super::outcome::Outcome;
use crate::directory_error::DirectoryError;

/// Why a run of `setspn` ended before it had an answer.
#[derive(Debug, thiserror::Error)]
pub enum SetspnError {
    /// A domain that nobody knows, or that cannot be reached from here.
    #[error("there is no way to the domain {domain}")]
    NoSuchDomain {
        /// As typed.
        domain: String,
    },
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// What was found could not be written out.
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
                "check the name, or name a domain controller of that domain with --server"
                    .to_owned()
            }
            Self::Directory(error) => error.hint(),
            Self::Output(_) => {
                "look where the output goes; a change may have been made already".to_owned()
            }
        }
    }

    /// What it means for the exit status.
    pub fn outcome(&self) -> Outcome {
        match self {
            // A wrong password means that there is no directory to ask.
            Self::Directory(DirectoryError::Refused { code, .. }) if code.0 != 49 => {
                Outcome::Refused
            }
            Self::NoSuchDomain { .. } | Self::Directory(_) => Outcome::NoDirectory,
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::NoReader,
            Self::Output(_) => Outcome::NoOutput,
        }
    }
}
