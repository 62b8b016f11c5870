//! One connection: TCP, TLS, bind, paged searches, single-value writes.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Mod, Scope, SearchEntry, StdStream};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::access::{Bind, LdapAccess};
use super::failure::{broken, check};
use super::filter::Filter;
use super::tls;
use crate::directory_error::DirectoryError;

/// Active Directory's MaxPageSize; more per page is refused.
const PAGE: i32 = 1000;

pub(super) struct Connection {
    ldap: Ldap,
    patience: Duration,
}

/// Where to search.
pub(super) struct Base<'a> {
    pub(super) dn: &'a str,
    pub(super) scope: Scope,
}

impl Connection {
    /// Connects to `address` and binds.
    pub(super) async fn open(access: &LdapAccess, address: &str) -> Result<Self, DirectoryError> {
        let Bind::Simple { user, password } = &access.bind;
        if password.reveal().is_empty() {
            return Err(DirectoryError::NoPassword { user: user.clone() });
        }
        let config = tls::trusting(&access.ca_pem)?;
        if let Err(error) = ServerName::try_from(access.server_name.as_str()) {
            return Err(untrusted(access, address, Box::new(error), true));
        }
        let late = || io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
        let patience = access.timeouts.connect;
        let stream = timeout(patience, TcpStream::connect(address)).await;
        let stream = stream.unwrap_or_else(|_| Err(late())).and_then(TcpStream::into_std);
        let stream = stream.map_err(|source| DirectoryError::Unreachable {
            address: address.to_owned(),
            source,
        })?;
        // The stream decides where to; the URL only says which name the certificate must carry.
        let settings = LdapConnSettings::new()
            .set_conn_timeout(patience)
            .set_config(config)
            .set_std_stream(StdStream::Tcp(stream));
        let url = format!("ldaps://{}", access.server_name);
        let (connection, ldap) = LdapConnAsync::with_settings(settings, &url)
            .await
            .map_err(|error| tls_failure(access, address, error))?;
        // Every operation reports on its own that the connection broke.
        tokio::spawn(async move { connection.drive().await });
        let mut this = Self { ldap, patience: access.timeouts.operation };
        this.bind(user, password.reveal()).await?;
        Ok(this)
    }

    async fn bind(&mut self, user: &str, password: &str) -> Result<(), DirectoryError> {
        let doing = format!("bind as {user}");
        let result = timeout(self.patience, self.ldap.simple_bind(user, password)).await;
        check(&self.in_time(result, &doing)?, &doing)
    }

    /// All entries a filter finds, page by page. References to other servers are left out on
    /// purpose: the domain is searched here, the forest in the global catalog.
    pub(super) async fn search(
        &mut self,
        base: Base<'_>,
        filter: &Filter,
        attributes: &[&str],
        doing: &str,
    ) -> Result<Vec<SearchEntry>, DirectoryError> {
        let (mut entries, patience) = (Vec::new(), self.patience);
        let pages = self.pages(base, filter, attributes, |entry| entries.push(entry));
        let result = timeout(patience, pages).await;
        check(&self.in_time(result, doing)?, doing)?;
        Ok(entries)
    }

    /// All entries a filter finds, handed on as they come.
    pub(super) async fn each(
        &mut self,
        base: Base<'_>,
        filter: &Filter,
        attributes: &[&str],
        doing: &str,
        take: impl FnMut(SearchEntry),
    ) -> Result<(), DirectoryError> {
        match self.pages(base, filter, attributes, take).await {
            Ok(result) => check(&result, doing),
            Err(error) => Err(broken(error, doing)),
        }
    }

    async fn pages(
        &mut self,
        base: Base<'_>,
        filter: &Filter,
        attributes: &[&str],
        mut take: impl FnMut(SearchEntry),
    ) -> Result<ldap3::LdapResult, LdapError> {
        let attributes: Vec<String> = attributes.iter().map(ToString::to_string).collect();
        let adapters: Vec<Box<dyn Adapter<_, _>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        let mut stream = self
            .ldap
            .streaming_search_with(adapters, base.dn, base.scope, &filter.to_string(), attributes)
            .await?;
        while let Some(entry) = stream.next().await? {
            take(SearchEntry::construct(entry));
        }
        Ok(stream.finish().await)
    }

    /// The one entry at a DN.
    pub(super) async fn read(
        &mut self,
        dn: &str,
        attributes: &[&str],
        doing: &str,
    ) -> Result<Option<SearchEntry>, DirectoryError> {
        let filter = Filter::Has("objectClass").to_string();
        let search = self.ldap.search(dn, Scope::Base, &filter, attributes.to_vec());
        let result = timeout(self.patience, search).await;
        let result = self.in_time(result, doing)?;
        if result.1.rc == crate::LdapCode::NO_SUCH_OBJECT.0 {
            return Ok(None);
        }
        check(&result.1, doing)?;
        let entry = result.0.into_iter().find(|entry| !entry.is_ref() && !entry.is_intermediate());
        Ok(entry.map(SearchEntry::construct))
    }

    /// Adds one value of an attribute.
    pub(super) async fn add(
        &mut self,
        dn: &str,
        attribute: &str,
        value: &str,
    ) -> Result<(), DirectoryError> {
        let change = Mod::Add(attribute, HashSet::from([value]));
        self.modify(dn, change, &format!("add {value} to {dn}")).await
    }

    /// Deletes one value of an attribute.
    pub(super) async fn delete(
        &mut self,
        dn: &str,
        attribute: &str,
        value: &str,
    ) -> Result<(), DirectoryError> {
        let change = Mod::Delete(attribute, HashSet::from([value]));
        self.modify(dn, change, &format!("delete {value} from {dn}")).await
    }

    async fn modify(
        &mut self,
        dn: &str,
        change: Mod<&str>,
        doing: &str,
    ) -> Result<(), DirectoryError> {
        let result = timeout(self.patience, self.ldap.modify(dn, vec![change])).await;
        check(&self.in_time(result, doing)?, doing)
    }

    /// Says goodbye.
    pub(super) async fn close(mut self) {
        // The answer does not matter: there is none to an unbind, and the socket closes anyway.
        let _ = timeout(self.patience, self.ldap.unbind()).await;
    }

    fn in_time<T>(
        &self,
        result: Result<Result<T, LdapError>, tokio::time::error::Elapsed>,
        doing: &str,
    ) -> Result<T, DirectoryError> {
        match result {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(broken(error, doing)),
            Err(_) => {
                Err(DirectoryError::TimedOut { doing: doing.to_owned(), after: self.patience })
            }
        }
    }
}

/// The handshake failed: because of the certificate, or because nobody speaks TLS there.
fn tls_failure(access: &LdapAccess, address: &str, error: LdapError) -> DirectoryError {
    if matches!(error, LdapError::Timeout { .. }) {
        let doing = format!("open a TLS connection to {address}");
        return DirectoryError::TimedOut { doing, after: access.timeouts.connect };
    }
    let cause = |error: &io::Error| {
        error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).cloned()
    };
    let rustls_error = match &error {
        LdapError::Io { source } => cause(source),
        LdapError::Rustls { source } => Some(source.clone()),
        _ => None,
    };
    let certificate = matches!(
        rustls_error,
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)
    );
    let source = match (rustls_error, error) {
        (Some(error), _) => Box::new(error) as Box<dyn std::error::Error + Send + Sync>,
        (None, LdapError::Io { source }) => Box::new(source),
        (None, error) => Box::new(error),
    };
    untrusted(access, address, source, certificate)
}

fn untrusted(
    access: &LdapAccess,
    address: &str,
    source: Box<dyn std::error::Error + Send + Sync>,
    certificate: bool,
) -> DirectoryError {
    let (server_name, address) = (access.server_name.clone(), address.to_owned());
    DirectoryError::Tls { server_name, address, source, certificate }
}
