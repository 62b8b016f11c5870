//! What is needed to reach a directory.

use std::fmt;
use std::time::Duration;

/// Where the directory is, whom to trust, and who asks.
///
/// `address` is where the TCP connection goes, `server_name` is the name the server's certificate
/// must carry. They differ where the port is forwarded.
#[derive(Clone, Debug)]
pub struct LdapAccess {
    /// `host:port` of LDAPS (636).
    pub address: String,
    /// Name of the server in its certificate, such as `dc1.contoso.com`.
    pub server_name: String,
    /// The only certificate authority that is trusted, in PEM.
    pub ca_pem: String,
    /// Who asks.
    pub bind: Bind,
    /// `host:port` of the global catalog over TLS (3269), for questions about the whole forest.
    pub gc: Option<String>,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// How to authenticate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Bind {
    /// Name and password (RFC 4513 section 5.1.3), inside TLS.
    Simple {
        /// `name@domain`, `DOMAIN\name` or a DN.
        user: String,
        /// The password.
        password: Password,
    },
}

/// A password that is never printed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Limits of patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the TCP connection and the TLS handshake together.
    pub connect: Duration,
    /// For each question or write, all its pages included.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), operation: Duration::from_secs(30) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_output_holds_the_password() {
        let access = LdapAccess {
            address: "127.0.0.1:636".to_owned(),
            server_name: "dc1.contoso.com".to_owned(),
            ca_pem: String::new(),
            bind: Bind::Simple {
                user: "trainer@contoso.com".to_owned(),
                password: "geheim".into(),
            },
            gc: None,
            timeouts: Timeouts::default(),
        };
        let text = format!("{access:?} {access:#?}");
        assert!(!text.contains("geheim"), "{text}");
        assert!(text.contains("trainer@contoso.com"));
    }
}
