//! Certificates that no client should accept.

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedKey, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, date_time_ymd,
};
use spnfix::{DirectoryError, LdapDirectory, TlsProblem};

use super::server::{NAME, Say, access, connect_to, serve_chain, serve_tls};

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

/// A certificate authority, or somebody who is none and signs all the same.
fn authority(name: &str, is_ca: IsCa) -> Issuer<'static, KeyPair> {
    Issuer::new(authority_params(name, is_ca), KeyPair::generate().unwrap())
}

fn authority_params(name: &str, is_ca: IsCa) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = is_ca;
    params
}

/// The certificate of an authority, as clients trust it.
fn pem(authority: &Issuer<'static, KeyPair>, name: &str, is_ca: IsCa) -> String {
    authority_params(name, is_ca).self_signed(authority.key()).unwrap().pem()
}

fn ca() -> IsCa {
    IsCa::Ca(BasicConstraints::Unconstrained)
}

/// Connects to a server whose certificate this authority has issued, and which shows that
/// authority's own with it; this one is trusted.
async fn issued(
    by: &Issuer<'static, KeyPair>,
    with: Option<&Certificate>,
    trusted: String,
    change: impl FnOnce(&mut CertificateParams),
) -> Result<(), DirectoryError> {
    let signing_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    change(&mut params);
    let cert = params.signed_by(&signing_key, by).unwrap();
    let chain = [Some(&cert), with].into_iter().flatten();
    let chain = chain.map(|certificate| certificate.der().clone()).collect();
    let address = serve_chain(chain, &signing_key, |_| None).await;
    LdapDirectory::connect(access(trusted).at(&address)).await.map(drop)
}

#[tokio::test]
async fn one_of_the_given_authority_is_accepted() {
    let good = authority("CA", ca());
    issued(&good, None, pem(&good, "CA", ca()), |_| {}).await.unwrap();
}

#[tokio::test]
async fn one_of_another_authority_is_named_with_its_next_step() {
    let (good, evil) = (authority("CA", ca()), authority("Evil CA", ca()));
    let error = issued(&evil, None, pem(&good, "CA", ca()), |_| {}).await.unwrap_err();
    assert_eq!(problem(&error), TlsProblem::UnknownIssuer);
    assert!(error.hint().contains("give the CA"), "{}", error.hint());
}

#[tokio::test]
async fn one_that_signed_itself_is_named_with_its_next_step() {
    let good = authority("CA", ca());
    let own = rcgen::generate_simple_self_signed(vec![NAME.to_owned()]).unwrap();
    let address = serve_tls(own, |_| None).await;
    let trusted = pem(&good, "CA", ca());
    let error = LdapDirectory::connect(access(trusted).at(&address)).await.unwrap_err();
    assert_eq!(problem(&error), TlsProblem::UnknownIssuer);
    assert!(error.hint().contains("give the CA"), "{}", error.hint());
}

/// The name of an authority is no secret; its key is.
#[tokio::test]
async fn one_of_an_authority_of_the_same_name_is_refused() {
    let (good, evil) = (authority("CA", ca()), authority("CA", ca()));
    let error = issued(&evil, None, pem(&good, "CA", ca()), |_| {}).await.unwrap_err();
    assert!(
        matches!(problem(&error), TlsProblem::UnknownIssuer | TlsProblem::BadCertificate),
        "{error}"
    );
}

/// Any server of the domain has a certificate and its key.
#[tokio::test]
async fn one_that_another_server_issued_is_refused() {
    let good = authority("CA", ca());
    let key = KeyPair::generate().unwrap();
    let params = authority_params("web.contoso.com", IsCa::ExplicitNoCa);
    let web = params.signed_by(&key, &good).unwrap();
    let issuer = Issuer::new(params, key);
    let trusted = pem(&good, "CA", ca());
    let error = issued(&issuer, Some(&web), trusted, |_| {}).await.unwrap_err();
    assert!(
        matches!(problem(&error), TlsProblem::UnknownIssuer | TlsProblem::BadCertificate),
        "{error}"
    );
}

#[tokio::test]
async fn one_for_clients_is_refused() {
    let good = authority("CA", ca());
    let for_clients = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    };
    let error = issued(&good, None, pem(&good, "CA", ca()), for_clients).await.unwrap_err();
    assert_eq!(problem(&error), TlsProblem::BadCertificate);
}
