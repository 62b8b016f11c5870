//! From options to directories. The only place that knows how a connection is made.

use spnfix::setspn::{
    Arguments, ConnectionOptions, Domains, Reached, SetspnError, TlsMode, UserOptions, serving,
};
use spnfix::{Bind, Directory, LdapAccess, LdapDirectory, Scope, Timeouts};

use super::failure::Failure;
use super::password::password;

/// The global catalog over TLS.
const GC_PORT: u16 = 3269;
const LDAPS_PORT: u16 = 636;

/// Connects to a domain when it is first asked for, and once.
#[derive(Debug)]
pub(crate) struct Connections {
    access: LdapAccess,
    /// The current domain comes first.
    opened: Vec<LdapDirectory>,
}

impl Connections {
    /// Makes sure that a connection can be tried: reads files, asks for the password.
    pub(crate) async fn prepare(arguments: &Arguments) -> Result<Self, Failure> {
        let options = &arguments.connection;
        let (server, user) = needed(options)?;
        let ca = options.ca.as_ref().ok_or(Failure::Needed {
            option: "--ca",
            reason: "only the authorities in that file are trusted",
        })?;
        let ca_pem = tokio::fs::read_to_string(ca)
            .await
            .map_err(|source| Failure::File { path: ca.clone(), source })?;
        let bind = Bind::Simple { user: user.name.clone(), password: password(user).await? };
        // Only the forest needs the catalog. Behind a forwarded port its own is unknown.
        let standard = || options.address.is_none().then(|| format!("{server}:{GC_PORT}"));
        let gc = match arguments.request.scope {
            Scope::Forest => options.gc.clone().or_else(standard),
            Scope::Domain => None,
        };
        let timeouts = options
            .timeout
            .map_or_else(Timeouts::default, |limit| Timeouts { connect: limit, operation: limit });
        let address = options.address.clone().unwrap_or_else(|| format!("{server}:{LDAPS_PORT}"));
        let server_name = server.to_owned();
        let access = LdapAccess { address, server_name, ca_pem, bind, gc, timeouts };
        Ok(Self { access, opened: Vec::new() })
    }

    /// Says goodbye.
    pub(crate) async fn close(self) {
        for directory in self.opened {
            directory.close().await;
        }
    }

    /// A new connection: to the current domain, or to another one.
    async fn open(&self, domain: Option<&str>) -> Result<LdapDirectory, SetspnError> {
        match domain {
            None => Ok(LdapDirectory::connect(self.access.clone()).await?),
            // Without discovery there is one server, and it serves one domain.
            Some(name) => Err(SetspnError::NoSuchDomain { domain: name.to_owned() }),
        }
    }

    /// Where among those opened the domain is; opens it if it is not there yet.
    async fn position(&mut self, domain: Option<&str>) -> Result<usize, SetspnError> {
        if self.opened.is_empty() {
            let current = self.open(None).await?;
            self.opened.push(current);
        }
        for (position, directory) in self.opened.iter_mut().enumerate() {
            match serving(directory, domain).await {
                Ok(_) => return Ok(position),
                Err(SetspnError::NoSuchDomain { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let other = self.open(domain).await?;
        self.opened.push(other);
        Ok(self.opened.len() - 1)
    }
}

fn needed(options: &ConnectionOptions) -> Result<(&str, &UserOptions), Failure> {
    let server = options.server.as_deref().ok_or(Failure::Needed {
        option: "--server",
        reason: "domain controllers are not looked for yet",
    })?;
    let user = options
        .user
        .as_ref()
        .ok_or(Failure::Needed { option: "--user", reason: "the ticket cache is not used yet" })?;
    match options.tls {
        Some(TlsMode::StartTls) => {
            Err(Failure::Needed { option: "--tls ldaps", reason: "StartTLS is not spoken yet" })
        }
        Some(TlsMode::Ldaps) | None => Ok((server, user)),
    }
}

impl Domains for Connections {
    fn reach<'a>(&'a mut self, domain: Option<&'a str>) -> Reached<'a> {
        Box::pin(async move {
            let position = self.position(domain).await?;
            Ok(&mut self.opened[position] as &mut dyn Directory)
        })
    }
}
