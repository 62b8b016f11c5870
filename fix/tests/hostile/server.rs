//! A server that says over TLS what a script tells it, in the raw protocol.

use std::sync::Arc;
use std::time::Duration;

use lber::common::TagClass;
use lber::structures::{ASNTag, Enumerated, Integer, OctetString, Sequence, Set, Tag};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use spnfix::{Bind, DirectoryError, LdapAccess, LdapDirectory, Timeouts, Trust};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub(crate) const NAME: &str = "dc1.contoso.com";
pub(crate) const ROOT: &str = "DC=contoso,DC=com";

/// What to do about a question.
pub(crate) enum Say {
    /// Send these bytes.
    Bytes(Vec<u8>),
    /// Send these bytes and close.
    BytesAndClose(Vec<u8>),
    /// Send these bytes again and again, until the client has enough.
    Endless(Vec<u8>),
}

/// A question: its message id, its operation and its text, in which names can be looked for.
pub(crate) struct Question {
    pub(crate) id: i64,
    pub(crate) kind: u64,
    pub(crate) text: String,
}

/// Starts the server; binds and the questions of connecting are answered as they should be, all
/// further ones by the script.
pub(crate) async fn connect(
    script: impl Fn(&Question) -> Say + Send + Sync + 'static,
) -> Result<LdapDirectory, DirectoryError> {
    connect_to(generate_simple_self_signed(vec![NAME.to_owned()]).unwrap(), script).await
}

/// The same with a certificate of one's own.
pub(crate) async fn connect_to(
    CertifiedKey { cert, signing_key }: CertifiedKey<KeyPair>,
    script: impl Fn(&Question) -> Say + Send + Sync + 'static,
) -> Result<LdapDirectory, DirectoryError> {
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(acceptor, stream, script).await;
    });
    LdapDirectory::connect(access(cert.pem()).at(&address)).await
}

pub(crate) fn access(ca: String) -> LdapAccess {
    let mut timeouts = Timeouts::default();
    timeouts.operation = Duration::from_millis(500);
    timeouts.page = Duration::from_millis(500);
    let bind = Bind::simple("admin@contoso.com", "x");
    LdapAccess::ldaps(NAME, Trust::Ca(ca), bind).with_timeouts(timeouts)
}

/// Ends when the client does, which is what an error here means.
async fn serve(acceptor: TlsAcceptor, stream: TcpStream, script: impl Fn(&Question) -> Say) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut buffer = Vec::new();
    loop {
        while let Ok((rest, tag)) = lber::Parser::new().parse(&buffer) {
            let used = buffer.len() - rest.len();
            let text = String::from_utf8_lossy(&buffer[..used]).into_owned();
            let mut parts = tag.expect_constructed().unwrap().into_iter();
            let id = parts.next().unwrap().expect_primitive().unwrap();
            let id = id.iter().fold(0, |sum, digit| sum << 8 | i64::from(*digit));
            let question = Question { id, kind: parts.next().unwrap().id, text };
            buffer.drain(..used);
            let (bytes, close) =
                match polite(&question).map_or_else(|| script(&question), Say::Bytes) {
                    Say::Bytes(bytes) => (bytes, false),
                    Say::BytesAndClose(bytes) => (bytes, true),
                    Say::Endless(bytes) => loop {
                        if stream.write_all(&bytes).await.is_err() {
                            return;
                        }
                    },
                };
            if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                return;
            }
            if close {
                let _ = stream.shutdown().await;
                return;
            }
        }
        if !matches!(stream.read_buf(&mut buffer).await, Ok(1..)) {
            return;
        }
    }
}

fn polite(question: &Question) -> Option<Vec<u8>> {
    match question.kind {
        0 => Some(result(question.id, 1, 0, "")),
        3 if question.text.contains("defaultNamingContext") => {
            let root = [
                ("defaultNamingContext", vec![ROOT.into()]),
                ("rootDomainNamingContext", vec![ROOT.into()]),
                ("configurationNamingContext", vec![format!("CN=Configuration,{ROOT}").into()]),
            ];
            Some([entry(question.id, "", &root), done(question.id)].concat())
        }
        3 if question.text.contains("nETBIOSName") => {
            let dn = format!("CN=CONTOSO,CN=Partitions,CN=Configuration,{ROOT}");
            let values = [("nETBIOSName", vec![b"CONTOSO".to_vec()])];
            Some([entry(question.id, &dn, &values), done(question.id)].concat())
        }
        _ => None,
    }
}

fn octets(bytes: &[u8]) -> Tag {
    Tag::OctetString(OctetString { inner: bytes.to_vec(), ..OctetString::default() })
}

pub(crate) fn message(id: i64, kind: u64, parts: Vec<Tag>) -> Vec<u8> {
    let operation = Sequence { id: kind, class: TagClass::Application, inner: parts };
    bytes_of(vec![integer(id), Tag::Sequence(operation)])
}

fn integer(number: i64) -> Tag {
    Tag::Integer(Integer { inner: number, ..Integer::default() })
}

fn bytes_of(parts: Vec<Tag>) -> Vec<u8> {
    let message = Tag::Sequence(Sequence { inner: parts, ..Sequence::default() });
    let mut out = bytes::BytesMut::new();
    lber::write::encode_into(&mut out, message.into_structure()).unwrap();
    out.to_vec()
}

pub(crate) fn result(id: i64, kind: u64, code: i64, text: &str) -> Vec<u8> {
    let code = Tag::Enumerated(Enumerated { inner: code, ..Enumerated::default() });
    message(id, kind, vec![code, octets(b""), octets(text.as_bytes())])
}

/// The end of a search without further pages.
pub(crate) fn done(id: i64) -> Vec<u8> {
    result(id, 5, 0, "")
}

/// The end of a page that is not the last (RFC 2696).
pub(crate) fn more(id: i64) -> Vec<u8> {
    const PAGED_RESULTS: &[u8] = b"1.2.840.113556.1.4.319";
    let done = Tag::Sequence(Sequence {
        id: 5,
        class: TagClass::Application,
        inner: vec![
            Tag::Enumerated(Enumerated { inner: 0, ..Enumerated::default() }),
            octets(b""),
            octets(b""),
        ],
    });
    // SEQUENCE { size 0, cookie "x" }
    let control = Tag::Sequence(Sequence {
        inner: vec![octets(PAGED_RESULTS), octets(b"\x30\x06\x02\x01\x00\x04\x01x")],
        ..Sequence::default()
    });
    let controls =
        Tag::Sequence(Sequence { id: 0, class: TagClass::Context, inner: vec![control] });
    bytes_of(vec![integer(id), done, controls])
}

pub(crate) fn entry(id: i64, dn: &str, attributes: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
    let attributes = attributes.iter().map(|(name, values)| {
        let values = values.iter().map(|value| octets(value)).collect();
        let set = Tag::Set(Set { inner: values, ..Set::default() });
        Tag::Sequence(Sequence { inner: vec![octets(name.as_bytes()), set], ..Sequence::default() })
    });
    let list = Tag::Sequence(Sequence { inner: attributes.collect(), ..Sequence::default() });
    message(id, 4, vec![octets(dn.as_bytes()), list])
}

/// A reference to another server.
pub(crate) fn reference(id: i64) -> Vec<u8> {
    message(id, 19, vec![octets(b"ldap://other.contoso.com/DC=other")])
}
