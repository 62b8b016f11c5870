//! A new `Authorization` on a connection that has a context: the context is replaced, and shells
//! stay with their principals.

mod support;

use support::message::{SHELL_BODY, envelope, shell_id};
use support::realm;
use support::sealed::{Client, Ticket};
use winrm::soap::ns;

const UNKNOWN_SHELL: &str = r#"Code="2150858843""#;

#[test]
fn another_principal_takes_the_connection_and_not_the_shells() {
    let Some(realm) = realm("another_principal_takes_the_connection") else { return };
    let endpoint = realm.endpoint(&["--allow", "visitor"]);
    let trainer = Ticket::of(&realm, "trainer", "Training-Trainer-1\n");
    let visitor = Ticket::of(&realm, "visitor", "Training-Visitor-1\n");
    let mut client = Client::connect(&endpoint, &trainer);
    let mine = client.shell("Create", "", SHELL_BODY);
    assert!(mine.contains("<rsp:Owner>CONTOSO.COM\\trainer<"), "{mine}");
    let mine = shell_id(&mine);
    let command = client.start(&mine, "read line; echo got $line");

    let old = client.authenticate(&visitor);
    for action in ["Get", "Delete"] {
        let (status, text) = client.ask(&envelope(ns::TRANSFER, action, ns::CMD, &mine, ""));
        assert!(status.starts_with("HTTP/1.1 500"), "{action}: {status}");
        assert!(text.contains(UNKNOWN_SHELL), "{action}: {text}");
    }
    let theirs = client.shell("Create", "", SHELL_BODY);
    assert!(theirs.contains("<rsp:Owner>CONTOSO.COM\\visitor<"), "{theirs}");
    let theirs = shell_id(&theirs);

    // The same principal with a new context: the shell and its command are still there.
    client.authenticate(&trainer);
    let (_, text) = client.ask(&envelope(ns::TRANSFER, "Get", ns::CMD, &theirs, ""));
    assert!(text.contains(UNKNOWN_SHELL), "{text}");
    let input = format!(
        r#"<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}">aGkK</rsp:Stream></rsp:Send>"#
    );
    client.shell("Send", &mine, &input);
    assert_eq!(client.receive_all(&mine, &command), (b"got hi\n".to_vec(), "0".to_owned()));

    // The first context is gone for good.
    client.context = old;
    let sealed = client.seal(winrm::soap::CONTENT_TYPE, b"<x/>");
    assert!(client.send(&sealed).status.starts_with("HTTP/1.1 400"));
}

#[test]
fn a_ticket_that_is_refused_ends_the_context_before_it() {
    let Some(realm) = realm("a_ticket_that_is_refused_ends_the_context") else { return };
    let endpoint = realm.endpoint(&[]);
    let trainer = Ticket::of(&realm, "trainer", "Training-Trainer-1\n");
    let misplaced = Ticket::for_class(&realm, "trainer", "Training-Trainer-1\n", "MISPLACED");
    let mut client = Client::connect(&endpoint, &trainer);
    let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
    let (refused, _) = client.present(&misplaced);
    assert!(refused.status.starts_with("HTTP/1.1 401"), "{}", refused.status);
    // Neither the new ticket nor the old one counts.
    let get = envelope(ns::TRANSFER, "Get", ns::CMD, &shell, "");
    let sealed = client.seal(winrm::soap::CONTENT_TYPE, get.as_bytes());
    let answer = client.send(&sealed);
    assert!(answer.status.starts_with("HTTP/1.1 401"), "{}", answer.status);
    client.authenticate(&trainer);
    client.shell("Get", &shell, "");
    client.shell("Delete", &shell, "");
}
