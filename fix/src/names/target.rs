//! The host that a client connects to.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::same;
use super::form::{FormError, Url, address};
use super::spn_error::{SpnError, checked_part};
use crate::text::PastedError;

/// The name of a host, as the user types it after `-ComputerName`.
///
/// A Windows client builds the SPN from exactly this text. So the short name and the fully
/// qualified name give two SPNs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Target(String);

/// Why a text is not a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// An address has no SPN.
    #[error("{0} is an IP address, and Kerberos needs a name")]
    Address(IpAddr),
    /// Not a host name.
    #[error("{text:?} is not a host name: {reason}")]
    NotAName {
        /// The text.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// The name that every machine has for itself.
    #[error("{text:?} is the machine itself, and Windows uses no Kerberos for it")]
    Itself {
        /// The text.
        text: String,
    },
    /// Another form of a name: a URL, an SPN.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A character stands in the place of another one.
    #[error(transparent)]
    Pasted(#[from] PastedError),
}

impl TargetError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-TARGET".to_owned()
    }

    /// Whether it means the machine itself: `localhost`, `.`, 127.0.0.1, `::1`.
    pub fn is_the_machine_itself(&self) -> bool {
        match self {
            Self::Address(address) => address.is_loopback() || address.is_unspecified(),
            Self::Itself { .. } => true,
            _ => false,
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            _ if self.is_the_machine_itself() => {
                "give the machine's own name, such as mem1 or mem1.contoso.com; the command \
                 hostname prints it there"
                    .to_owned()
            }
            Self::Address(address) => format!(
                "use the computer's name; with an address WinRM falls back to NTLM, which needs \
                 HTTPS or TrustedHosts. Only a Windows client with the setting TryIPSPN asks for \
                 an SPN of an address, such as HOST/{address}"
            ),
            Self::NotAName { .. } | Self::Itself { .. } => {
                "give a host name such as mem1 or mem1.contoso.com".to_owned()
            }
            Self::Form(form) => form.hint(),
            Self::Pasted(pasted) => pasted.hint(),
        }
    }
}

impl Target {
    /// Reads a name that a user typed for a connection. Beside what [`Target::from_str`] refuses,
    /// this refuses the dot of DNS at its end: the client would put it into the SPN, and nobody
    /// holds such an SPN.
    pub fn typed(text: &str) -> Result<Self, TargetError> {
        let target: Self = text.parse()?;
        match text.strip_suffix('.') {
            None => Ok(target),
            Some(host) => {
                let reason = "the client would put the dot at its end into the SPN";
                let hint = format!("give the host alone: {host}");
                Err(FormError::new(text, WANTED, reason, hint).into())
            }
        }
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text before the first dot.
    pub fn first_label(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// Whether it is a name without a domain.
    pub fn is_short(&self) -> bool {
        !self.0.contains('.')
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        PastedError::check(text)?;
        let host = Url::read(text).map_or(text, |url| url.host);
        if means_itself(host) {
            return Err(TargetError::Itself { text: text.to_owned() });
        }
        if let Some(address) = address(host) {
            return Err(TargetError::Address(address));
        }
        other_form(text)?;
        let not_a_name = |reason: String| TargetError::NotAName { text: text.to_owned(), reason };
        checked_part(text, text, "host").map_err(|error| {
            not_a_name(match error {
                SpnError::Empty { part, .. } => format!("the {part} is empty"),
                SpnError::Character { part, character, .. } => cannot_be(character, part),
                other => other.to_string(),
            })
        })?;
        if text.starts_with('.') || text.contains("..") {
            return Err(not_a_name("a label is empty".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

const WANTED: &str = "a host name";

fn cannot_be(character: char, part: &str) -> String {
    format!("{character:?} cannot be in the {part}")
}

/// Whether every machine has this name for itself.
fn means_itself(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let named = matches!(name.as_str(), "localhost" | "localhost.localdomain" | "(local)");
    named || name.ends_with(".localhost") || host == "."
}

/// Refuses what users paste in the place of a host: a URL, an SPN, a path, an account, a host with
/// its port.
fn other_form(text: &str) -> Result<(), FormError> {
    let form = |reason: &str, hint| Err(FormError::new(text, WANTED, reason, hint));
    let give = |host: &str| match host {
        "" => "give a host name such as mem1 or mem1.contoso.com".to_owned(),
        host => format!("give the host alone: {host}"),
    };
    if let Some(url) = Url::read(text) {
        return form("it is a URL", give(url.host));
    }
    let host = |part: &str| part.split(['/', ':']).next().unwrap_or_default().to_owned();
    if let Some((class, rest)) = text.split_once('/') {
        let host = if rest.is_empty() { host(class) } else { host(rest) };
        return form(&cannot_be('/', "host"), give(&host));
    }
    if let Some((host, _)) = text.split_once(':') {
        return form(&cannot_be(':', "host"), give(host));
    }
    if let Some(path) = text.strip_prefix("\\\\") {
        return form("it is a path", give(path.split('\\').next().unwrap_or_default()));
    }
    if let Some((_, name)) = text.split_once('\\') {
        return form("it is an account", give(name.trim_end_matches('$')));
    }
    if let Some((_, host)) = text.rsplit_once('@') {
        return form("it has an @", give(host));
    }
    if let Some(host) = text.strip_suffix('$') {
        return form("it is an account", give(host));
    }
    let number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    if text.contains('.') && text.split('.').all(|label| !label.is_empty() && number(label)) {
        return form("it looks like an IP address", give(""));
    }
    Ok(())
}

impl TryFrom<String> for Target {
    type Error = TargetError;

    fn try_from(text: String) -> Result<Self, TargetError> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.0
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Target {}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
