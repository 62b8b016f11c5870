//! How a run ended.

use serde::{Deserialize, Serialize};

/// How a run of `setspn` ended. Each has one exit status of its own; those of Windows' setspn.exe
/// are not documented, and scripts written for it read its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Done: changed, listed, found; `-X`: nothing is wrong.
    Done,
    /// `-Q`: nobody holds it. `-D`: the account does not hold it.
    NotFound,
    /// The arguments make no sense.
    Usage,
    /// `-S`: somebody holds it, nothing was written. `-X`: there are duplicates or shadowed SPNs.
    Duplicate,
    /// The directory said no.
    Refused,
    /// No such account.
    NoAccount,
    /// No directory could be asked, or the connection broke.
    NoDirectory,
    /// Standard output cannot be written to.
    NoOutput,
    /// Ended by Ctrl-C.
    Interrupted,
    /// Whoever read standard output went away.
    NoReader,
}

impl Outcome {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NotFound => 1,
            Self::Usage => 2,
            Self::Duplicate => 3,
            Self::Refused => 4,
            Self::NoAccount => 5,
            Self::NoDirectory => 6,
            Self::NoOutput => 7,
            // As shells count signals: SIGINT is 2, SIGPIPE is 13.
            Self::Interrupted => 130,
            Self::NoReader => 141,
        }
    }
}
