//! Servers that do not get as far as TLS.

use spnfix::{Bind, DirectoryError, LdapAccess, LdapDirectory, Timeouts, TlsProblem, Trust};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{NAME, access, result};

/// Connects to a server that reads something, answers this, and closes.
async fn meet(
    answer: Vec<u8>,
    access: impl FnOnce(String) -> LdapAccess,
) -> (DirectoryError, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        stream.read_buf(&mut heard).await.unwrap();
        stream.write_all(&answer).await.unwrap();
        stream.shutdown().await.unwrap();
        // What else the client says, until it goes; an error is how it may go.
        let _ = stream.read_to_end(&mut heard).await;
        heard
    });
    let ca = rcgen::generate_simple_self_signed(vec![NAME.to_owned()]).unwrap().cert.pem();
    let error = LdapDirectory::connect(access(ca).at(&address)).await.unwrap_err();
    (error, heard.await.unwrap())
}

fn start_tls(ca: String) -> LdapAccess {
    let bind = Bind::simple("admin@contoso.com", "Geheim-1");
    LdapAccess::start_tls(NAME, Trust::Ca(ca), bind).with_timeouts(Timeouts::default())
}

#[tokio::test]
async fn plain_bytes_are_no_tls() {
    let (error, _) = meet(result(1, 1, 0, ""), access).await;
    assert!(matches!(error, DirectoryError::Tls { problem: TlsProblem::Protocol, .. }), "{error}");
}

#[tokio::test]
async fn a_refused_start_tls_ends_without_the_password() {
    let (error, heard) = meet(result(1, 24, 52, "no TLS here"), start_tls).await;
    assert_eq!(error.code(), "SPNFIX-LDAP-52", "{error}");
    assert!(error.to_string().contains("no TLS here"), "{error}");
    assert!(!String::from_utf8_lossy(&heard).contains("Geheim"));
}

#[tokio::test]
async fn bytes_smuggled_in_before_tls_are_refused() {
    let answer = [result(1, 24, 0, ""), result(2, 1, 0, "")].concat();
    let (error, heard) = meet(answer, start_tls).await;
    assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST", "{error}");
    assert!(!String::from_utf8_lossy(&heard).contains("Geheim"));
}
