//! From options to directories. The only place that knows how a connection is made.

use std::fs;

use spnfix::setspn::{
    Arguments, ConnectionOptions, Domains, Reached, TlsMode, UserOptions, serving,
};
use spnfix::{Bind, LdapAccess, LdapDirectory, Scope, Timeouts};

use super::failure::Failure;
use super::password::password;

/// The global catalog over TLS.
const GC_PORT: u16 = 3269;
const LDAPS_PORT: u16 = 636;

/// Connects when the directory is first asked for, and once.
#[derive(Debug)]
pub(crate) struct Connections {
    access: LdapAccess,
    current: Option<LdapDirectory>,
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
        let ca_pem =
            fs::read_to_string(ca).map_err(|source| Failure::File { path: ca.clone(), source })?;
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
        Ok(Self { access, current: None })
    }

    /// Says goodbye.
    pub(crate) async fn close(self) {
        if let Some(directory) = self.current {
            directory.close().await;
        }
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
            let directory = match self.current.take() {
                Some(directory) => directory,
                None => LdapDirectory::connect(self.access.clone()).await?,
            };
            serving(self.current.insert(directory), domain).await
        })
    }
}
