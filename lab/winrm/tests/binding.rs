//! Channel bindings, with somebody between a real client and a real acceptor.
//!
//! A relay that has a certificate of its own, which the client trusts, gets a ticket that is bound
//! to the wrong channel; a relay without TLS gets one that is bound to none.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use serde_json::Value;
use std::sync::Arc;
use support::certificate::Certificate;
use support::{Realm, realm};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

const PASSWORD: &str = "Training-Trainer-1\n";

/// Takes connections, with TLS or without, and passes their bytes on over TLS.
struct Relay {
    port: u16,
    _runtime: tokio::runtime::Runtime,
}

impl Relay {
    fn start(front: Option<&Certificate>, to: u16, real: &Certificate) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let listener =
            runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("the relay listens");
        let port = listener.local_addr().expect("an address").port();
        let (front, back) = (front.map(acceptor), connector(real));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (front, back) = (front.clone(), back.clone());
                tokio::spawn(async move {
                    match front {
                        Some(front) => {
                            let stream = front.accept(stream).await.expect("a client with TLS");
                            pass_on(stream, to, back).await;
                        }
                        None => pass_on(stream, to, back).await,
                    }
                });
            }
        });
        Self { port, _runtime: runtime }
    }
}

async fn pass_on<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, to: u16, back: TlsConnector) {
    let endpoint = TcpStream::connect(("127.0.0.1", to)).await.expect("the endpoint is there");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut endpoint = back.connect(name, endpoint).await.expect("the endpoint's TLS");
    // An end without TLS's goodbye is no matter here.
    let _ = copy_bidirectional(&mut stream, &mut endpoint).await;
}

fn acceptor(certificate: &Certificate) -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_file(&certificate.certificate).expect("PEM")];
    let key = PrivateKeyDer::from_pem_file(&certificate.key).expect("PEM");
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate and its key");
    TlsAcceptor::from(Arc::new(config))
}

fn connector(certificate: &Certificate) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(&certificate.certificate).expect("PEM");
    roots.add(root).expect("a root");
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What the client reports, and what the endpoint's log says of its ticket.
fn through(realm: &Realm, level: &str, front: Option<&Certificate>) -> (Value, Value) {
    let real = Certificate::new(realm, "real", "localhost");
    let (endpoint, port) = real.endpoint(realm, level);
    let relay = Relay::start(front, port, &real);
    let mut arguments = vec!["--json", "--password-stdin", "-c", "exit 3"];
    if let Some(front) = front {
        arguments.extend(["--use-ssl", "--ca", &front.certificate]);
    }
    let output = realm.client_output(relay.port, &arguments, PASSWORD);
    let report = serde_json::from_slice(&output.stdout).expect("a report");
    (report, endpoint.event("authentication"))
}

fn is_accepted(level: &str, (report, line): &(Value, Value)) {
    assert_eq!(line["result"], "accepted", "{level}: {line:#}");
    assert_eq!(report["command"]["exit_code"], 3, "{level}: {report:#}");
}

fn is_refused(level: &str, (report, line): &(Value, Value), why: &str) {
    assert_eq!(line["result"], "refused", "{level}: {line:#}");
    assert_eq!(line["client"], Value::Null);
    let text = line["acceptor"]["text"].as_str().expect("the acceptor's words");
    assert!(text.contains(why), "{level}: {text}");
    // The ticket itself was good.
    assert_eq!(report["tgs"]["result"], "issued");
    assert_eq!(report["http"]["status"], 401, "{level}: {report:#}");
    assert_eq!(report["command"], Value::Null, "{level}: {report:#}");
}

#[test]
fn a_ticket_for_another_channel_is_refused_unless_bindings_are_ignored() {
    let Some(realm) = realm("a_ticket_for_another_channel") else { return };
    let wrong = Certificate::new(&realm, "wrong", "localhost");
    is_accepted("none", &through(&realm, "none", Some(&wrong)));
    for level in ["relaxed", "strict"] {
        is_refused(level, &through(&realm, level, Some(&wrong)), "channel bindings");
    }
}

#[test]
fn a_ticket_for_no_channel_is_refused_where_one_is_demanded() {
    let Some(realm) = realm("a_ticket_for_no_channel") else { return };
    for level in ["none", "relaxed"] {
        is_accepted(level, &through(&realm, level, None));
    }
    is_refused("strict", &through(&realm, "strict", None), "sent no channel bindings");
}
