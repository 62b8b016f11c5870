//! The listener's certificate, and its channel bindings.

use crate::gss::tls_server_end_point;
use crate::kerberos::der::DerError;
use crate::server::config::TlsConfig;
use crate::server::security::ChannelBindings;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

/// Why the listener with TLS does not start.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file is missing, unreadable or not PEM.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// There is no certificate in the file.
    #[error("{0}: there is no certificate in it")]
    Empty(String),
    /// The certificate names no signature algorithm.
    #[error("the certificate cannot be read: {0}")]
    Certificate(#[from] DerError),
    /// This program has no channel binding for the signature.
    #[error("the certificate's signature algorithm has no known hash for channel bindings")]
    Signature,
    /// Key and certificate do not match, or the key's type is not supported.
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// A TLS acceptor and its channel bindings.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) bindings: ChannelBindings,
}

impl Tls {
    pub(crate) fn load(config: &TlsConfig) -> Result<Self, TlsError> {
        let bad = |path: &Path| {
            let path = path.display().to_string();
            move |source| TlsError::File { path, source }
        };
        let chain = CertificateDer::pem_file_iter(&config.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(bad(&config.certificate))?;
        let key = PrivateKeyDer::from_pem_file(&config.key).map_err(bad(&config.key))?;
        let first = chain.first();
        let first =
            first.ok_or_else(|| TlsError::Empty(config.certificate.display().to_string()))?;
        let expected = tls_server_end_point(first)?.ok_or(TlsError::Signature)?;
        let bindings = ChannelBindings { expected, level: config.hardening };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(server)), bindings })
    }
}
