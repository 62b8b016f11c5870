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
    /// `--version`: the version, and nothing else.
    pub version: bool,
    /// `--color`
    pub color: Color,
    /// The directory, and the user.
    pub connection: ConnectionOptions,
}

/// When to colour the words that Windows' tool does not print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
