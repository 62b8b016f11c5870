//! What to do, and where.

use super::kerberos::Source;
use super::settings::{Authentication, SpnSettings};
use super::tls::Trust;
use std::fmt;

/// What to do, and where.
pub struct Options {
    /// The target, as typed.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS, with the CAs that are trusted (`-UseSSL`).
    pub trust: Option<Trust>,
    /// Over TLS, the ticket is bound to the connection (RFC 5929).
    pub channel_binding: bool,
    /// What the SPN is made of.
    pub spn: SpnSettings,
    /// The authentication; `None` is Windows' own choice.
    pub authentication: Option<Authentication>,
    /// The user; `None` is whoever the ticket cache belongs to.
    pub user: Option<String>,
    /// The password; `None` uses the ticket cache.
    pub password: Option<String>,
    /// The ticket cache's path, to be written or used.
    pub ccache: Option<String>,
    /// The command; `None` only opens and closes a shell.
    pub command: Option<String>,
}

impl Options {
    /// The authentication: Windows takes Kerberos for default credentials, and Negotiate for
    /// explicit ones (win32 "Authentication for Remote Connections").
    pub fn authentication(&self) -> Authentication {
        let explicit = self.password.is_some();
        let usual = if explicit { Authentication::Negotiate } else { Authentication::Kerberos };
        self.authentication.unwrap_or(usual)
    }

    pub(crate) fn source(&self) -> Source<'_> {
        let ccache = self.ccache.as_deref();
        match &self.password {
            Some(password) => Source::Password {
                user: self.user.as_deref().unwrap_or("trainer"),
                password,
                ccache,
            },
            None => Source::Cache { user: self.user.as_deref(), ccache },
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The password is left out.
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
