//! The connection. The only place that knows how one is made of options.

use super::error::SessionError;
use super::options::{ConnectionOptions, TlsMode, UserOptions};
use super::password::password;
use crate::directory::Scope;
use crate::ldap::{Bind, LdapAccess, LdapDirectory, Timeouts};

/// The global catalog over TLS.
const GC_PORT: u16 = 3269;
const LDAPS_PORT: u16 = 636;

/// All that is needed to connect, as often as one likes: files are read and the password is known.
#[derive(Clone, Debug)]
pub struct Session {
    access: LdapAccess,
}

impl Session {
    /// Makes sure that a connection can be tried; the global catalog is needed for the forest only.
    pub async fn prepare(options: &ConnectionOptions, reach: Scope) -> Result<Self, SessionError> {
        let (server, user) = needed(options)?;
        let ca = options.ca.as_ref().ok_or(SessionError::Needed {
            option: "--ca",
            reason: "only the authorities in that file are trusted",
        })?;
        let ca_pem = tokio::fs::read_to_string(ca)
            .await
            .map_err(|source| SessionError::File { path: ca.clone(), source })?;
        let bind = Bind::Simple { user: user.name.clone(), password: password(user).await? };
        // Behind a forwarded port the catalog's own is unknown.
        let standard = || options.address.is_none().then(|| format!("{server}:{GC_PORT}"));
        let gc = match reach {
            Scope::Forest => options.gc.clone().or_else(standard),
            Scope::Domain => None,
        };
        let timeouts = options
            .timeout
            .map_or_else(Timeouts::default, |limit| Timeouts { connect: limit, operation: limit });
        let address = options.address.clone().unwrap_or_else(|| format!("{server}:{LDAPS_PORT}"));
        let server_name = server.to_owned();
        let access = LdapAccess { address, server_name, ca_pem, bind, gc, timeouts };
        Ok(Self { access })
    }

    /// Connects to the current domain.
    pub async fn open(&self) -> Result<LdapDirectory, SessionError> {
        Ok(LdapDirectory::connect(self.access.clone()).await?)
    }
}

fn needed(options: &ConnectionOptions) -> Result<(&str, &UserOptions), SessionError> {
    let server = options.server.as_deref().ok_or(SessionError::Needed {
        option: "--server",
        reason: "domain controllers are not looked for yet",
    })?;
    let user = options.user.as_ref().ok_or(SessionError::Needed {
        option: "--user",
        reason: "the ticket cache is not used yet",
    })?;
    match options.tls {
        Some(TlsMode::StartTls) => Err(SessionError::Needed {
            option: "--tls ldaps",
            reason: "StartTLS is not spoken yet",
        }),
        Some(TlsMode::Ldaps) | None => Ok((server, user)),
    }
}
