//! The split arguments, before any check.

use super::options::Color;
use crate::connect::ConnectionOptions;
use crate::setspn::request::Target;
use crate::text::PastedError;

/// The split arguments, before any check.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// The letters of the switches that are commands.
    pub(super) switches: Vec<char>,
    /// Modifiers in full: `-F`, `--shadowed`.
    pub(super) modifiers: Vec<Modifier>,
    pub(super) targets: Vec<Target>,
    pub(super) words: Vec<Word>,
    /// The first word behind the value of `-T`. If it is one too many, the shell may have put it
    /// there, in the place of a star.
    pub(super) after_target: Option<String>,
    pub(super) json: bool,
    pub(super) version: bool,
    pub(super) color: Option<Color>,
    pub(super) long: Long,
}

/// An argument that is neither switch nor option.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    /// It came behind `--`: every character is meant.
    pub(super) literal: bool,
}

impl Word {
    pub(super) fn typed(text: &str) -> Result<Self, PastedError> {
        PastedError::check(text)?;
        Ok(Self { text: text.to_owned(), literal: false })
    }

    pub(super) fn literal(text: &str) -> Self {
        Self { text: text.to_owned(), literal: true }
    }
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
