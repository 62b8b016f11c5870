//! Servers that bind with Kerberos and are not who they say: the program must end without a word to
//! them beyond the bind.
//!
//! No KDC is needed: the client's cache holds a ticket for the server already. Whether it is a real
//! one only the true server could tell, and none of these is.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use lber::common::TagClass;
use lber::structures::{Enumerated, OctetString, Tag};

use super::program::{Ran, run};
use super::server::{NAME, Question, Say, message, octets, serve_plain, trickled};

const REALM: &str = "CONTOSO.COM";
/// aes256-cts-hmac-sha1-96 (RFC 3962)
const AES256: u16 = 18;
/// krb5 (RFC 4121), as it stands in a token.
const KRB5: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
const GO_ON: i64 = 14;

/// DER with a length of two bytes.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).unwrap().to_be_bytes();
    [&[tag, 0x82, length[0], length[1]], contents].concat()
}

fn number(value: u8) -> Vec<u8> {
    vec![0x02, 0x01, value]
}

/// A ticket (RFC 4120 section 5.3) that nobody can open.
fn ticket() -> Vec<u8> {
    let string = |text: &str| der(0x1b, text.as_bytes());
    let names = der(0x30, &[string("ldap"), string(NAME)].concat());
    let sname = der(0x30, &[der(0xa0, &number(1)), der(0xa1, &names)].concat());
    let sealed = der(0x30, &[der(0xa0, &number(18)), der(0xa2, &der(0x04, &[7; 200]))].concat());
    let parts =
        [der(0xa0, &number(5)), der(0xa1, &string(REALM)), der(0xa2, &sname), der(0xa3, &sealed)];
    der(0x61, &der(0x30, &parts.concat()))
}

/// A credential cache (MIT's file format, version 4) with that ticket.
pub(crate) fn cache() -> Vec<u8> {
    let counted = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length, bytes].concat()
    };
    let principal = |names: &[&str]| {
        let count = u32::try_from(names.len()).unwrap().to_be_bytes();
        let names: Vec<u8> = names.iter().flat_map(|name| counted(name.as_bytes())).collect();
        [&1_u32.to_be_bytes()[..], &count, &counted(REALM.as_bytes()), &names].concat()
    };
    let client = principal(&["trainer"]);
    let key = [&AES256.to_be_bytes()[..], &counted(&[9; 32])].concat();
    // Of 1970, and good until the clock of the format ends.
    let times = [1_u32, 1, u32::MAX >> 1, 0].map(u32::to_be_bytes).concat();
    let (flags, no_list) = (0x0004_0000_u32.to_be_bytes(), 0_u32.to_be_bytes());
    let head = [&[5, 4, 0, 0][..], &client].concat();
    let ticket = counted(&ticket());
    [
        &head,
        &client,
        &principal(&["ldap", NAME]),
        &key,
        &times,
        &[0][..],
        &flags,
        &no_list,
        &no_list,
        &ticket,
        &no_list,
    ]
    .concat()
}

fn kerberos(folder: &Path) {
    std::fs::write(folder.join("cache"), cache()).unwrap();
    let conf = "[libdefaults]\n default_realm = CONTOSO.COM\n dns_lookup_kdc = false\n \
                dns_canonicalize_hostname = false\n rdns = false\n";
    std::fs::write(folder.join("krb5.conf"), conf).unwrap();
}

/// An answer to one step of a SASL bind.
pub(crate) fn bound(id: i64, code: i64, text: &str, credentials: &[u8]) -> Vec<u8> {
    let code = Tag::Enumerated(Enumerated { inner: code, ..Enumerated::default() });
    let credentials = Tag::OctetString(OctetString {
        id: 7,
        class: TagClass::Context,
        inner: credentials.to_vec(),
    });
    message(id, 1, vec![code, octets(b""), octets(text.as_bytes()), credentials])
}

/// A token of GSSAPI (RFC 4121 section 4.1) with this inside.
fn token(kind: [u8; 2], inner: &[u8]) -> Vec<u8> {
    der(0x60, &[KRB5, &kind, inner].concat())
}

/// Tries to write through a server that answers a bind so. Returns what the program said; it must
/// have sent this many binds and nothing else.
async fn meet(binds: usize, answer: impl Fn(&Question) -> Say + Send + Sync + 'static) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    kerberos(folder.path());
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let address = serve_plain(move |question| {
        assert_eq!(question.kind, 0, "more than a bind: {}", question.text);
        assert!(question.text.contains("GSSAPI"));
        seen.fetch_add(1, SeqCst);
        Some(answer(question))
    })
    .await;
    let arguments =
        ["-A", "HTTP/mem1", "svc_web", "--server", NAME, "--address", &address, "--timeout", "2"];
    let ran = run(folder.path(), &arguments).await;
    assert_eq!(ran.status, 6, "{ran:?}");
    assert!(ran.err.contains("\nhint: "), "{ran:?}");
    assert!(!ran.err.contains(|c: char| c.is_control() && c != '\n'), "{ran:?}");
    assert_eq!(count.load(SeqCst), binds, "{ran:?}");
    ran
}

pub(crate) fn says(ran: &Ran, code: &str, words: &str) {
    let start = format!("error [{code}]: ");
    assert!(ran.err.contains(&start) && ran.err.contains(words), "{ran:?}");
}

#[tokio::test]
async fn success_without_a_proof_is_none() {
    let ran = meet(1, |question| Say::Bytes(bound(question.id, 0, "", b""))).await;
    says(&ran, "SPNFIX-UNEXPECTED-ANSWER", "the server does not prove who it is");
}

#[tokio::test]
async fn what_is_no_proof_is_refused() {
    // AP-REP (RFC 4120 section 5.5.2), sealed with a key that the server does not have.
    let sealed = der(0x30, &[der(0xa0, &number(18)), der(0xa2, &der(0x04, &[3; 90]))].concat());
    let parts = [der(0xa0, &number(5)), der(0xa1, &number(15)), der(0xa2, &sealed)];
    let ap_rep = der(0x6f, &der(0x30, &parts.concat()));
    for proof in [
        Vec::new(),
        vec![0; 64 << 10],
        b"\x60\x84\xff\xff\xff\xff".to_vec(),
        token([2, 0], b""),
        token([2, 0], &[0x6f; 5000]),
        token([2, 0], &ap_rep),
        token([9, 9], &ap_rep),
        // The token with which SPNEGO begins is of another mechanism.
        der(0x60, b"\x06\x06\x2b\x06\x01\x05\x05\x02"),
    ] {
        let ran = meet(1, move |question| Say::Bytes(bound(question.id, GO_ON, "", &proof))).await;
        says(&ran, "SPNFIX-KERBEROS", "no Kerberos bind to ldap/dc1.contoso.com: ");
    }
}

/// The client's own token, back at it.
#[tokio::test]
async fn a_mirror_is_no_proof() {
    let mirror = |question: &Question| {
        let at = question.bytes.windows(KRB5.len()).position(|window| window == KRB5).unwrap();
        let start = question.bytes[..at].iter().rposition(|byte| *byte == 0x60).unwrap();
        Say::Bytes(bound(question.id, GO_ON, "", &question.bytes[start..]))
    };
    says(&meet(1, mirror).await, "SPNFIX-KERBEROS", "no Kerberos bind to ");
}

/// A KRB-ERROR (RFC 4120 section 5.9.1) is signed by nobody, and its text is anybody's.
#[tokio::test]
async fn an_error_with_commands_for_the_terminal_is_shown_without() {
    const BAD: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\r\nforged";
    let string = |text: &str| der(0x1b, text.as_bytes());
    let sname = der(0x30, &[der(0xa0, &number(1)), der(0xa1, &der(0x30, &string("x")))].concat());
    let parts = [
        der(0xa0, &number(5)),
        der(0xa1, &number(30)),
        der(0xa4, &der(0x18, b"20260101000000Z")),
        der(0xa5, &number(0)),
        der(0xa6, &number(60)),
        der(0xa9, &string(REALM)),
        der(0xaa, &sname),
        der(0xab, &string(BAD)),
    ];
    let error = token([3, 0], &der(0x7e, &der(0x30, &parts.concat())));
    let ran = meet(1, move |question| Say::Bytes(bound(question.id, GO_ON, BAD, &error))).await;
    says(&ran, "SPNFIX-KERBEROS", "no Kerberos bind to ");
    let ran = meet(1, |question| Say::Bytes(bound(question.id, 49, BAD, b""))).await;
    says(&ran, "SPNFIX-LDAP-49", "forged");
}

#[tokio::test]
async fn a_bind_that_never_ends_ends() {
    let ran = meet(1, |question| trickled(&bound(question.id, GO_ON, "", &[0; 500]))).await;
    says(&ran, "SPNFIX-TIMEOUT", "bind with Kerberos");
    let ran = meet(1, |_| Say::Bytes(Vec::new())).await;
    says(&ran, "SPNFIX-TIMEOUT", "bind with Kerberos");
    let ran = meet(1, |_| Say::BytesAndClose(Vec::new())).await;
    says(&ran, "SPNFIX-CONNECTION-LOST", "bind with Kerberos");
}

/// Kerberos' library reads its configuration, and waits for a pipe; the program does not.
#[tokio::test]
async fn a_configuration_that_is_a_pipe_holds_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("krb5.conf");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let address = serve_plain(|_| panic!("nobody may come")).await;
    let server = ["--server", NAME, "--address", &address, "--timeout", "1"];
    let ran = run(folder.path(), &[&["-L", "x"][..], &server].concat()).await;
    says(&ran, "SPNFIX-TIMEOUT", "get a ticket for ldap/dc1.contoso.com");
    let ran = run(folder.path(), &["-L", "x"]).await;
    says(&ran, "SPNFIX-NO-DC", "krb5.conf: it is no regular file");
}
