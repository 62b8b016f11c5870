//! The split arguments, before any check.

use crate::connect::ConnectionOptions;
use crate::setspn::request::Target;

/// The split arguments, before any check.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// The letters of the switches that are commands.
    pub(super) switches: Vec<char>,
    /// Modifiers in full: `-F`, `--shadowed`.
    pub(super) modifiers: Vec<Modifier>,
    pub(super) targets: Vec<Target>,
    pub(super) words: Vec<String>,
    pub(super) json: bool,
    pub(super) long: Long,
}

/// A switch that changes a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    Computer,
    User,
    Forest,
    Target,
    Quiet,
    Shadowed,
}

impl Modifier {
    pub(super) fn typed(self) -> &'static str {
        match self {
            Self::Computer => "-C",
            Self::User => "-U",
            Self::Forest => "-F",
            Self::Target => "-T",
            Self::Quiet => "-P",
            Self::Shadowed => "--shadowed",
        }
    }
}

/// The long options, before the checks against each other.
#[derive(Debug, Default)]
pub(super) struct Long {
    pub(super) connection: ConnectionOptions,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<String>,
    pub(super) password_stdin: bool,
}
