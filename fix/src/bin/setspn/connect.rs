//! Connections to the domains of the arguments.

use std::io::{self, Write};

use spnfix::connect::{ConnectError, Connector};
use spnfix::setspn::{Arguments, Domains, Reached, SetspnError, serving};
use spnfix::{Directory, DirectoryError, LdapDirectory, shown};

use super::failure::Failure;

/// Connects to a domain at the first request for it, and once.
#[derive(Debug)]
pub(crate) struct Connections {
    connector: Connector,
    /// Whether `--server` says where the current domain is.
    named: bool,
    opened: Vec<LdapDirectory>,
    /// The index of the current domain.
    current: Option<usize>,
}

impl Connections {
    /// Reads the files and the password, so that a connection can be tried.
    pub(crate) async fn prepare(arguments: &Arguments) -> Result<Self, Failure> {
        let connector = Connector::prepare(&arguments.connection, arguments.request.scope).await?;
        let named = arguments.connection.server.is_some();
        Ok(Self { connector, named, opened: Vec::new(), current: None })
    }

    /// Closes the connections.
    pub(crate) async fn close(self) {
        for directory in self.opened {
            directory.close().await;
        }
    }

    /// A new connection: to the current domain, or to another one.
    async fn open(&self, domain: Option<&str>) -> Result<LdapDirectory, SetspnError> {
        let opened = match domain {
            None => {
                self.tell_guess();
                self.connector.open().await
            }
            Some(name) => self.connector.open_domain(name).await,
        };
        opened.map_err(|error| match (error, domain) {
            (ConnectError::Directory(DirectoryError::NotFound { .. }), Some(name)) => {
                SetspnError::NoSuchDomain { domain: name.to_owned() }
            }
            (ConnectError::Directory(error), _) => error.into(),
            (error, _) => io::Error::other(error).into(),
        })
    }

    /// Says where it looks if nobody told it, before it asks anybody there.
    fn tell_guess(&self) {
        if let Some(guess) = self.connector.guess() {
            // Without standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "looking for a domain controller of {}", shown(guess));
        }
    }

    /// Index of the connection to the domain. Connects if there is none yet.
    async fn position(&mut self, domain: Option<&str>) -> Result<usize, SetspnError> {
        // A DNS name needs no current domain, and this machine may have none.
        let alone = !self.named && domain.is_some_and(|name| name.contains('.'));
        if self.current.is_none() && !alone {
            self.current = Some(self.add(None).await?);
        }
        if let (None, Some(current)) = (domain, self.current) {
            return Ok(current);
        }
        for (position, directory) in self.opened.iter_mut().enumerate() {
            match serving(directory, domain).await {
                Ok(_) => return Ok(position),
                Err(SetspnError::NoSuchDomain { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.add(domain).await
    }

    async fn add(&mut self, domain: Option<&str>) -> Result<usize, SetspnError> {
        let directory = self.open(domain).await?;
        self.opened.push(directory);
        Ok(self.opened.len() - 1)
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
