//! The domains that the arguments name, each connected to when it is first asked for.

use spnfix::session::{Session, SessionError};
use spnfix::setspn::{Arguments, Domains, Reached, SetspnError, serving};
use spnfix::{Directory, DirectoryError, LdapDirectory};

use super::failure::Failure;

/// Connects to a domain when it is first asked for, and once.
#[derive(Debug)]
pub(crate) struct Connections {
    session: Session,
    /// The current domain comes first.
    opened: Vec<LdapDirectory>,
}

impl Connections {
    /// Makes sure that a connection can be tried: reads files, asks for the password.
    pub(crate) async fn prepare(arguments: &Arguments) -> Result<Self, Failure> {
        let session = Session::prepare(&arguments.connection, arguments.request.scope).await?;
        Ok(Self { session, opened: Vec::new() })
    }

    /// Says goodbye.
    pub(crate) async fn close(self) {
        for directory in self.opened {
            directory.close().await;
        }
    }

    /// A new connection: to the current domain, or to another one.
    async fn open(&self, domain: Option<&str>) -> Result<LdapDirectory, SetspnError> {
        let opened = match domain {
            None => self.session.open().await,
            Some(name) => self.session.open_domain(name).await,
        };
        opened.map_err(|error| match (error, domain) {
            (SessionError::Directory(DirectoryError::NotFound { .. }), Some(name)) => {
                SetspnError::NoSuchDomain { domain: name.to_owned() }
            }
            (SessionError::Directory(error), _) => error.into(),
            (error, _) => std::io::Error::other(error).into(),
        })
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

impl Domains for Connections {
    fn reach<'a>(&'a mut self, domain: Option<&'a str>) -> Reached<'a> {
        Box::pin(async move {
            let position = self.position(domain).await?;
            Ok(&mut self.opened[position] as &mut dyn Directory)
        })
    }
}
