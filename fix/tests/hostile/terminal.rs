//! Names that are commands to a terminal.

use super::program::{Ran, run_at};
use super::server::{Question, ROOT, Say, after_polite, done, entry, result, start};

/// Clears the screen, sets the title, answers as if typed, turns the writing, and hides.
const BAD: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}5i\u{1b}[c\u{202e}\u{200b}\r\n\tforged\u{7f}";

/// An account that is nothing but such names.
fn account(question: &Question) -> Vec<u8> {
    let bytes = |text: String| vec![text.into_bytes()];
    let spns = vec![
        b"HTTP/mem1".to_vec(),
        b"HTTP/mem2".to_vec(),
        format!("HTTP/{BAD}").into_bytes(),
        format!("{BAD}/{BAD}:{BAD}").into_bytes(),
    ];
    let attributes = [
        ("sAMAccountName", bytes(format!("svc{BAD}"))),
        ("objectClass", vec![b"user".to_vec()]),
        ("dNSHostName", bytes(format!("{BAD}.contoso.com"))),
        ("servicePrincipalName", spns),
    ];
    let other = [
        ("sAMAccountName", bytes(format!("twin{BAD}"))),
        ("objectClass", vec![b"user".to_vec()]),
        ("servicePrincipalName", vec![b"HTTP/mem2".to_vec()]),
    ];
    [
        entry(question.id, &format!("CN=a{BAD},{ROOT}"), &attributes),
        entry(question.id, &format!("CN=b{BAD},{ROOT}"), &other),
        done(question.id),
    ]
    .concat()
}

fn harmless(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        let bad =
            |c: char| (c.is_control() && !"\n\t".contains(c)) || "\u{202e}\u{200b}".contains(c);
        assert!(!text.contains(bad), "{ran:?}");
        assert!(!text.contains("\n\tforged"), "{ran:?}");
    }
}

#[tokio::test]
async fn names_of_the_directory_move_no_cursor() {
    let up = start(after_polite(|question| Say::Bytes(account(question)))).await;
    for arguments in [
        &["-Q", "HTTP/mem1"][..],
        &["-Q", "HTTP/*"],
        &["-L", "svc"],
        &["-X"],
        &["-X", "--shadowed"],
        &["-S", "HTTP/mem1", "svc"],
    ] {
        for json in [&[][..], &["--json"]] {
            let ran = run_at(&up, &[arguments, json].concat()).await;
            harmless(&ran);
            if !json.is_empty() {
                serde_json::from_str::<serde_json::Value>(&ran.out).unwrap();
            }
        }
    }
    let ran = run_at(&up, &["-Q", "HTTP/mem1"]).await;
    assert!(ran.out.contains(r"CN=a\u{1b}[2J"), "{ran:?}");
    let ran = run_at(&up, &["-Q", "HTTP/mem1", "--json"]).await;
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let spns = &document["checked"][0]["holders"][0]["spns"];
    assert_eq!(spns[2], format!("HTTP/{BAD}"), "the document holds the name as it is");
}

/// Words of the server, in a refusal and where it hangs up.
#[tokio::test]
async fn words_of_the_server_move_no_cursor() {
    for kind in [5, 24] {
        let up = start(after_polite(move |question| {
            let id = if kind == 24 { 0 } else { question.id };
            Say::BytesAndClose(result(id, kind, 52, BAD))
        }))
        .await;
        for json in [&[][..], &["--json"]] {
            let ran = run_at(&up, &[&["-Q", "HTTP/mem1"][..], json].concat()).await;
            assert_ne!(ran.status, 0, "{ran:?}");
            assert!((ran.out.clone() + &ran.err).contains("forged"), "{ran:?}");
            harmless(&ran);
        }
    }
}

/// A domain that is called so is none.
#[tokio::test]
async fn the_domain_itself_moves_no_cursor() {
    let up = start(|question| {
        let root = [
            ("defaultNamingContext", vec![format!("DC={BAD},DC=com").into_bytes()]),
            ("rootDomainNamingContext", vec![ROOT.into()]),
            ("configurationNamingContext", vec![format!("CN=Configuration,{ROOT}").into()]),
        ];
        let asked = question.kind == 3;
        asked.then(|| Say::Bytes([entry(question.id, "", &root), done(question.id)].concat()))
    })
    .await;
    let ran = run_at(&up, &["-Q", "HTTP/mem1"]).await;
    assert_eq!(ran.status, 6, "{ran:?}");
    harmless(&ran);
}
