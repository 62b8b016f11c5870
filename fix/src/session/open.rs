//! The connection. The only place that knows how one is made of options.

use std::net::SocketAddr;

use super::error::SessionError;
use super::options::{ConnectionOptions, TlsMode};
use super::password::password;
use crate::directory::Scope;
use crate::ldap::{Bind, Discovery, LdapAccess, LdapDirectory, Protection, Timeouts, Trust};

/// Port of DNS.
const DNS_PORT: u16 = 53;

/// All that is needed to connect, as often as one likes: files are read and the password is known.
#[derive(Clone, Debug)]
pub struct Session {
    options: ConnectionOptions,
    protection: Protection,
    bind: Bind,
    reach: Scope,
    name_server: Option<SocketAddr>,
}

impl Session {
    /// Makes sure that a connection can be tried; the global catalog is needed for the forest only.
    ///
    /// Without a user the ticket cache is used. Without a user and without any word of TLS, LDAP on
    /// port 389 is sealed by Kerberos, as Windows' own tools do it; otherwise it is LDAPS.
    pub async fn prepare(options: &ConnectionOptions, reach: Scope) -> Result<Self, SessionError> {
        let bind = match &options.user {
            Some(user) => Bind::Simple { user: user.name.clone(), password: password(user).await? },
            None => ticket()?,
        };
        let trust = trust(options).await?;
        let protection = match (options.tls, &options.user, &options.ca) {
            (Some(TlsMode::StartTls), ..) => Protection::StartTls(trust),
            (None, None, None) => sealed()?,
            (Some(TlsMode::Ldaps) | None, ..) => Protection::Ldaps(trust),
        };
        let name_server = match &options.dns {
            Some(name) => Some(name_server(name).await?),
            None => None,
        };
        Ok(Self { options: options.clone(), protection, bind, reach, name_server })
    }

    /// Connects to the server that was named, otherwise to one of the default realm's domain.
    pub async fn open(&self) -> Result<LdapDirectory, SessionError> {
        if let Some(server) = &self.options.server {
            let mut access = self.access(server);
            if let Some(address) = &self.options.address {
                access = access.at(address);
            }
            return Ok(LdapDirectory::connect(access).await?);
        }
        self.found(Discovery::of_default_realm()?).await
    }

    /// Connects to another server as the same user and with the same trust. What it says is its own:
    /// it is asked about the forest only through its own global catalog, which behind an `address` is
    /// unknown.
    pub async fn open_other(
        &self,
        server: &str,
        address: Option<&str>,
    ) -> Result<LdapDirectory, SessionError> {
        let mut access = self.access_with(server, None, address.is_some());
        if let Some(address) = address {
            access = access.at(address);
        }
        Ok(LdapDirectory::connect(access).await?)
    }

    /// Connects to a domain controller of this DNS domain.
    pub async fn open_domain(&self, domain: &str) -> Result<LdapDirectory, SessionError> {
        self.found(Discovery::of(domain)).await
    }

    async fn found(&self, mut discovery: Discovery) -> Result<LdapDirectory, SessionError> {
        if let Some(name_server) = self.name_server {
            discovery = discovery.asking(name_server);
        }
        Ok(discovery.connect(|server| self.access(server)).await?)
    }

    fn access(&self, server: &str) -> LdapAccess {
        self.access_with(server, self.options.gc.as_deref(), self.options.address.is_some())
    }

    fn access_with(&self, server: &str, catalog: Option<&str>, forwarded: bool) -> LdapAccess {
        let mut access = LdapAccess::new(server, self.protection.clone(), self.bind.clone());
        if let Some(limit) = self.options.timeout {
            let mut timeouts = Timeouts::default();
            (timeouts.connect, timeouts.operation, timeouts.page) = (limit, limit, limit);
            access = access.with_timeouts(timeouts);
        }
        match (self.reach, catalog) {
            (Scope::Domain, _) => access,
            (Scope::Forest, Some(catalog)) => access.with_global_catalog_at(catalog),
            // Behind a forwarded port the catalog's own is unknown.
            (Scope::Forest, None) if forwarded => access,
            (Scope::Forest, None) => access.with_global_catalog(),
        }
    }
}

async fn trust(options: &ConnectionOptions) -> Result<Trust, SessionError> {
    let Some(path) = &options.ca else { return Ok(Trust::System) };
    let read = tokio::fs::read_to_string(path).await;
    let pem = read.map_err(|source| SessionError::File { path: path.clone(), source })?;
    Ok(Trust::Ca(pem))
}

#[cfg(feature = "kerberos")]
#[expect(clippy::unnecessary_wraps, reason = "without Kerberos it is an error")]
fn ticket() -> Result<Bind, SessionError> {
    Ok(Bind::Kerberos)
}

#[cfg(feature = "kerberos")]
#[expect(clippy::unnecessary_wraps, reason = "without Kerberos it is an error")]
fn sealed() -> Result<Protection, SessionError> {
    Ok(Protection::Sealed)
}

#[cfg(not(feature = "kerberos"))]
fn ticket() -> Result<Bind, SessionError> {
    Err(WITHOUT_KERBEROS)
}

#[cfg(not(feature = "kerberos"))]
fn sealed() -> Result<Protection, SessionError> {
    Err(WITHOUT_KERBEROS)
}

#[cfg(not(feature = "kerberos"))]
const WITHOUT_KERBEROS: SessionError =
    SessionError::Needed { option: "--user", reason: "this program was built without Kerberos" };

/// `address`, `address:port`, `name` or `name:port`.
async fn name_server(text: &str) -> Result<SocketAddr, SessionError> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if let Ok(address) = text.parse() {
        return Ok(SocketAddr::new(address, DNS_PORT));
    }
    let with_port = if text.contains(':') { text.to_owned() } else { format!("{text}:{DNS_PORT}") };
    let unknown = |source| SessionError::NameServer { name: text.to_owned(), source };
    let mut found = tokio::net::lookup_host(with_port).await.map_err(unknown)?;
    found.next().ok_or_else(|| unknown(std::io::Error::other("it has no address")))
}
