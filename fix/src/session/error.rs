//! Why there is no connection.

use std::io;
use std::path::PathBuf;

use crate::directory_error::DirectoryError;

/// What stands between the options and a directory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// An option without which there is no connection.
    #[error("{option} is needed: {reason}")]
    Needed {
        /// Which.
        option: &'static str,
        /// What for.
        reason: &'static str,
    },
    /// A file that an option names.
    #[error("cannot read {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No password to be had.
    #[error("cannot read the password of {user}")]
    Password {
        /// Whose.
        user: String,
        /// Why.
        source: io::Error,
    },
    /// A DNS server that itself is not found.
    #[error("the DNS server {name} is not found")]
    NameServer {
        /// As typed.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl SessionError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Needed { .. } => "SPNFIX-USAGE".to_owned(),
            Self::File { .. } => "SPNFIX-FILE".to_owned(),
            Self::Password { .. } => "SPNFIX-NO-PASSWORD".to_owned(),
            Self::NameServer { .. } => "SPNFIX-DNS".to_owned(),
            Self::Directory(error) => error.code(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Needed { .. } => "the help lists the options of the connection".to_owned(),
            Self::File { .. } => "check the name and who may read the file".to_owned(),
            Self::Password { .. } => {
                "use --password-file or --password-stdin where there is no terminal".to_owned()
            }
            Self::NameServer { .. } => "give the address of a DNS server of the domain".to_owned(),
            Self::Directory(error) => error.hint(),
        }
    }
}
