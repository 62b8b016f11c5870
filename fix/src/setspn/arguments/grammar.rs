//! From arguments to switches, options and words.
//!
//! `setspn` reads its arguments in its own way. A switch is one letter, in either case, after `-`
//! or `/`. Its value is a separate argument. Modifiers may be on either side of it. Any character
//! that looks like a dash is one in front of a switch. Elsewhere a pasted character is refused,
//! except behind `--`.

use super::long;
use super::raw::{Modifier, Raw, Word};
use super::usage::UsageError;
use crate::setspn::request::Target;
use crate::text::{PastedError, dashed};

/// Splits the arguments (without the program's name).
pub(super) fn take_apart(arguments: &[String]) -> Result<Raw, UsageError> {
    let mut raw = Raw::default();
    let mut rest = arguments.iter().map(String::as_str);
    let mut after_target = false;
    while let Some(argument) = rest.next() {
        let argument = dashed(argument);
        let argument = argument.as_ref();
        let targets = raw.targets.len();
        if argument == "--" {
            raw.words.extend(rest.by_ref().map(Word::literal));
        } else if let Some(option) = argument.strip_prefix("--") {
            long::take(&mut raw, option, &mut rest)?;
        } else if let Some(letter) = switch(argument)? {
            take_switch(&mut raw, letter, argument, &mut rest)?;
        } else {
            raw.words.push(Word::typed(argument)?);
            if after_target {
                raw.after_target.get_or_insert_with(|| argument.to_owned());
                continue;
            }
        }
        after_target = raw.targets.len() > targets;
    }
    Ok(raw)
}

/// The letter of `-x` or `/x`, in upper case.
fn switch(argument: &str) -> Result<Option<char>, UsageError> {
    let Some(name) = argument.strip_prefix(['-', '/']) else { return Ok(None) };
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Ok(Some(letter.to_ascii_uppercase())),
        _ => Err(unknown(argument)?),
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
            let named =
                rest.next().filter(|name| name.is_empty() || !looks_like_switch(&dashed(name)));
            let name = named.ok_or(UsageError::Missing {
                switch: "-T".to_owned(),
                needs: "the name of a domain (\"\" or * is the current one)",
            })?;
            PastedError::check(name)?;
            raw.targets.push(Target::new(name));
            Modifier::Target
        }
        _ => return Err(unknown(typed)?),
    };
    raw.modifiers.push(modifier);
    Ok(())
}

/// No domain is named like a switch, so the user forgot the name.
fn looks_like_switch(argument: &str) -> bool {
    argument.starts_with(['-', '/'])
}

/// The error for a switch that does not exist, or for the character that makes it one.
fn unknown(argument: &str) -> Result<UsageError, PastedError> {
    PastedError::check(argument)?;
    Ok(UsageError::UnknownSwitch { switch: argument.to_owned() })
}
