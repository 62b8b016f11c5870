//! Channel bindings of a TLS connection: `tls-server-end-point` (RFC 5929 section 4).
//!
//! The data names the endpoint's certificate. So an AP-REQ for one TLS connection is useless on
//! another. It says nothing about the SPN.

use crate::kerberos::der::{Der, DerError};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;

/// The application data for a certificate (DER). `None` if RFC 5929 section 4.1 defines no hash for
/// the certificate's signature algorithm; then there is no binding.
pub fn tls_server_end_point(certificate: &[u8]) -> Result<Option<Vec<u8>>, DerError> {
    let algorithm = signature_algorithm(certificate)?;
    let hash = match hash_of(algorithm) {
        Some(Hash::Sha256) => Sha256::digest(certificate).to_vec(),
        Some(Hash::Sha384) => Sha384::digest(certificate).to_vec(),
        Some(Hash::Sha512) => Sha512::digest(certificate).to_vec(),
        None => return Ok(None),
    };
    Ok(Some([b"tls-server-end-point:".as_slice(), &hash].concat()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// Content of the OID in `signatureAlgorithm` (RFC 5280 section 4.1).
fn signature_algorithm(certificate: &[u8]) -> Result<&[u8], DerError> {
    let mut outer = Der::new(certificate).expect(SEQUENCE)?;
    outer.expect(SEQUENCE)?;
    Ok(outer.expect(SEQUENCE)?.expect(OID)?.rest())
}

/// The hash function of the certificate's signature. SHA-256 replaces MD5 and SHA-1 (RFC 5929
/// section 4.1).
fn hash_of(algorithm: &[u8]) -> Option<Hash> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
    let rsa = algorithm.strip_prefix(RSA);
    let ecdsa = algorithm.strip_prefix(ECDSA);
    match (rsa, ecdsa) {
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => Some(Hash::Sha256),
        (Some([12]), _) | (_, Some([3, 3])) => Some(Hash::Sha384),
        (Some([13]), _) | (_, Some([3, 4])) => Some(Hash::Sha512),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frame of a certificate: an empty TBSCertificate, the algorithm, an empty signature.
    fn certificate(oid: &[u8]) -> Vec<u8> {
        let length = u8::try_from(oid.len()).unwrap();
        let mut algorithm = vec![0x30, length + 2, 0x06, length];
        algorithm.extend(oid);
        let inner = [&[0x30, 0][..], &algorithm, &[0x03, 1, 0]].concat();
        [&[0x30, u8::try_from(inner.len()).unwrap()][..], &inner].concat()
    }

    #[test]
    fn the_hash_follows_the_signature() {
        let rsa = |last| vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last];
        let ecdsa = |last| vec![0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, last];
        let length = |oid: Vec<u8>| {
            let data = tls_server_end_point(&certificate(&oid)).unwrap();
            data.map(|data| data.strip_prefix(b"tls-server-end-point:").unwrap().len())
        };
        for (last, size) in [(4, 32), (5, 32), (11, 32), (12, 48), (13, 64)] {
            assert_eq!(length(rsa(last)), Some(size), "RSA {last}");
        }
        for (last, size) in [(2, 32), (3, 48), (4, 64)] {
            assert_eq!(length(ecdsa(last)), Some(size), "ECDSA {last}");
        }
        // RSASSA-PSS names its hash in another place. Ed25519 has none.
        assert_eq!(length(rsa(10)), None);
        assert_eq!(length(vec![0x2b, 0x65, 0x70]), None);
        assert!(tls_server_end_point(b"\x30\x01").is_err());
        assert!(tls_server_end_point(b"").is_err());
    }
}
