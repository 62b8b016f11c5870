//! The only place that makes connections from options.

use std::net::SocketAddr;

use super::error::ConnectError;
use super::options::{ConnectionOptions, TlsMode};
use super::password::password;
use crate::directory::{DirectoryError, Scope};
use crate::ldap::{Bind, Discovery, LdapAccess, LdapDirectory, Protection, Timeouts, Trust};

/// Port of DNS.
const DNS_PORT: u16 = 53;

/// Connects any number of times. It has read the files and the password.
#[derive(Clone, Debug)]
pub struct Connector {
    options: ConnectionOptions,
    protection: Protection,
    bind: Bind,
    reach: Scope,
    name_server: Option<SocketAddr>,
}

impl Connector {
    /// Reads the files and the password. Only the reach `Forest` needs a global catalog.
    ///
    /// Without a user it uses the ticket cache. Without a user and without any TLS option, Kerberos
    /// seals LDAP on port 389, as for Windows' own tools. Otherwise it is LDAPS.
    pub async fn prepare(options: &ConnectionOptions, reach: Scope) -> Result<Self, ConnectError> {
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

    /// Connects to the named server, else to one of the domain of the user's ticket, else to one of
    /// the default realm's domain.
    pub async fn open(&self) -> Result<LdapDirectory, ConnectError> {
        if let Some(server) = &self.options.server {
            let mut access = self.access(server);
            if let Some(address) = &self.options.address {
                access = access.at(address);
            }
            return Ok(LdapDirectory::connect(access).await?);
        }
        self.found(self.own_domain().await?).await
    }

    /// Where [`Self::open`] looks if nobody named a server, nor a ticket the domain: the default
    /// realm, which may be that of a sample `krb5.conf`.
    pub fn guess(&self) -> Option<Discovery> {
        let guessed = self.options.server.is_none() && self.options.user.is_some();
        guessed.then(Discovery::of_default_realm)?.ok()
    }

    #[cfg(feature = "kerberos")]
    async fn own_domain(&self) -> Result<Discovery, DirectoryError> {
        if matches!(self.bind, Bind::Simple { .. }) {
            return Discovery::of_default_realm();
        }
        Discovery::of_ticket().await
    }

    #[cfg(not(feature = "kerberos"))]
    #[expect(clippy::unused_async, reason = "with Kerberos it reads the ticket cache")]
    async fn own_domain(&self) -> Result<Discovery, DirectoryError> {
        Discovery::of_default_realm()
    }

    /// Connects to another server as the same user and with the same trust. Only that server's own
    /// global catalog answers for the forest. Behind an `address`, the catalog's port is unknown.
    pub async fn open_other(
        &self,
        server: &str,
        address: Option<&str>,
    ) -> Result<LdapDirectory, ConnectError> {
        let mut access = self.access_with(server, None, address.is_some());
        if let Some(address) = address {
            access = access.at(address);
        }
        Ok(LdapDirectory::connect(access).await?)
    }

    /// Connects to a domain controller of this DNS domain.
    pub async fn open_domain(&self, domain: &str) -> Result<LdapDirectory, ConnectError> {
        self.found(Discovery::of(domain)).await
    }

    async fn found(&self, mut discovery: Discovery) -> Result<LdapDirectory, ConnectError> {
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
            access = access.with_timeouts(Timeouts::each(limit));
        }
        match (self.reach, catalog) {
            (Scope::Domain, _) => access,
            (Scope::Forest, Some(catalog)) => access.with_global_catalog_at(catalog),
            // Behind a forwarded port, the catalog's port is unknown.
            (Scope::Forest, None) if forwarded => access,
            (Scope::Forest, None) => access.with_global_catalog(),
        }
    }
}

async fn trust(options: &ConnectionOptions) -> Result<Trust, ConnectError> {
    let Some(path) = &options.ca else { return Ok(Trust::System) };
    let read = tokio::fs::read_to_string(path).await;
    let pem = read.map_err(|source| ConnectError::File { path: path.clone(), source })?;
    Ok(Trust::Ca(pem))
}

#[cfg(feature = "kerberos")]
#[expect(clippy::unnecessary_wraps, reason = "without Kerberos it is an error")]
fn ticket() -> Result<Bind, ConnectError> {
    Ok(Bind::Kerberos)
}

#[cfg(feature = "kerberos")]
#[expect(clippy::unnecessary_wraps, reason = "without Kerberos it is an error")]
fn sealed() -> Result<Protection, ConnectError> {
    Ok(Protection::Sealed)
}

#[cfg(not(feature = "kerberos"))]
fn ticket() -> Result<Bind, ConnectError> {
    Err(WITHOUT_KERBEROS)
}

#[cfg(not(feature = "kerberos"))]
fn sealed() -> Result<Protection, ConnectError> {
    Err(WITHOUT_KERBEROS)
}

#[cfg(not(feature = "kerberos"))]
const WITHOUT_KERBEROS: ConnectError =
    ConnectError::Needed { option: "--user", reason: "this program was built without Kerberos" };

/// `address`, `address:port`, `name` or `name:port`.
async fn name_server(text: &str) -> Result<SocketAddr, ConnectError> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if let Ok(address) = text.parse() {
        return Ok(SocketAddr::new(address, DNS_PORT));
    }
    let with_port = if text.contains(':') { text.to_owned() } else { format!("{text}:{DNS_PORT}") };
    let unknown = |source| ConnectError::NameServer { name: text.to_owned(), source };
    let mut found = tokio::net::lookup_host(with_port).await.map_err(unknown)?;
    found.next().ok_or_else(|| unknown(std::io::Error::other("it has no address")))
}
