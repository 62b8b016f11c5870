//! What `setspn -Q` looks for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::fold;
use super::form::FormError;
use super::spn::Spn;
use super::spn_error::other_form;
use crate::text::PastedError;

/// An SPN in which `*` stands for any text, as in `setspn -Q */mem1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpnPattern(String);

/// Why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is empty, or has a control character.
    #[error("{text:?} is not an SPN to look for")]
    NotAPattern {
        /// The text.
        text: String,
    },
    /// It is a URL, or has a realm.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A character stands in the place of another one.
    #[error(transparent)]
    Pasted(#[from] PastedError),
}

impl PatternError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-PATTERN".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NotAPattern { .. } => {
                "write class/host, where * stands for any text, for example */mem1*".to_owned()
            }
            Self::Form(form) => form.hint(),
            Self::Pasted(pasted) => pasted.hint(),
        }
    }
}

impl SpnPattern {
    /// A pattern for any value that a directory may store, whatever characters it has.
    pub(crate) fn literal(text: &str) -> Result<Self, PatternError> {
        let wrong = text.is_empty() || text.chars().any(char::is_control);
        if wrong {
            return Err(PatternError::NotAPattern { text: text.to_owned() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The literal pieces between the stars, for a translation into a filter. One piece: no star.
    pub fn pieces(&self) -> Vec<&str> {
        self.0.split('*').collect()
    }

    /// Whether a stored value matches.
    pub fn matches(&self, value: &str) -> bool {
        let (pattern, value) = (fold(&self.0), fold(value));
        let pieces: Vec<&str> = pattern.split('*').collect();
        let (Some((first, rest)), true) = (pieces.split_first(), pieces.len() > 1) else {
            return pattern == value;
        };
        let Some(mut remaining) = value.strip_prefix(first) else { return false };
        let (last, middle) = rest.split_last().unwrap_or((&"", &[]));
        for piece in middle {
            match remaining.find(piece) {
                Some(at) => remaining = &remaining[at + piece.len()..],
                None => return false,
            }
        }
        remaining.ends_with(last)
    }
}

impl FromStr for SpnPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        PastedError::check(text)?;
        // A star may look for values with such a part.
        if !text.contains('*') {
            other_form(text)?;
        }
        Self::literal(text)
    }
}

impl From<&Spn> for SpnPattern {
    fn from(spn: &Spn) -> Self {
        Self(spn.to_string())
    }
}

impl fmt::Display for SpnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        let table = [
            ("HTTP/mem1", "http/MEM1", true),
            ("HTTP/mem1", "HTTP/mem1:80", false),
            ("*/mem1", "HOST/mem1", true),
            ("*/mem1", "HOST/mem11", false),
            ("http/mem*", "HTTP/mem1.contoso.com", true),
            ("*/*", "a/b", true),
            ("*/*", "ab", false),
            ("*", "anything", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*1*:59*", "HTTP/mem1:5985", true),
            ("**", "x", true),
        ];
        for (pattern, value, expected) in table {
            let pattern: SpnPattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(value), expected, "{pattern} {value}");
        }
        assert!("".parse::<SpnPattern>().is_err());
    }

    #[test]
    fn what_is_pasted_is_named_and_can_still_be_looked_for() {
        let table = [
            ("“HTTP/web7”", "the right quotes are \" and ': \"HTTP/web7\""),
            ("HTTP/web–7", "type - in its place: HTTP/web-7"),
            ("http://web7.contoso.com/", "write HTTP/web7.contoso.com"),
            ("HTTP/web7@CONTOSO.COM", "leave the realm out: HTTP/web7"),
        ];
        for (text, hint) in table {
            assert_eq!(text.parse::<SpnPattern>().unwrap_err().hint(), hint);
            assert!(SpnPattern::literal(text).unwrap().matches(text));
        }
        assert!("*/*@*".parse::<SpnPattern>().is_ok());
        assert!("HTTP/[fd00::1]".parse::<SpnPattern>().is_ok(), "a directory may hold it");
    }

    proptest::proptest! {
        #[test]
        fn an_spn_matches_itself_and_every_star_form(a in "[a-z*]{0,6}", b in "[a-zäÖ]{0,6}") {
            let pattern = SpnPattern(a.clone());
            pattern.matches(&b);
            assert!(SpnPattern(format!("{b}*")).matches(&format!("{b}x")));
            assert!(SpnPattern(format!("*{b}")).matches(&format!("x{b}")));
            assert!(SpnPattern(a.clone()).matches(&a.replace('*', "")));
        }
    }
}
