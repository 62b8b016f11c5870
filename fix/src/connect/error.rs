//! Why there is no connection.

use std::io;
use std::path::PathBuf;

use crate::directory::DirectoryError;

/// Why the options lead to no directory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// A connection needs an option that is missing.
    #[error("{option} is needed: {reason}")]
    Needed {
        /// Which.
        option: &'static str,
        /// Why it is needed.
        reason: &'static str,
    },
    /// A file of an option is unreadable.
    #[error("cannot read {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The password is unreadable.
    #[error("cannot read the password of {user}")]
    Password {
        /// The user.
        user: String,
        /// Why.
        source: io::Error,
    },
    /// The DNS server has a name that is not found.
    #[error("the DNS server {name} is not found")]
    NameServer {
        /// As typed.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The directory failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl ConnectError {
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
