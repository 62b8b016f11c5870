//! Channel bindings: they tie a Kerberos bind to its TLS connection.

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::failure::unexpected;
use super::wire::ber::{Malformed, OID, Reader, SEQUENCE};
use crate::directory::DirectoryError;

/// `tls-server-end-point` of a certificate in DER (RFC 5929 section 4.1): its hash. The hash
/// function is that of its signature, but SHA-256 in place of MD5 and SHA-1.
pub(super) fn end_point(certificate: &[u8]) -> Result<Vec<u8>, DirectoryError> {
    let doing = "bind Kerberos to the TLS connection";
    let algorithm = signature(certificate).map_err(|error| unexpected(doing, error.0))?;
    let mut bindings = b"tls-server-end-point:".to_vec();
    match algorithm {
        // sha384WithRSAEncryption, ecdsa-with-SHA384; then the same with SHA512.
        RSA_SHA384 | ECDSA_SHA384 => bindings.extend_from_slice(&Sha384::digest(certificate)),
        RSA_SHA512 | ECDSA_SHA512 => bindings.extend_from_slice(&Sha512::digest(certificate)),
        RSA_MD5 | RSA_SHA1 | RSA_SHA256 | ECDSA_SHA1 | ECDSA_SHA256 => {
            bindings.extend_from_slice(&Sha256::digest(certificate));
        }
        _ => return Err(unexpected(doing, "its certificate's signature names no hash function")),
    }
    Ok(bindings)
}

const RSA_MD5: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04";
const RSA_SHA1: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05";
const RSA_SHA256: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
const RSA_SHA384: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c";
const RSA_SHA512: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d";
const ECDSA_SHA1: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x01";
const ECDSA_SHA256: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ECDSA_SHA384: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x03";
const ECDSA_SHA512: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x04";

/// The signature's algorithm (RFC 5280 section 4.1.1.2).
fn signature(certificate: &[u8]) -> Result<&[u8], Malformed> {
    let mut parts = Reader::new(certificate).enter(SEQUENCE)?;
    parts.take(SEQUENCE)?;
    parts.enter(SEQUENCE)?.take(OID)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};

    use super::*;

    #[test]
    fn the_hash_is_that_of_the_signature() {
        let signed = |algorithm| {
            let key = KeyPair::generate_for(algorithm).unwrap();
            CertificateParams::default().self_signed(&key).unwrap().der().to_vec()
        };
        let bound = |hash: &[u8]| [b"tls-server-end-point:", hash].concat();
        let short = signed(&PKCS_ECDSA_P256_SHA256);
        assert_eq!(end_point(&short).unwrap(), bound(&Sha256::digest(&short)));
        let long = signed(&PKCS_ECDSA_P384_SHA384);
        assert_eq!(end_point(&long).unwrap(), bound(&Sha384::digest(&long)));
        assert_eq!(end_point(b"\x30\x01").unwrap_err().code(), "SPNFIX-UNEXPECTED-ANSWER");
    }
}
