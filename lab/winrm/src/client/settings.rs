//! Client settings: the parts of the requested SPN, and the authentication.

use crate::gss::Mech;
use crate::sealing::Label;
use serde::Serialize;
use thiserror::Error;

/// Why a setting or a target cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// Not a service class.
    #[error("the SPN prefix {0:?} is not a service class (letters, digits, '-' and '_' only)")]
    Prefix(String),
    /// Not a host name.
    #[error("the target {0:?} is not a host name (letters, digits, '-', '_' and '.' only)")]
    Host(String),
}

/// The authentication, as `-Authentication` names it. These two are all, and neither falls back to
/// the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Authentication {
    /// Scheme `Kerberos` with bare Kerberos tokens; Windows' choice for default credentials.
    Kerberos,
    /// Scheme `Negotiate` with SPNEGO tokens, Kerberos inside. It is Windows' choice for explicit
    /// credentials. Windows would also accept NTLM here; this client never does.
    Negotiate,
}

impl Authentication {
    /// The name, which is also the HTTP scheme.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kerberos => "Kerberos",
            Self::Negotiate => "Negotiate",
        }
    }

    /// The mechanism of the tokens.
    pub(crate) fn mech(self) -> Mech {
        match self {
            Self::Kerberos => Mech::Krb5,
            Self::Negotiate => Mech::Spnego,
        }
    }

    /// The label of sealed messages (MS-WSMV 2.2.9.1).
    pub(crate) fn label(self) -> Label {
        match self {
            Self::Kerberos => Label::Kerberos,
            Self::Negotiate => Label::Spnego,
        }
    }
}

/// The parts of the requested SPN.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpnSettings {
    /// Replaces the service class HTTP.
    pub prefix: Option<String>,
    /// Whether the SPN includes the port.
    pub include_port: bool,
}

impl SpnSettings {
    /// The SPN for a target: class, name **as typed** (no DNS canonicalisation), and the port if it
    /// is included.
    pub fn spn(&self, host: &str, port: u16) -> Result<String, SettingsError> {
        let word = |text: &str, more: &[char]| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(&c))
        };
        let class = self.prefix.as_deref().unwrap_or("HTTP");
        if !word(class, &['-', '_']) {
            return Err(SettingsError::Prefix(class.to_owned()));
        }
        if !word(host, &['-', '_', '.']) {
            return Err(SettingsError::Host(host.to_owned()));
        }
        Ok(if self.include_port {
            format!("{class}/{host}:{port}")
        } else {
            format!("{class}/{host}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spns() {
        let spn = |prefix: Option<&str>, include_port| {
            let prefix = prefix.map(str::to_owned);
            SpnSettings { prefix, include_port }.spn("Mem1.contoso.com", 5985)
        };
        assert_eq!(spn(None, false).unwrap(), "HTTP/Mem1.contoso.com");
        assert_eq!(spn(None, true).unwrap(), "HTTP/Mem1.contoso.com:5985");
        assert_eq!(spn(Some("WSMAN"), false).unwrap(), "WSMAN/Mem1.contoso.com");
        assert!(spn(Some("A/B"), false).is_err());
        for host in ["", "a@B", "a/b", "a b", "::1"] {
            assert!(SpnSettings::default().spn(host, 1).is_err(), "{host}");
        }
    }
}
