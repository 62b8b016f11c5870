//! Configurations of Kerberos that are foreign, wrong or missing: the program reaches every
//! directory for which there is a ticket, and asks nobody else.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, MessageType, OpCode};
use tokio::net::UdpSocket;

use super::program::{Ran, run};
use super::sasl::{bound, cache, says};
use super::server::{NAME, Say, serve_plain};

/// Puts a ticket cache of trainer@CONTOSO.COM into the folder, and this configuration.
fn kerberos(folder: &Path, conf: &str) {
    std::fs::write(folder.join("cache"), cache()).unwrap();
    std::fs::write(folder.join("krb5.conf"), conf).unwrap();
}

/// Asks a server that answers the first bind with success and no proof: it got a ticket, and the
/// program must say so.
async fn reach(folder: &Path, server: &str) {
    let address = serve_plain(|question| {
        assert!(question.text.contains("GSSAPI"));
        Some(Say::Bytes(bound(question.id, 0, "", b"")))
    })
    .await;
    let arguments = ["-L", "x", "--server", server, "--address", &address, "--timeout", "5"];
    let ran = run(folder, &arguments).await;
    says(&ran, "SPNFIX-UNEXPECTED-ANSWER", "the server does not prove who it is");
}

/// A name server that knows nothing. Returns the names that it was asked for, too.
async fn name_server() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let names = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let question = Message::from_vec(&buffer[..length]).unwrap();
            names.lock().unwrap().push(question.queries[0].name().to_utf8());
            let mut answer = Message::new(question.id, MessageType::Response, OpCode::Query);
            answer.add_queries(question.queries.clone());
            socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
        }
    });
    (address, asked)
}

/// Looks for a directory. Returns for which domain controllers it asked DNS, too.
async fn look(folder: &Path, arguments: &[&str]) -> (Ran, Vec<String>) {
    let (server, asked) = name_server().await;
    let dns = server.to_string();
    let ran = run(folder, &[arguments, &["--dns", &dns, "--timeout", "5"]].concat()).await;
    assert_eq!(ran.status, 6, "{ran:?}");
    let mut names: Vec<_> = asked.lock().unwrap().drain(..).collect();
    names.dedup();
    (ran, names)
}

const OF_CONTOSO: &str = "_ldap._tcp.dc._msdcs.contoso.com.";
/// As of Debian's package krb5-config, when nobody answers its questions.
const SAMPLE: &str = "[libdefaults]\n default_realm = ATHENA.MIT.EDU\n[realms]\n ATHENA.MIT.EDU = {\n \
                      kdc = kerberos.mit.edu\n kdc = kerberos-1.mit.edu\n }\n";

/// The ticket's principal has no realm, so the default realm has no say.
#[tokio::test]
async fn the_default_realm_may_be_missing_foreign_or_small() {
    let folder = tempfile::tempdir().unwrap();
    for conf in [
        "",
        "[libdefaults]\n dns_lookup_kdc = false\n",
        "[libdefaults]\n default_realm = IPA.EXAMPLE\n dns_lookup_kdc = false\n",
        "[libdefaults]\n default_realm = contoso.com\n dns_lookup_kdc = false\n",
        SAMPLE,
    ] {
        kerberos(folder.path(), conf);
        reach(folder.path(), NAME).await;
    }
    std::fs::remove_file(folder.path().join("krb5.conf")).unwrap();
    reach(folder.path(), NAME).await;
}

#[tokio::test]
async fn the_current_domain_is_that_of_the_ticket() {
    let folder = tempfile::tempdir().unwrap();
    for conf in ["", SAMPLE] {
        kerberos(folder.path(), conf);
        let (ran, asked) = look(folder.path(), &["-L", "x"]).await;
        says(&ran, "SPNFIX-NO-DC", "of contoso.com (the realm of your ticket) is found: ");
        assert_eq!(asked, [OF_CONTOSO], "{ran:?}");
    }
}

#[tokio::test]
async fn without_a_ticket_nobody_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("krb5.conf"), SAMPLE).unwrap();
    let (ran, asked) = look(folder.path(), &["-Q", "HTTP/x"]).await;
    says(&ran, "SPNFIX-KERBEROS", "no Kerberos bind to a domain controller: ");
    assert!(ran.err.contains("hint: get a ticket: kinit"), "{ran:?}");
    assert_eq!(asked, [""; 0], "{ran:?}");
}

/// A password does not say of which domain it is.
#[tokio::test]
async fn a_guess_is_named_before_anybody_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let conf = "[libdefaults]\n default_realm = ATHENA.MIT.EDU\n";
    std::fs::write(folder.path().join("krb5.conf"), conf).unwrap();
    let arguments = ["-Q", "HTTP/x", "--user", "admin@contoso.com", "--password-stdin"];
    let (ran, asked) = look(folder.path(), &arguments).await;
    let first = "looking for a domain controller of athena.mit.edu (default_realm in krb5.conf)\n";
    assert!(ran.err.starts_with(first), "{ran:?}");
    says(&ran, "SPNFIX-NO-DC", "of athena.mit.edu (default_realm in krb5.conf) is found: ");
    assert_eq!(asked, ["_ldap._tcp.dc._msdcs.athena.mit.edu."], "{ran:?}");
}

/// A DNS name after -T is enough. Only a short name needs a forest that knows it.
#[tokio::test]
async fn a_domain_that_is_named_needs_no_current_one() {
    let folder = tempfile::tempdir().unwrap();
    kerberos(folder.path(), SAMPLE);
    std::fs::remove_file(folder.path().join("cache")).unwrap();
    let (ran, asked) = look(folder.path(), &["-T", "contoso.com", "-Q", "HTTP/x"]).await;
    says(&ran, "SPNFIX-NO-SUCH-DOMAIN", "contoso.com");
    assert_eq!(asked, [OF_CONTOSO], "{ran:?}");
}

/// A KDC that ends with its owner.
struct Kdc(Child);

impl Drop for Kdc {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// MIT's KDC for a realm and a realm below it, where dc1.child.contoso.com is. Puts the user's
/// ticket into the folder's cache. None where the programs are missing.
fn forest(folder: &Path) -> Option<Kdc> {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let at = folder.display();
    let (mut realms, mut databases) = (Vec::new(), Vec::new());
    for realm in ["CONTOSO.COM", "CHILD.CONTOSO.COM"] {
        realms.push(format!(" {realm} = {{\n  kdc = 127.0.0.1:{port}\n }}\n"));
        databases.push(format!(
            " {realm} = {{\n  database_name = {at}/{realm}\n  key_stash_file = {at}/{realm}.stash\n  \
             kdc_listen = 127.0.0.1:{port}\n  kdc_tcp_listen = 127.0.0.1:{port}\n }}\n"
        ));
    }
    let (realms, databases) = (realms.concat(), databases.concat());
    let conf = format!("[libdefaults]\n dns_lookup_kdc = false\n[realms]\n{realms}");
    std::fs::write(folder.join("krb5.conf"), conf).unwrap();
    std::fs::write(folder.join("kdc.conf"), format!("[realms]\n{databases}")).unwrap();
    let script = "set -e; PATH=$PATH:/usr/sbin
        for realm in CONTOSO.COM CHILD.CONTOSO.COM; do
            kdb5_util create -r $realm -s -P master
            kadmin.local -r $realm addprinc -pw shared krbtgt/CHILD.CONTOSO.COM@CONTOSO.COM
        done
        kadmin.local -r CONTOSO.COM addprinc -pw geheim trainer
        kadmin.local -r CHILD.CONTOSO.COM addprinc -randkey ldap/dc1.child.contoso.com";
    let program = |name: &str| {
        let mut program = Command::new(name);
        program
            .env("KRB5_CONFIG", folder.join("krb5.conf"))
            .env("KRB5_KDC_PROFILE", folder.join("kdc.conf"))
            .env("KRB5CCNAME", folder.join("cache"))
            .stdin(Stdio::null());
        program
    };
    let look = "PATH=$PATH:/usr/sbin
        for it in krb5kdc kadmin.local kdb5_util kinit; do command -v $it || exit 1; done";
    if !program("sh").args(["-c", look]).output().unwrap().status.success() {
        // Not eprintln, which the test runner would swallow.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"skipped: MIT's KDC is not installed (Debian: krb5-kdc, krb5-admin-server, krb5-user)\n",
        );
        return None;
    }
    let made = program("sh").args(["-c", script]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let serve = "PATH=$PATH:/usr/sbin; exec krb5kdc -n -r CONTOSO.COM -r CHILD.CONTOSO.COM";
    let kdc = program("sh").args(["-c", serve]).stderr(Stdio::null()).spawn().unwrap();
    let kdc = Kdc(kdc);
    // TCP comes up after UDP.
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    let log_on = "echo geheim | kinit trainer@CONTOSO.COM";
    let logged_on = program("sh").args(["-c", log_on]).output().unwrap();
    assert!(logged_on.status.success(), "{logged_on:?}");
    Some(kdc)
}

/// The ticket's own KDC does not know the server. The library finds the way to the realm that does.
#[tokio::test]
async fn a_server_of_another_realm_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_kdc) = forest(folder.path()) else { return };
    reach(folder.path(), "dc1.child.contoso.com").await;
}
