//! Connections to the domains of the arguments.

use spnfix::connect::{ConnectError, Connector};
use spnfix::setspn::{Arguments, Domains, Reached, SetspnError, serving};
use spnfix::{Directory, DirectoryError, LdapDirectory};

use super::failure::Failure;

/// Connects to a domain at the first request for it, and once.
#[derive(Debug)]
pub(crate) struct Connections {
    connector: Connector,
    /// The current domain comes first.
    opened: Vec<LdapDirectory>,
}

impl Connections {
    /// Reads the files and the password, so that a connection can be tried.
    pub(crate) async fn prepare(arguments: &Arguments) -> Result<Self, Failure> {
        let connector = Connector::prepare(&arguments.connection, arguments.request.scope).await?;
        Ok(Self { connector, opened: Vec::new() })
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
            None => self.connector.open().await,
            Some(name) => self.connector.open_domain(name).await,
        };
        opened.map_err(|error| match (error, domain) {
            (ConnectError::Directory(DirectoryError::NotFound { .. }), Some(name)) => {
                SetspnError::NoSuchDomain { domain: name.to_owned() }
            }
            (ConnectError::Directory(error), _) => error.into(),
            (error, _) => std::io::Error::other(error).into(),
        })
    }

    /// Index of the connection to the domain. Connects if there is none yet.
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

impl Domains for Connections {
    fn reach<'a>(&'a mut self, domain: Option<&'a str>) -> Reached<'a> {
        Box::pin(async move {
            let position = self.position(domain).await?;
            Ok(&mut self.opened[position] as &mut dyn Directory)
        })
    }
}
