//! The listener's certificate, and the channel bindings that follow from it.
//!
//! `tls-server-end-point` (RFC 5929 section 4) is a hash of the server's certificate, made with the
//! hash of the certificate's own signature; SHA-256 where that is MD5 or SHA-1.

use super::config::TlsConfig;
use crate::der::{Der, DerError};
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
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
    /// The certificate's signature algorithm cannot be told.
    #[error("the certificate cannot be read: {0}")]
    Certificate(#[from] DerError),
    /// A signature that this program has no channel binding for.
    #[error("the certificate's signature algorithm has no known hash for channel bindings")]
    Signature,
    /// Key and certificate do not fit, or the key is of a kind that is not supported.
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// A TLS acceptor and its channel bindings.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// The application data of GSSAPI's channel bindings.
    pub(crate) bindings: Vec<u8>,
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
        let bindings = end_point(first)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(server)), bindings })
    }
}

enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The hash of a certificate's signature algorithm, by its OID's content octets.
fn hash_of(algorithm: &[u8]) -> Option<Hash> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
    const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
    let rsa = algorithm.strip_prefix(RSA);
    let ecdsa = algorithm.strip_prefix(ECDSA_SHA2);
    match (rsa, ecdsa) {
        // MD5, SHA-1, SHA-256.
        (Some([4 | 5 | 11]), _) | (_, Some([2])) => Some(Hash::Sha256),
        (Some([12]), _) | (_, Some([3])) => Some(Hash::Sha384),
        (Some([13]), _) | (_, Some([4])) => Some(Hash::Sha512),
        _ => (algorithm == ECDSA_SHA1).then_some(Hash::Sha256),
    }
}

fn signature_algorithm(certificate: &[u8]) -> Result<Vec<u8>, DerError> {
    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280 4.1).
    let mut fields = Der::new(certificate).expect(0x30)?;
    fields.expect(0x30)?;
    let mut algorithm = fields.expect(0x30)?;
    Ok(algorithm.expect(0x06)?.rest().to_vec())
}

/// The channel bindings of a server certificate.
fn end_point(certificate: &[u8]) -> Result<Vec<u8>, TlsError> {
    let algorithm = signature_algorithm(certificate)?;
    let mut data = b"tls-server-end-point:".to_vec();
    match hash_of(&algorithm).ok_or(TlsError::Signature)? {
        Hash::Sha256 => data.extend(Sha256::digest(certificate)),
        Hash::Sha384 => data.extend(Sha384::digest(certificate)),
        Hash::Sha512 => data.extend(Sha512::digest(certificate)),
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_the_signature() {
        let rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
        let ecdsa = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
        let length = |prefix: &[u8], last: u8| {
            let oid = [prefix, &[last]].concat();
            let len = u8::try_from(oid.len()).unwrap();
            let algorithm = [&[0x30, len + 2, 0x06, len], oid.as_slice()].concat();
            let inner = [&[0x30, 0], algorithm.as_slice(), &[0x03, 0]].concat();
            let certificate = [&[0x30, u8::try_from(inner.len()).unwrap()], inner.as_slice()];
            end_point(&certificate.concat()).map(|data| data.len() - 21)
        };
        for (last, size) in [(4, 32), (5, 32), (11, 32), (12, 48), (13, 64)] {
            assert_eq!(length(&rsa, last).unwrap(), size);
        }
        for (last, size) in [(2, 32), (3, 48), (4, 64)] {
            assert_eq!(length(&ecdsa, last).unwrap(), size);
        }
        // RSASSA-PSS names its hash elsewhere.
        assert!(matches!(length(&rsa, 10), Err(TlsError::Signature)));
        assert!(matches!(end_point(b"x"), Err(TlsError::Certificate(_))));
    }
}
