//! TLS to a server, with a certificate check in every case.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::access::{LdapAccess, Trust};
use super::wire::channel::Stream;
use crate::directory::{DirectoryError, TlsProblem};

/// Performs the handshake over a stream.
pub(super) async fn wrap(
    access: &LdapAccess,
    address: &str,
    trust: &Trust,
    stream: Box<dyn Stream>,
) -> Result<TlsStream<Box<dyn Stream>>, DirectoryError> {
    let config = trusting(roots(trust)?)?;
    let failed = |source: Box<dyn std::error::Error + Send + Sync>, problem| DirectoryError::Tls {
        server_name: access.server_name.clone(),
        address: address.to_owned(),
        source,
        problem,
    };
    let name = ServerName::try_from(access.server_name.clone())
        .map_err(|error| failed(Box::new(error), TlsProblem::WrongName))?;
    let handshake = TlsConnector::from(config).connect(name, stream);
    let Ok(result) = tokio::time::timeout(access.timeouts.connect, handshake).await else {
        let doing = format!("open a TLS connection to {address}");
        return Err(DirectoryError::TimedOut { doing, after: access.timeouts.connect });
    };
    result.map_err(|error| {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(inner) => failed(Box::new(inner.clone()), problem(inner)),
            None => failed(Box::new(error), TlsProblem::Protocol),
        }
    })
}

fn problem(error: &rustls::Error) -> TlsProblem {
    match error {
        rustls::Error::InvalidCertificate(why) => match why {
            CertificateError::UnknownIssuer => TlsProblem::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsProblem::WrongName
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsProblem::Expired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsProblem::NotYetValid
            }
            _ => TlsProblem::BadCertificate,
        },
        rustls::Error::NoCertificatesPresented => TlsProblem::BadCertificate,
        _ => TlsProblem::Protocol,
    }
}

fn unusable(reason: &dyn std::fmt::Display) -> DirectoryError {
    DirectoryError::CertificateAuthority { reason: reason.to_string() }
}

fn roots(trust: &Trust) -> Result<RootCertStore, DirectoryError> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::Ca(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                roots
                    .add(certificate.map_err(|error| unusable(&error))?)
                    .map_err(|error| unusable(&error))?;
            }
            if roots.is_empty() {
                return Err(unusable(&"it holds no certificate"));
            }
        }
        Trust::System => {
            let found = rustls_native_certs::load_native_certs();
            // Some systems have certificates that cannot be parsed. The others still count.
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                let why = found.errors.first().map_or_else(String::new, |why| format!(": {why}"));
                return Err(unusable(&format!("the system trusts no authority{why}")));
            }
        }
    }
    Ok(roots)
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, DirectoryError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "nothing", garbage] {
            let error = roots(&Trust::Ca(text.to_owned())).unwrap_err();
            assert_eq!(error.code(), "SPNFIX-CA", "{text}");
        }
    }
}
