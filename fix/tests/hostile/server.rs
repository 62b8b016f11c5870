//! A server that says over TLS what a script tells it, in the raw protocol.

use std::sync::Arc;
use std::time::Duration;

use lber::common::TagClass;
use lber::structures::{ASNTag, Enumerated, Integer, OctetString, Sequence, Set, Tag};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use spnfix::{Bind, DirectoryError, LdapAccess, LdapDirectory, Timeouts, Trust};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
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
    /// Send these one by one, each after a pause.
    Trickle(Vec<Vec<u8>>),
}

/// Byte by byte.
pub(crate) fn trickled(bytes: &[u8]) -> Say {
    Say::Trickle(bytes.chunks(1).map(<[u8]>::to_vec).collect())
}

/// Before each piece that trickles: a tenth of the client's patience, so that none of them is late.
const PAUSE: Duration = Duration::from_millis(50);
/// The client's patience for a question and for a page.
pub(crate) const PATIENCE: Duration = Duration::from_millis(500);

/// A question: its message id, its operation, its bytes and its text, in which names can be looked
/// for.
pub(crate) struct Question {
    pub(crate) id: i64,
    pub(crate) kind: u64,
    #[allow(dead_code, reason = "only the tests of Kerberos look at them")]
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: String,
}

/// A server that is up.
pub(crate) struct Up {
    pub(crate) address: String,
    /// The certificate authority to trust, in PEM.
    pub(crate) ca: String,
}

/// Starts a server and connects; binds and the questions of connecting are answered as they should
/// be, all further ones by the script.
pub(crate) async fn connect(
    script: impl Fn(&Question) -> Say + Send + Sync + 'static,
) -> Result<LdapDirectory, DirectoryError> {
    let up = start(after_polite(script)).await;
    LdapDirectory::connect(access(up.ca).at(&up.address)).await
}

/// The same with a certificate of one's own.
pub(crate) async fn connect_to(
    certificate: CertifiedKey<KeyPair>,
    script: impl Fn(&Question) -> Say + Send + Sync + 'static,
) -> Result<LdapDirectory, DirectoryError> {
    let ca = certificate.cert.pem();
    let address = serve_tls(certificate, after_polite(script)).await;
    LdapDirectory::connect(access(ca).at(&address)).await
}

/// A script that is asked only where there is no polite answer.
pub(crate) fn after_polite(
    script: impl Fn(&Question) -> Say + Send + Sync + 'static,
) -> impl Fn(&Question) -> Option<Say> + Send + Sync + 'static {
    move |question| polite(question).is_none().then(|| script(question))
}

/// Starts a server whose script is asked about everything; where it has nothing to say, the answer
/// is the polite one, if there is any.
pub(crate) async fn start(script: impl Fn(&Question) -> Option<Say> + Send + Sync + 'static) -> Up {
    let certificate = generate_simple_self_signed(vec![NAME.to_owned()]).unwrap();
    let ca = certificate.cert.pem();
    Up { address: serve_tls(certificate, script).await, ca }
}

/// Serves over TLS with this certificate; where.
pub(crate) async fn serve_tls(
    CertifiedKey { cert, signing_key }: CertifiedKey<KeyPair>,
    script: impl Fn(&Question) -> Option<Say> + Send + Sync + 'static,
) -> String {
    serve_chain(vec![cert.der().clone()], &signing_key, script).await
}

/// The same with the certificates of those who issued it.
pub(crate) async fn serve_chain(
    chain: Vec<CertificateDer<'static>>,
    signing_key: &KeyPair,
    script: impl Fn(&Question) -> Option<Say> + Send + Sync + 'static,
) -> String {
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let (listener, script) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Arc::new(script));
    let address = listener.local_addr().unwrap().to_string();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                serve(stream, script.as_ref()).await;
            });
        }
    });
    address
}

/// Serves without TLS; where.
pub(crate) async fn serve_plain(
    script: impl Fn(&Question) -> Option<Say> + Send + Sync + 'static,
) -> String {
    let (listener, script) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Arc::new(script));
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let script = Arc::clone(&script);
            tokio::spawn(async move { serve(stream, script.as_ref()).await });
        }
    });
    address
}

pub(crate) fn access(ca: String) -> LdapAccess {
    let mut timeouts = Timeouts::default();
    (timeouts.operation, timeouts.page) = (PATIENCE, PATIENCE);
    let bind = Bind::simple("admin@contoso.com", "x");
    LdapAccess::ldaps(NAME, Trust::Ca(ca), bind).with_timeouts(timeouts)
}

/// Ends when the client does, which is what an error here means.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    script: &(impl Fn(&Question) -> Option<Say> + Sync),
) {
    let mut buffer = Vec::new();
    loop {
        while let Ok((rest, tag)) = lber::Parser::new().parse(&buffer) {
            let used = buffer.len() - rest.len();
            let bytes = buffer[..used].to_vec();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let mut parts = tag.expect_constructed().unwrap().into_iter();
            let id = parts.next().unwrap().expect_primitive().unwrap();
            let id = id.iter().fold(0, |sum, digit| sum << 8 | i64::from(*digit));
            let question = Question { id, kind: parts.next().unwrap().id, bytes, text };
            buffer.drain(..used);
            let polite = || polite(&question).map(Say::Bytes);
            let Some(say) = script(&question).or_else(polite) else { return };
            if !say.to(&mut stream).await {
                return;
            }
        }
        if !matches!(stream.read_buf(&mut buffer).await, Ok(1..)) {
            return;
        }
    }
}

impl Say {
    /// Says it; whether the connection goes on.
    async fn to(self, stream: &mut (impl AsyncWrite + Unpin)) -> bool {
        match self {
            Self::Bytes(bytes) => sent(stream, &bytes).await,
            Self::BytesAndClose(bytes) => {
                sent(stream, &bytes).await;
                let _ = stream.shutdown().await;
                false
            }
            Self::Endless(bytes) => {
                while sent(stream, &bytes).await {}
                false
            }
            Self::Trickle(pieces) => {
                for piece in pieces {
                    tokio::time::sleep(PAUSE).await;
                    if !sent(stream, &piece).await {
                        return false;
                    }
                }
                true
            }
        }
    }
}

async fn sent(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
    stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok()
}

fn polite(question: &Question) -> Option<Vec<u8>> {
    match question.kind {
        0 => Some(result(question.id, 1, 0, "")),
        3 if question.text.contains("defaultNamingContext") => {
            Some([entry(question.id, "", &root_dse()), done(question.id)].concat())
        }
        3 if question.text.contains("nETBIOSName") => {
            let dn = format!("CN=CONTOSO,CN=Partitions,CN=Configuration,{ROOT}");
            let values = [("nETBIOSName", vec![b"CONTOSO".to_vec()])];
            Some([entry(question.id, &dn, &values), done(question.id)].concat())
        }
        _ => None,
    }
}

/// The root DSE of a domain controller.
pub(crate) fn root_dse() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    vec![
        ("defaultNamingContext", vec![ROOT.into()]),
        ("rootDomainNamingContext", vec![ROOT.into()]),
        ("configurationNamingContext", vec![format!("CN=Configuration,{ROOT}").into()]),
    ]
}

pub(crate) fn octets(bytes: &[u8]) -> Tag {
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

/// A refusal that names another server (RFC 4511 section 4.1.10).
pub(crate) fn referral(id: i64, kind: u64, url: &str) -> Vec<u8> {
    let code = Tag::Enumerated(Enumerated { inner: 10, ..Enumerated::default() });
    let urls = Tag::Sequence(Sequence {
        id: 3,
        class: TagClass::Context,
        inner: vec![octets(url.as_bytes())],
    });
    let text = b"0000202B: RefErr: DSID-0310";
    message(id, kind, vec![code, octets(b""), octets(text), urls])
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
