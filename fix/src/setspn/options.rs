//! What the arguments say.

use crate::session::ConnectionOptions;

/// What the arguments say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// What to do.
    pub request: super::Request,
    /// `--json`: one document on standard output in place of Windows' text.
    pub json: bool,
    /// Where and as whom.
    pub connection: ConnectionOptions,
}
