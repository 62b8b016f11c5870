//! The judge's own LDAP connection to a domain controller. It binds and searches, and writes
//! nothing.
//!
//! Uses: model.

use std::net::TcpStream as StdTcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, StdStream};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::model::{Error, Host, Result, accounts};

/// How long the connection and each request may take.
const TIMEOUT: Duration = Duration::from_secs(5);

fn failed(action: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |detail| Error::Directory { action, detail: detail.to_string() }
}

/// Opens an LDAPS connection to a DC's published port and binds as Administrator.
async fn bind(dc: &Host, port: u16, ca_pem: &str) -> Result<Ldap> {
    let fail = failed("accept a bind over LDAPS");
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        let certificate = certificate.map_err(|e| fail(&e))?;
        roots.add(certificate).map_err(|e| fail(&e))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| fail(&e))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.map_err(|e| fail(&e))?;
    let tcp: StdTcpStream = tcp.into_std().map_err(|e| fail(&e))?;
    let settings = LdapConnSettings::new()
        .set_conn_timeout(TIMEOUT)
        .set_std_stream(StdStream::Tcp(tcp))
        .set_config(Arc::new(config));
    let url = format!("ldaps://{}:636", dc.fqdn);
    let (connection, mut ldap) =
        LdapConnAsync::with_settings(settings, &url).await.map_err(|e| fail(&e))?;
    tokio::spawn(async move {
        let _ = connection.drive().await;
    });
    let admin = accounts::ADMINISTRATOR;
    ldap.with_timeout(TIMEOUT)
        .simple_bind(&admin.principal(), admin.password)
        .await
        .and_then(ldap3::LdapResult::success)
        .map_err(|e| fail(&e))?;
    Ok(ldap)
}

/// Whether the DC accepts a simple bind over LDAPS. The error says why it does not.
pub(crate) async fn answers(dc: &Host, port: u16, ca_pem: &str) -> Result<()> {
    let mut ldap = bind(dc, port, ca_pem).await?;
    let _ = ldap.unbind().await;
    Ok(())
}

fn unanswered(error: &LdapError) -> Error {
    failed("answer a search")(error)
}

/// One search on a DC.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) base: &'a str,
    pub(crate) scope: Scope,
    pub(crate) filter: &'a str,
    pub(crate) attributes: &'a [&'a str],
}

async fn ask(
    ldap: &mut Ldap,
    Search { base, scope, filter, attributes }: Search<'_>,
) -> std::result::Result<Vec<SearchEntry>, LdapError> {
    let asked = ldap.with_timeout(TIMEOUT).search(base, scope, filter, attributes);
    let (entries, _) = asked.await?.success()?;
    // Samba appends search references to other partitions. The judge does not need them.
    Ok(entries.into_iter().filter(|e| !e.is_ref()).map(SearchEntry::construct).collect())
}

/// The judge's connection to a DC. It stays open between searches: a new connection costs more than
/// most searches.
#[derive(Default)]
pub(crate) struct KeptConnection(Mutex<Option<Box<(u16, Ldap)>>>);

impl std::fmt::Debug for KeptConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptConnection").finish_non_exhaustive()
    }
}

impl KeptConnection {
    pub(crate) async fn search(
        &self,
        (dc, port, ca_pem): (&Host, u16, &str),
        search: Search<'_>,
    ) -> Result<Vec<SearchEntry>> {
        // A second search at the same time opens a connection of its own. A DC that was started
        // again has another port.
        let kept = self.lock().take().filter(|kept| kept.0 == port);
        if let Some((_, mut ldap)) = kept.map(|kept| *kept) {
            match ask(&mut ldap, search).await {
                Ok(found) => {
                    *self.lock() = Some(Box::new((port, ldap)));
                    return Ok(found);
                }
                // The DC itself refused the search, or did not answer in time.
                Err(error @ (LdapError::LdapResult { .. } | LdapError::Timeout { .. })) => {
                    return Err(unanswered(&error));
                }
                // The old connection has ended. A new one shows whether the DC still answers.
                Err(_) => {}
            }
        }
        let mut ldap = bind(dc, port, ca_pem).await?;
        let found = ask(&mut ldap, search).await.map_err(|e| unanswered(&e))?;
        *self.lock() = Some(Box::new((port, ldap)));
        Ok(found)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<(u16, Ldap)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
