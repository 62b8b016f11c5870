//! Sealed messages that no client here writes: UTF-16 ones, replayed and damaged ones.

mod support;

use support::sealed::{Client, Ticket};
use support::{Realm, realm};
use winrm::soap::{self, Charset};

const IDENTIFY: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>"#;

fn trainer(realm: &Realm) -> Ticket {
    Ticket::of(realm, "trainer", "Training-Trainer-1\n")
}

#[test]
fn sealed_utf16_is_answered_in_sealed_utf16() {
    let Some(realm) = realm("sealed_utf16") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&endpoint, &trainer(&realm));
    for charset in [Charset::Utf16, Charset::Utf8, Charset::Utf16] {
        let sealed = client.seal(charset.content_type(), &charset.encode(IDENTIFY));
        let answer = client.send(&sealed);
        assert!(answer.status.starts_with("HTTP/1.1 200"), "{}", answer.status);
        let (text, kind) = client.open(&answer);
        assert!(text.contains("IdentifyResponse"), "{text}");
        assert_eq!(kind, charset.content_type());
    }
    // Half a character: the message is opened, and cannot be read.
    let sealed = client.seal(Charset::Utf16.content_type(), &Charset::Utf16.encode(IDENTIFY)[..99]);
    assert!(client.send(&sealed).status.starts_with("HTTP/1.1 400"));
}

#[test]
fn a_sealed_message_counts_once_and_as_it_was_sealed() {
    let Some(realm) = realm("a_sealed_message_counts_once") else { return };
    let endpoint = realm.endpoint(&[]);
    let refused = |spoil: &dyn Fn(&mut Client, Vec<u8>) -> Vec<u8>| {
        let mut client = Client::connect(&endpoint, &trainer(&realm));
        let sealed = client.seal(soap::CONTENT_TYPE, IDENTIFY.as_bytes());
        let spoilt = spoil(&mut client, sealed);
        let answer = client.send(&spoilt);
        assert!(answer.status.starts_with("HTTP/1.1 400"), "{}", answer.status);
        endpoint.event("error")["text"].as_str().unwrap().to_owned()
    };
    let replayed = refused(&|client, sealed| {
        assert!(client.send(&sealed).status.starts_with("HTTP/1.1 200"));
        sealed
    });
    assert_eq!(replayed, "the sealed message is out of sequence");
    let early = refused(&|client, _| client.seal(soap::CONTENT_TYPE, IDENTIFY.as_bytes()));
    assert_eq!(early, "the sealed message is out of sequence");
    let changed = refused(&|_, mut sealed| {
        let at = sealed.len() - 40;
        sealed[at] ^= 1;
        sealed
    });
    assert!(changed.starts_with("GSSAPI refuses the message"), "{changed}");
}
