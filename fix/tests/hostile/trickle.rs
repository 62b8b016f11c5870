//! Servers that say a little every now and then: a limit holds for the whole, not until the next
//! byte.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use spnfix::{Bind, Directory, DirectoryError, LdapAccess, LdapDirectory, Scope, Timeouts, Trust};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::server::{
    NAME, PATIENCE, ROOT, Say, access, after_polite, connect, done, entry, more, result,
    serve_plain, start, trickled,
};

/// Pieces that take several times as long as the client waits.
const MANY: usize = 40;

fn below(name: &str) -> String {
    format!("CN={name},{ROOT}")
}

fn late(error: &DirectoryError, doing: &str) {
    assert_eq!(error.code(), "SPNFIX-TIMEOUT", "{error}");
    assert!(error.to_string().ends_with(&format!("when trying to {doing}")), "{error}");
}

#[tokio::test]
async fn a_write_whose_answer_trickles_is_uncertain_and_made_once() {
    let writes = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&writes);
    let mut dir = connect(move |question| {
        assert_eq!(question.kind, 6);
        count.fetch_add(1, SeqCst);
        trickled(&result(question.id, 7, 0, &"x".repeat(MANY)))
    })
    .await
    .unwrap();
    let error = dir.add(&below("x"), "HTTP/mem1").await.unwrap_err();
    late(&error, &format!("add HTTP/mem1 to {}", below("x")));
    assert!(error.hint().contains("it may have been made"), "{}", error.hint());
    assert_eq!(writes.load(SeqCst), 1);
}

#[tokio::test]
async fn an_entry_that_trickles_ends_in_time() {
    let mut dir = connect(|question| {
        let name = [("sAMAccountName", vec![b"x".to_vec()])];
        trickled(&[entry(question.id, &below("x"), &name), done(question.id)].concat())
    })
    .await
    .unwrap();
    let error = dir.account_at(&below("x")).await.unwrap_err();
    late(&error, &format!("read {}", below("x")));
    let error = dir.holders(&["HTTP/a".parse().unwrap()], Scope::Domain).await.unwrap_err();
    late(&error, "look for holders of SPNs");
}

/// Every part is a question of its own, and comes in time.
#[tokio::test]
async fn values_that_come_one_at_a_time_end_in_time() {
    let part = |question: &super::server::Question| {
        let range = question.text.split_once("range=").and_then(|(_, rest)| rest.split_once('-'));
        let at: usize = range.map_or(0, |(first, _)| first.parse().unwrap());
        let last = if at == MANY { "*".to_owned() } else { at.to_string() };
        let name = format!("servicePrincipalName;range={at}-{last}");
        let attributes = [
            ("sAMAccountName", vec![b"x".to_vec()]),
            (name.as_str(), vec![format!("HTTP/host{at}").into_bytes()]),
        ];
        let bytes = [entry(question.id, &below("x"), &attributes), done(question.id)];
        Say::Trickle(vec![bytes.concat()])
    };
    let mut dir = connect(part).await.unwrap();
    let error = dir.account_at(&below("x")).await.unwrap_err();
    late(&error, &format!("read {}", below("x")));
    let error = dir.holders(&["HTTP/a".parse().unwrap()], Scope::Domain).await.unwrap_err();
    late(&error, "look for holders of SPNs");
}

#[tokio::test]
async fn a_walk_whose_pages_are_all_in_time_ends_in_time() {
    let pages = AtomicUsize::new(0);
    let up = start(after_polite(move |question| {
        let at = pages.fetch_add(1, SeqCst);
        let spns = [("servicePrincipalName", vec![format!("HTTP/host{at}").into_bytes()])];
        let end = if at < MANY { more(question.id) } else { done(question.id) };
        Say::Trickle(vec![[entry(question.id, &below(&at.to_string()), &spns), end].concat()])
    }))
    .await;
    let mut timeouts = Timeouts::default();
    timeouts.walk = PATIENCE;
    let access = access(up.ca).at(&up.address).with_timeouts(timeouts);
    let mut dir = LdapDirectory::connect(access).await.unwrap();
    let error = dir.every_holder(Scope::Domain, &mut |_, _| {}).await.unwrap_err();
    late(&error, "list all SPNs");
}

#[tokio::test]
async fn a_start_of_tls_that_trickles_ends_in_time() {
    let address = serve_plain(|question| Some(trickled(&result(question.id, 24, 0, "")))).await;
    let mut timeouts = Timeouts::default();
    timeouts.connect = PATIENCE / 2;
    let bind = Bind::simple("admin@contoso.com", "x");
    let ca = rcgen::generate_simple_self_signed(vec![NAME.to_owned()]).unwrap().cert.pem();
    let access = LdapAccess::start_tls(NAME, Trust::Ca(ca), bind).at(&address);
    let error = LdapDirectory::connect(access.with_timeouts(timeouts)).await.unwrap_err();
    late(&error, &format!("start TLS with {address}"));
}

#[tokio::test]
async fn a_handshake_that_trickles_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // A record of TLS that says how long it will be.
        for byte in [&b"\x16\x03\x03\x40\x00"[..], &[0; MANY]].concat() {
            tokio::time::sleep(PATIENCE / 10).await;
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    });
    let ca = rcgen::generate_simple_self_signed(vec![NAME.to_owned()]).unwrap().cert.pem();
    let mut timeouts = Timeouts::default();
    timeouts.connect = PATIENCE;
    let access = access(ca).at(&address).with_timeouts(timeouts);
    let error = LdapDirectory::connect(access).await.unwrap_err();
    late(&error, &format!("open a TLS connection to {address}"));
}
