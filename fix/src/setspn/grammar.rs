//! From arguments to switches, options and words.
//!
//! `setspn` reads its arguments in its own way: a switch is one letter in either case behind `-` or
//! `/`, what belongs to it stands apart, and modifiers may stand on either side of it.

use super::request::Target;
use super::usage::UsageError;
use crate::session::ConnectionOptions;

/// The arguments, taken apart and not yet judged.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// The letters of the switches that do something.
    pub(super) switches: Vec<char>,
    /// Modifiers as typed in full: `-F`, `--shadowed`.
    pub(super) modifiers: Vec<Modifier>,
    pub(super) targets: Vec<Target>,
    pub(super) words: Vec<String>,
    pub(super) json: bool,
    pub(super) long: Long,
}

/// A switch that changes what another one does.
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

/// The long options before they are checked against each other.
#[derive(Debug, Default)]
pub(super) struct Long {
    pub(super) connection: ConnectionOptions,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<String>,
    pub(super) password_stdin: bool,
}

/// Takes the arguments (without the program's name) apart.
pub(super) fn take_apart(arguments: &[String]) -> Result<Raw, UsageError> {
    let mut raw = Raw::default();
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        if argument == "--" {
            raw.words.extend(rest.by_ref().map(str::to_owned));
        } else if let Some(option) = argument.strip_prefix("--") {
            super::long::take(&mut raw, option, &mut rest)?;
        } else if let Some(letter) = switch(argument)? {
            take_switch(&mut raw, letter, argument, &mut rest)?;
        } else {
            raw.words.push(argument.to_owned());
        }
    }
    Ok(raw)
}

/// The letter of `-x` or `/x`, in upper case.
fn switch(argument: &str) -> Result<Option<char>, UsageError> {
    let Some(name) = argument.strip_prefix(['-', '/']) else { return Ok(None) };
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Ok(Some(letter.to_ascii_uppercase())),
        _ => Err(unknown(argument)),
    }
}

fn take_switch<'a>(
    raw: &mut Raw,
    letter: char,
    typed: &str,
    rest: &mut impl Iterator<Item = &'a str>,
) -> Result<(), UsageError> {
    let modifier = match letter {
        'Q' | 'L' | 'S' | 'A' | 'D' | 'R' | 'X' | '?' => {
            raw.switches.push(letter);
            return Ok(());
        }
        'C' => Modifier::Computer,
        'U' => Modifier::User,
        'F' => Modifier::Forest,
        'P' => Modifier::Quiet,
        'T' => {
            let named = rest.next().filter(|name| name.is_empty() || !looks_like_switch(name));
            let name = named.ok_or(UsageError::Missing {
                switch: "-T".to_owned(),
                needs: "the name of a domain (\"\" or * is the current one)",
            })?;
            raw.targets.push(Target::new(name));
            Modifier::Target
        }
        _ => return Err(unknown(typed)),
    };
    raw.modifiers.push(modifier);
    Ok(())
}

/// No domain is called like a switch, so the name was forgotten.
fn looks_like_switch(argument: &str) -> bool {
    argument.starts_with(['-', '/'])
}

fn unknown(argument: &str) -> UsageError {
    UsageError::UnknownSwitch { switch: argument.to_owned() }
}
