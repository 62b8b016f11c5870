//! Certificates that no client should accept.

use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use spnfix::{DirectoryError, TlsProblem};

use super::server::{NAME, Say, connect_to};

/// Connects to a server whose certificate is trusted, and changed like this.
async fn meet(name: &str, change: impl FnOnce(&mut CertificateParams)) -> DirectoryError {
    let signing_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let cert = params.self_signed(&signing_key).unwrap();
    let nothing = |_: &super::server::Question| Say::Bytes(Vec::new());
    connect_to(CertifiedKey { cert, signing_key }, nothing).await.unwrap_err()
}

fn problem(error: &DirectoryError) -> TlsProblem {
    let DirectoryError::Tls { problem, .. } = error else { panic!("{error}") };
    assert_eq!(error.code(), "SPNFIX-TLS");
    assert!(error.to_string().contains(NAME), "{error}");
    *problem
}

#[tokio::test]
async fn one_that_has_expired_is_named_with_its_next_step() {
    let error = meet(NAME, |params| params.not_after = date_time_ymd(2020, 1, 1)).await;
    assert_eq!(problem(&error), TlsProblem::Expired);
    assert!(error.hint().contains("renew"), "{}", error.hint());
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("expired"), "{source}");
}

#[tokio::test]
async fn one_that_is_not_valid_yet_is_named_with_its_next_step() {
    let error = meet(NAME, |params| params.not_before = date_time_ymd(4000, 1, 1)).await;
    assert_eq!(problem(&error), TlsProblem::NotYetValid);
    assert!(error.hint().contains("clock"), "{}", error.hint());
}

#[tokio::test]
async fn one_of_another_name_is_named_with_its_next_step() {
    let error = meet("dc2.contoso.com", |_| {}).await;
    assert_eq!(problem(&error), TlsProblem::WrongName);
    assert!(error.hint().contains("name"), "{}", error.hint());
}
