//! The options of a run.

use super::settings::{Authentication, SpnSettings};
use super::tickets::CredentialSource;
use super::tls::Trust;
use std::fmt;

/// The options of a run.
pub struct Options {
    /// The target, as typed.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS, with its CAs (`-UseSSL`).
    pub trust: Option<Trust>,
    /// Over TLS, the ticket carries the channel binding (RFC 5929).
    pub channel_binding: bool,
    /// The parts of the SPN.
    pub spn: SpnSettings,
    /// The authentication; `None` is Windows' own choice.
    pub authentication: Option<Authentication>,
    /// The user; `None` is the owner of the ticket cache.
    pub user: Option<String>,
    /// The password; `None` uses the ticket cache.
    pub password: Option<String>,
    /// The ticket cache's path, to write or to use.
    pub ccache: Option<String>,
    /// The command; `None` only opens and closes a shell.
    pub command: Option<String>,
}

impl Options {
    /// The authentication. Windows takes Kerberos for default credentials, and Negotiate for
    /// explicit ones (win32 "Authentication for Remote Connections").
    pub fn authentication(&self) -> Authentication {
        let explicit = self.password.is_some();
        let usual = if explicit { Authentication::Negotiate } else { Authentication::Kerberos };
        self.authentication.unwrap_or(usual)
    }

    pub(crate) fn source(&self) -> CredentialSource<'_> {
        let ccache = self.ccache.as_deref();
        match &self.password {
            Some(password) => CredentialSource::Password {
                user: self.user.as_deref().unwrap_or("trainer"),
                password,
                ccache,
            },
            None => CredentialSource::Cache { user: self.user.as_deref(), ccache },
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the password.
        f.debug_struct("Options")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("spn", &self.spn)
            .field("authentication", &self.authentication())
            .field("user", &self.user)
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}
