//! Characters that web pages, word processors and chats put in the place of others.
//!
//! A dash that is no `-`, a curly quote, a blank that does not break: they look right, and no
//! command line takes them. A dash in front of an option is taken for one ([`dashed`]). Everywhere
//! else the character is named, with the right one ([`PastedError`]).

use std::borrow::Cow;
use std::fmt;

use super::pasted_table::{Means, TABLE, WRAPS};

/// A character that stands in the place of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pasted {
    character: char,
    name: &'static str,
    means: Means,
}

impl Pasted {
    /// This character, if it stands in the place of another one.
    fn of(character: char) -> Option<Self> {
        if character.is_ascii() {
            return None;
        }
        let row = TABLE.iter().find(|(first, last, ..)| (*first..=*last).contains(&character));
        row.map(|(.., name, means)| Self { character, name, means: *means })
    }

    /// A quote of the keyboard around the whole text: no shell has taken it off.
    fn around(text: &str) -> Option<Self> {
        let row = WRAPS.iter().find(|(open, close, _)| {
            text.strip_prefix(*open).is_some_and(|rest| rest.ends_with(*close))
        });
        row.map(|(open, _, name)| Self { character: *open, name, means: Means::Quote })
    }
}

impl fmt::Display for Pasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { character, name, means } = *self;
        let number = u32::from(character);
        match means {
            Means::Blank | Means::Nothing => write!(f, "U+{number:04X} ({name})"),
            _ => write!(f, "'{character}' (U+{number:04X}, {name})"),
        }
    }
}

/// A text has a character that stands in the place of another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} has {character}")]
pub struct PastedError {
    /// The text.
    pub text: String,
    /// The first such character.
    pub character: Pasted,
}

impl PastedError {
    /// Refuses a text that has such a character.
    pub fn check(text: &str) -> Result<(), Self> {
        let found = text.chars().find_map(Pasted::of).or_else(|| Pasted::around(text));
        match found {
            Some(character) => Err(Self { text: text.to_owned(), character }),
            None => Ok(()),
        }
    }

    /// The next step: the right character, and the text with it.
    pub fn hint(&self) -> String {
        let right = self.right();
        match self.character.means {
            Means::Dash => format!("type - in its place: {right}"),
            Means::Quote => format!("the right quotes are \" and ': \"{right}\""),
            Means::Blank => format!("type a blank in its place: {right}"),
            Means::Nothing => format!("leave it out, it cannot be seen: {right}"),
            Means::Like(c) => format!("type {c} in its place: {right}"),
        }
    }

    /// The text with the right characters.
    fn right(&self) -> String {
        let quote = |c: char| {
            let pasted = Pasted::of(c).is_some_and(|found| found.means == Means::Quote);
            pasted || WRAPS.iter().any(|(open, close, _)| c == *open || c == *close)
        };
        let right = |c: char| match Pasted::of(c).map(|found| found.means) {
            None => Some(c),
            Some(Means::Dash) => Some('-'),
            Some(Means::Quote) => Some('\''),
            Some(Means::Blank) => Some(' '),
            Some(Means::Nothing) => None,
            Some(Means::Like(c)) => Some(c),
        };
        let unquoted = self.text.trim_matches(quote);
        unquoted.chars().filter_map(right).collect::<String>().trim().to_owned()
    }
}

/// An argument with the dashes that it was meant to have, if it begins with others. Word processors
/// make one dash of two: in front of a word it stands for `--`, in front of a letter or a number
/// for `-`.
///
/// ```
/// assert_eq!(spnfix::dashed("–Q"), "-Q");
/// assert_eq!(spnfix::dashed("—server"), "--server");
/// assert_eq!(spnfix::dashed("−2144108387"), "-2144108387");
/// assert_eq!(spnfix::dashed("mem1"), "mem1");
/// ```
pub fn dashed(argument: &str) -> Cow<'_, str> {
    let pasted = |c: char| Pasted::of(c).is_some_and(|found| found.means == Means::Dash);
    let word = argument.trim_start_matches(|c| c == '-' || pasted(c));
    let dashes = &argument[..argument.len() - word.len()];
    if dashes.is_ascii() {
        return Cow::Borrowed(argument);
    }
    let mut letters = word.chars();
    let dashes = match (dashes.chars().count(), letters.next(), letters.next()) {
        // Alone it is an option only if it may be the two dashes that end the options.
        (1, None, _) if dashes != "\u{2014}" => return Cow::Borrowed(argument),
        (1, Some(first), _) if first.is_ascii_digit() => "-",
        (1, Some(_), None) => "-",
        (1, Some(_), Some(second)) if second.is_whitespace() => "-",
        _ => "--",
    };
    Cow::Owned(format!("{dashes}{word}"))
}

#[cfg(test)]
#[path = "pasted_tests.rs"]
mod tests;
