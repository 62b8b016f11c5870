//! The arguments after all checks.

use crate::connect::ConnectionOptions;
use crate::setspn::request::Request;

/// The arguments after all checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The command.
    pub request: Request,
    /// `--json`: one JSON document on standard output in place of Windows' text.
    pub json: bool,
    /// The directory, and the user.
    pub connection: ConnectionOptions,
}
