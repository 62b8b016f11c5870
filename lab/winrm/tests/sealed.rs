//! Sealed messages that no client here writes: UTF-16 ones, replayed and damaged ones.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use support::{Endpoint, Realm, WAIT, realm, with_input};
use winrm::gss::{Context, Credential, Mech, Name, Step};
use winrm::multipart::Label;
use winrm::seal::{self, Sequence};
use winrm::soap::{self, Charset};

const IDENTIFY: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>"#;

/// An authenticated connection.
struct Client {
    stream: TcpStream,
    context: Context,
}

struct Answer {
    status: String,
    head: String,
    body: Vec<u8>,
}

impl Client {
    /// The ticket is in the cache: nothing here asks a KDC or reads a configuration.
    fn connect(realm: &Realm, endpoint: &Endpoint) -> Self {
        let kinit = with_input(realm.program("kinit").arg("trainer"), "Training-Trainer-1\n");
        assert!(kinit.status.success(), "{kinit:?}");
        let kvno = with_input(realm.program("kvno").arg("HTTP/localhost"), "");
        assert!(kvno.status.success(), "{kvno:?}");
        let cache = format!("FILE:{}", realm.path("default.ccache").display());
        let credential = Credential::from_cache(None, Some(&cache)).unwrap();
        let target = Name::principal("HTTP/localhost@CONTOSO.COM").unwrap();
        let stream = TcpStream::connect(("127.0.0.1", endpoint.port)).unwrap();
        stream.set_read_timeout(Some(WAIT)).unwrap();
        let mut client = Self { stream, context: Context::default() };
        let Step::Continue(token) =
            client.context.initiate(&credential, &target, Mech::Spnego, None)
        else {
            panic!("no token")
        };
        let header = format!("Authorization: Negotiate {}\r\n", BASE64_STANDARD.encode(token));
        let answer = client.post(&header, b"");
        assert!(answer.status.starts_with("HTTP/1.1 200"), "{}", answer.status);
        let reply = answer.head.split_once("Www-Authenticate: Negotiate ").unwrap().1;
        let reply = BASE64_STANDARD.decode(reply.lines().next().unwrap()).unwrap();
        let step = client.context.initiate(&credential, &target, Mech::Spnego, Some(&reply));
        assert!(matches!(step, Step::Complete(_)), "{step:?}");
        client
    }

    fn post(&mut self, header: &str, body: &[u8]) -> Answer {
        let length = body.len();
        let head = format!(
            "POST /wsman HTTP/1.1\r\nHost: localhost\r\n{header}Content-Length: {length}\r\n\r\n"
        );
        self.stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.to_ascii_lowercase();
        let length = length.split_once("content-length: ").expect("a length").1;
        let mut body = vec![0; length.lines().next().unwrap().parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        Answer { status: head.lines().next().unwrap().to_owned(), head, body }
    }

    fn seal(&mut self, kind: &str, text: &[u8]) -> Vec<u8> {
        seal::seal(&mut self.context, Label::Spnego, kind, text).unwrap()
    }

    fn send(&mut self, sealed: &[u8]) -> Answer {
        let header = format!("Content-Type: {}\r\n", Label::Spnego.content_type());
        self.post(&header, sealed)
    }

    /// What the answer says, and its media type.
    fn open(&mut self, answer: &Answer) -> (String, String) {
        let opened = seal::open(&mut self.context, &answer.body, Sequence::Strict).unwrap();
        (soap::decode_text(&opened.text, &opened.kind).unwrap(), opened.kind)
    }
}

#[test]
fn sealed_utf16_is_answered_in_sealed_utf16() {
    let Some(realm) = realm("sealed_utf16") else { return };
    let endpoint = realm.endpoint(&[]);
    let mut client = Client::connect(&realm, &endpoint);
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
        let mut client = Client::connect(&realm, &endpoint);
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
