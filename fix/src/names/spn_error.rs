//! Why a text is not an SPN, and the check of each of its parts.

/// Why a text is not an SPN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpnError {
    /// No slash.
    #[error("{text:?} is not an SPN: there is no slash between service class and host")]
    NoSlash {
        /// The text.
        text: String,
    },
    /// More than two slashes.
    #[error("{text:?} is not an SPN: it has {count} slashes, at most two are possible")]
    TooManySlashes {
        /// The text.
        text: String,
        /// How many.
        count: usize,
    },
    /// An empty part.
    #[error("{text:?} is not an SPN: the {part} is empty")]
    Empty {
        /// The text.
        text: String,
        /// Which part.
        part: &'static str,
    },
    /// A character that this part cannot have.
    #[error("{text:?} is not an SPN: {character:?} cannot be in the {part}")]
    Character {
        /// The text.
        text: String,
        /// Which part.
        part: &'static str,
        /// The character.
        character: char,
    },
    /// A number that is no TCP port.
    #[error("{text:?} is not an SPN: {port} is not a port between 1 and 65535")]
    Port {
        /// The text.
        text: String,
        /// The text in the place of the port.
        port: String,
    },
}

impl SpnError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-SPN".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Character { character: '*', .. } => {
                "an SPN names one service; wildcards are for queries".to_owned()
            }
            _ => "write it as class/host or class/host:port, for example HTTP/mem1.contoso.com"
                .to_owned(),
        }
    }
}

/// Checks a part of an SPN: not empty, no separators, only characters that a client can ask for.
pub(crate) fn checked_part(text: &str, part: &str, name: &'static str) -> Result<(), SpnError> {
    if part.is_empty() {
        return Err(SpnError::Empty { text: text.to_owned(), part: name });
    }
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | ':' | '*');
    match part.chars().find(|&c| bad(c)) {
        Some(character) => {
            Err(SpnError::Character { text: text.to_owned(), part: name, character })
        }
        None => Ok(()),
    }
}
