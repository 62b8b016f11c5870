//! TLS to port 5986. The endpoint proves its name with a certificate of a given CA.

use super::status::Condition;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Why TLS cannot be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file of CA certificates is unusable.
    #[error("no CA certificate can be read from {path}: {reason}")]
    Authority {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No certificate can hold the target's name.
    #[error("{0:?} is not a name for a certificate")]
    Name(String),
    /// The handshake failed.
    #[error("TLS: {0}")]
    Handshake(#[from] std::io::Error),
}

impl TlsError {
    /// What Windows would show, if known.
    pub(crate) fn condition(&self) -> Option<Condition> {
        let Self::Handshake(error) = self else { return None };
        let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
        let rustls::Error::InvalidCertificate(reason) = inner else { return None };
        match reason {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                Some(Condition::CertificateUnknownAuthority)
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Some(Condition::CertificateWrongName)
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Some(Condition::CertificateExpired)
            }
            _ => None,
        }
    }
}

/// The CAs that the client trusts to issue an endpoint's certificate.
#[derive(Debug, Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Trusts the certificates of a PEM file, and no others.
    pub fn from_file(path: &Path) -> Result<Self, TlsError> {
        let bad = |reason: String| TlsError::Authority { path: path.display().to_string(), reason };
        let mut roots = RootCertStore::empty();
        let found = CertificateDer::pem_file_iter(path).map_err(|error| bad(error.to_string()))?;
        for certificate in found {
            let certificate = certificate.map_err(|error| bad(error.to_string()))?;
            roots.add(certificate).map_err(|error| bad(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(bad("it holds no certificate".to_owned()));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| bad(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// Performs the handshake; also returns the endpoint's certificate (DER).
    pub(crate) async fn connect(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<(TlsStream<TcpStream>, Vec<u8>), TlsError> {
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| TlsError::Name(host.to_owned()))?;
        let stream = TlsConnector::from(Arc::clone(&self.0)).connect(name, stream).await?;
        let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let certificate = certificates.first().map(|first| first.to_vec()).unwrap_or_default();
        Ok((stream, certificate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused() {
        for path in ["/nowhere", "/dev/null"] {
            let error = Trust::from_file(Path::new(path)).unwrap_err();
            assert!(matches!(error, TlsError::Authority { .. }), "{error}");
        }
    }
}
