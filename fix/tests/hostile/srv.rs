//! DNS that lies about domain controllers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, OpCode};
use hickory_resolver::proto::rr::rdata::SRV;
use hickory_resolver::proto::rr::{Name, RData, Record};
use spnfix::{Bind, DirectoryError, Discovery, LdapAccess, Trust};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::server::{NAME, Up, access, after_polite, start};

/// RFC 1035 section 4.2.1
const LONGEST_UDP: usize = 512;

fn name(text: &str) -> Name {
    Name::from_utf8(text).unwrap()
}

/// A name of labels that may be any bytes.
fn labels(labels: &[&[u8]]) -> Name {
    Name::from_labels(labels.iter().copied()).unwrap()
}

/// TCP and UDP on one port.
async fn ports() -> (TcpListener, UdpSocket, SocketAddr) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        if let Ok(socket) = UdpSocket::bind(address).await {
            return (listener, socket, address);
        }
    }
}

/// A name server that answers every question with these targets: by UDP, or if that is too small,
/// by TCP, whose pieces come after such a pause.
async fn name_server(targets: Vec<Name>) -> SocketAddr {
    slow_name_server(targets, Duration::ZERO).await
}

async fn slow_name_server(targets: Vec<Name>, pause: Duration) -> SocketAddr {
    let (listener, socket, address) = ports().await;
    let targets = Arc::new(targets);
    let of_tcp = Arc::clone(&targets);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let length = stream.read_u16().await.unwrap();
            let mut asked = vec![0; usize::from(length)];
            stream.read_exact(&mut asked).await.unwrap();
            let answer = answer(&Message::from_vec(&asked).unwrap(), &of_tcp).to_vec().unwrap();
            stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
            if pause.is_zero() {
                stream.write_all(&answer).await.unwrap();
                continue;
            }
            for byte in answer {
                tokio::time::sleep(pause).await;
                if stream.write_all(&[byte]).await.is_err() {
                    break;
                }
            }
        }
    });
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let asked = Message::from_vec(&buffer[..length]).unwrap();
            let answer = answer(&asked, &targets);
            let mut bytes = answer.to_vec().unwrap();
            if bytes.len() > LONGEST_UDP {
                bytes = answer.truncate().to_vec().unwrap();
            }
            socket.send_to(&bytes, from).await.unwrap();
        }
    });
    address
}

fn answer(asked: &Message, targets: &[Name]) -> Message {
    let mut answer = Message::new(asked.id, MessageType::Response, OpCode::Query);
    answer.add_queries(asked.queries.clone());
    let question = asked.queries[0].name().clone();
    for target in targets {
        let srv = SRV::new(0, 100, 22, target.clone());
        answer.add_answer(Record::from_rdata(question.clone(), 60, RData::SRV(srv)));
    }
    answer
}

async fn found(targets: Vec<Name>) -> Result<Vec<String>, DirectoryError> {
    let server = name_server(targets).await;
    Discovery::of("contoso.com").asking(server).domain_controllers().await
}

/// What would become part of an address, of a principal or of a line on a terminal.
#[tokio::test]
async fn names_that_are_no_host_names_are_not_taken() {
    let bad = [
        labels(&[b"dc1\x1b[2J", b"contoso", b"com"]),
        labels(&[b"dc1", b"contoso", b"com:1234"]),
        labels(&[b"dc1", b"contoso", b"com@EVIL", b"COM"]),
        labels(&[b"host/dc1", b"contoso", b"com"]),
        labels(&[b"dc1 ", b"contoso", b"com"]),
        labels(&[b"\xff\xfe", b"contoso", b"com"]),
        labels(&[b"dc1\0", b"contoso", b"com"]),
        labels(&[b"a.b", b"contoso", b"com"]),
        Name::root(),
    ];
    for target in &bad {
        let error = found(vec![target.clone()]).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-NO-DC", "{target:?}: {error}");
    }
    let mut targets = bad.to_vec();
    targets.push(name("dc1.contoso.com."));
    assert_eq!(found(targets).await.unwrap(), ["dc1.contoso.com"]);
}

#[tokio::test]
async fn a_name_many_times_is_one_host() {
    let targets = vec![name("dc1.contoso.com."); 20];
    assert_eq!(found(targets).await.unwrap(), ["dc1.contoso.com"]);
}

/// Connects to what such a name server names, at this address.
async fn discover(targets: Vec<Name>, up: &Up) -> Result<usize, DirectoryError> {
    let server = name_server(targets).await;
    let tried = AtomicUsize::new(0);
    let discovery = Discovery::of("contoso.com").asking(server);
    let connected = discovery.connect(|_| {
        tried.fetch_add(1, SeqCst);
        access(up.ca.clone()).at(&up.address)
    });
    connected.await.map(|_| tried.load(SeqCst))
}

#[tokio::test]
async fn of_a_thousand_hosts_a_few_are_tried() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let targets: Vec<Name> = (0..1000).map(|at| name(&format!("dc{at}."))).collect();
    assert_eq!(found(targets.clone()).await.unwrap().len(), 1000);
    let up = Up { address: nobody.to_string(), ca: start(|_| None).await.ca };
    let error = discover(targets, &up).await.unwrap_err();
    let DirectoryError::NoneUsable { failures, .. } = &error else { panic!("{error}") };
    assert_eq!(failures.len(), 16);
}

/// The domain controller is one, and of another domain.
#[tokio::test]
async fn a_server_of_another_domain_is_not_used() {
    let up = start(|_| None).await;
    let tried = discover(vec![name("dc1.contoso.com.")], &up).await.unwrap();
    assert_eq!(tried, 1);

    let server = name_server(vec![name("dc1.contoso.com.")]).await;
    let discovery = Discovery::of("fabrikam.com").asking(server);
    let error = discovery.connect(|_| access(up.ca.clone()).at(&up.address)).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-NO-USABLE-DC", "{error}");
    assert!(error.to_string().contains("it serves the domain contoso.com"), "{error}");
}

/// Anybody gets a certificate for a name of their own. So no password goes there.
#[tokio::test]
async fn a_host_outside_of_the_domain_gets_no_password() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let came = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&came);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, SeqCst);
            drop(stream);
        }
    });
    for (host, tried) in [
        ("dc1.evil.com.", 0),
        ("evilcontoso.com.", 0),
        ("contoso.com.evil.com.", 0),
        ("dc1.contoso.com.", 1),
        ("DC1.Site.CONTOSO.com.", 1),
    ] {
        let server = name_server(vec![name(host)]).await;
        let discovery = Discovery::of("contoso.com").asking(server);
        for protection in [LdapAccess::ldaps, LdapAccess::start_tls] {
            came.store(0, SeqCst);
            let connect = discovery.connect(|host| {
                protection(host, Trust::System, Bind::simple("a@b", "geheim")).at(&address)
            });
            let error = connect.await.unwrap_err();
            assert_eq!(error.code(), "SPNFIX-NO-USABLE-DC", "{error}");
            assert_eq!(error.to_string().contains("outside of contoso.com"), tried == 0, "{error}");
            assert_eq!(came.load(SeqCst), tried, "{host}: {error}");
        }
    }
    // A given authority vouches for its hosts, whatever they are called.
    let up = start(after_polite(|_| super::server::Say::Bytes(Vec::new()))).await;
    discover(vec![name("dc1.elsewhere.com.")], &up).await.unwrap();
    assert_eq!(NAME, "dc1.contoso.com");
}

#[tokio::test]
async fn an_answer_that_trickles_ends() {
    let targets: Vec<Name> = (0..1000).map(|at| name(&format!("dc{at}."))).collect();
    let server = slow_name_server(targets, Duration::from_millis(50)).await;
    let discovery = Discovery::of("contoso.com").asking(server);
    let error = discovery.domain_controllers().await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-NO-DC", "{error}");
}

/// A name server that never answers, and one that answers what is no DNS.
#[tokio::test]
async fn silence_and_garbage_end() {
    for garbage in [None, Some(&b"\xff\x00garbage"[..])] {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
                if let Some(garbage) = garbage {
                    socket.send_to(garbage, from).await.unwrap();
                }
            }
        });
        let discovery = Discovery::of("contoso.com").asking(address);
        let error = discovery.domain_controllers().await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-NO-DC", "{error}");
    }
}
