//! Why a text is not an SPN, and the check of each of its parts.

use super::form::{FormError, Url, ipv6};
use crate::text::PastedError;

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
    /// Another form of a name: a URL, a principal, an IPv6 address.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A character stands in the place of another one.
    #[error(transparent)]
    Pasted(#[from] PastedError),
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
            Self::Form(form) => form.hint(),
            Self::Pasted(pasted) => pasted.hint(),
            _ => "write it as class/host or class/host:port, for example HTTP/mem1.contoso.com"
                .to_owned(),
        }
    }
}

/// Refuses what users paste in the place of an SPN: a URL, a principal with its realm, the
/// host-based name of GSSAPI, a backslash for the slash.
pub(super) fn other_form(text: &str) -> Result<(), FormError> {
    let form = |reason: &str, hint| Err(FormError::new(text, "an SPN", reason, hint));
    if let Some(url) = Url::read(text) {
        return form("it is a URL", format!("write {}", url.spn()));
    }
    let realm = |part: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        !part.is_empty() && part.chars().all(fits)
    };
    match (text.rsplit_once('@'), text.contains('/')) {
        (Some((spn, behind)), true) if realm(behind) => {
            form("a realm is no part of it", format!("leave the realm out: {spn}"))
        }
        (Some((class, host)), false) if realm(class) && realm(host) => {
            form("it is a host-based name of GSSAPI", format!("write {class}/{host}"))
        }
        (_, false) if text.matches('\\').count() == 1 => {
            form("a backslash is no slash", format!("write {}", text.replace('\\', "/")))
        }
        _ => Ok(()),
    }
}

/// Refuses an IPv6 address as host; `rest` is what follows the service class. A colon begins a
/// port, so no parser could tell the two apart.
pub(super) fn no_ipv6(text: &str, rest: &str) -> Result<(), FormError> {
    match ipv6(rest).filter(|_| rest.contains(':')) {
        None => Ok(()),
        Some(address) => Err(FormError::new(
            text,
            "an SPN",
            &format!("{address} is an IPv6 address, and its colons would begin a port"),
            "write the computer's name in its place; a client asks for an address only if its \
             setting TryIPSPN says so"
                .to_owned(),
        )),
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
