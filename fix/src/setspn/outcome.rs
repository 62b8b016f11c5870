//! How a run ends.

use serde::{Deserialize, Serialize};

/// How a run of `setspn` ends. Each outcome has its own exit status. The exit statuses of Windows'
/// setspn.exe are not documented, so scripts for it read its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Done: changed, listed or found. `-X`: no problem.
    Done,
    /// `-Q`: nobody holds it. `-D`: the account does not hold it.
    NotFound,
    /// The arguments make no sense.
    Usage,
    /// `-S`: an account holds it, nothing was written. `-X`: there are duplicates or shadowed SPNs.
    Duplicate,
    /// The directory refused.
    Refused,
    /// No such account.
    NoAccount,
    /// No directory was reachable, or the connection broke.
    NoDirectory,
    /// Standard output failed.
    NoOutput,
    /// Ctrl-C ended it.
    Interrupted,
    /// The reader of standard output is gone.
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
