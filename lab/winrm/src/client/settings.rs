//! Client settings: what the requested SPN is made of, and the authentication.

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

/// The authentication, as `-Authentication` names it. There is no other, and none falls back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Authentication {
    /// Scheme `Kerberos` with bare Kerberos tokens; Windows' choice for default credentials.
    Kerberos,
    /// Scheme `Negotiate` with SPNEGO tokens, Kerberos inside; Windows' choice for explicit
    /// credentials. Windows would also take NTLM here; this client never does.
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
}

/// What the requested SPN is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpnSettings {
    /// Replaces the service class HTTP.
    pub prefix: Option<String>,
    /// Whether the port becomes part of the SPN.
    pub include_port: bool,
}

impl SpnSettings {
    /// The SPN for a target: class, name **as typed** (no DNS canonicalisation), maybe the port.
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
