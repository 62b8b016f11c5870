//! The host that a client connects to.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::same;
use super::spn_error::checked_part;

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
}

impl TargetError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-TARGET".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Address(_) => {
                "use the computer's name; with an address WinRM falls back to NTLM, \
                 which needs HTTPS or TrustedHosts"
            }
            Self::NotAName { .. } => "give a host name such as mem1 or mem1.contoso.com",
        }
        .to_owned()
    }
}

impl Target {
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
        if let Ok(address) = text.trim_matches(['[', ']']).parse() {
            return Err(TargetError::Address(address));
        }
        let not_a_name = |reason: String| TargetError::NotAName { text: text.to_owned(), reason };
        checked_part(text, text, "host").map_err(|error| {
            let text = error.to_string();
            not_a_name(
                text.rsplit_once("not an SPN: ").map_or(text.clone(), |(_, why)| why.to_owned()),
            )
        })?;
        if text.starts_with('.') || text.contains("..") {
            return Err(not_a_name("a label is empty".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
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
mod tests {
    use super::*;

    #[test]
    fn names_are_targets_and_addresses_are_not() {
        for text in ["mem1", "mem1.contoso.com", "MEM1", "mem1."] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        let table = [
            ("10.0.0.1", "10.0.0.1 is an IP address, and Kerberos needs a name"),
            ("[::1]", "::1 is an IP address, and Kerberos needs a name"),
            ("", "\"\" is not a host name: the host is empty"),
            ("http/mem1", "\"http/mem1\" is not a host name: '/' cannot be in the host"),
            ("mem1:5985", "\"mem1:5985\" is not a host name: ':' cannot be in the host"),
            ("a..b", "\"a..b\" is not a host name: a label is empty"),
        ];
        for (text, message) in table {
            assert_eq!(text.parse::<Target>().unwrap_err().to_string(), message);
        }
    }
}
