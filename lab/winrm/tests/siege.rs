//! Strangers who want to stall the endpoint, to fill its log, or to be read by it at length.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use nix::fcntl::{FcntlArg, fcntl};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::process::{ChildStdout, Stdio};
use support::certificate::Certificate;
use support::message::{SHELL_BODY, envelope};
use support::sealed::{Client, Ticket};
use support::{Endpoint, Realm, Running, WAIT, realm};
use winrm::gss::{Context, Credential, Mech, Name, Step};
use winrm::soap::ns;

/// More than there are places.
const CROWD: usize = 300;
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const PASSWORD: &str = "Training-Trainer-1\n";

/// A connection from an address of this host.
fn connection(from: IpAddr, port: u16) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    stream
}

/// Connections that say so much, and then nothing more.
fn crowd(from: IpAddr, port: u16, said: &[u8]) -> Vec<TcpStream> {
    let one = |_| {
        let mut stream = connection(from, port);
        // The endpoint may have sent it away already.
        let _ = stream.write_all(said);
        stream
    };
    (0..CROWD).map(one).collect()
}

fn has_ended(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

fn logs_in(realm: &Realm, port: u16, more: &[&str]) {
    let arguments = [&["--json", "--password-stdin", "-c", "echo here"], more].concat();
    let output = realm.client_output(port, &arguments, PASSWORD);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["command"]["stdout"], "here\n", "{report:#}");
}

#[test]
fn a_crowd_stalls_nobody() {
    let Some(realm) = realm("a_crowd_stalls_nobody") else { return };
    let certificate = Certificate::new(&realm, "own", "localhost");
    let (endpoint, sealed) = certificate.endpoint(&realm, "relaxed");
    let trainer = Ticket::of(&realm, "trainer", PASSWORD);
    let mut before = Client::connect(&endpoint, &trainer);
    let hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
    let body = b"POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n<";
    for from in [ELSEWHERE, HERE] {
        for (port, said) in [
            (endpoint.port, &b""[..]),
            (endpoint.port, b"POST /wsman HT"),
            (endpoint.port, body),
            (sealed, b""),
            (sealed, &hello),
        ] {
            let mut crowd = crowd(from, port, said);
            logs_in(&realm, endpoint.port, &[]);
            logs_in(&realm, sealed, &["--use-ssl", "--ca", &certificate.certificate]);
            // The first of the crowd had to make room.
            assert!(has_ended(&mut crowd[0]), "{from} {port}");
        }
    }
    // Who had authenticated before is still there.
    before.shell("Create", "", SHELL_BODY);
}

#[test]
fn a_crowd_that_has_authenticated_stalls_nobody_else() {
    let Some(realm) = realm("a_crowd_that_has_authenticated") else { return };
    let endpoint = realm.endpoint(&[]);
    let visitor = Ticket::of(&realm, "visitor", "Training-Visitor-1\n");
    let _crowd: Vec<_> = (0..CROWD).map(|_| Client::connect(&endpoint, &visitor)).collect();
    logs_in(&realm, endpoint.port, &[]);
}

#[test]
fn who_may_not_is_not_read_at_length() {
    let Some(realm) = realm("who_may_not_is_not_read_at_length") else { return };
    let endpoint = realm.endpoint(&[]);
    let asked = |user: &str, password: &str, text: &str| {
        let mut client = Client::connect(&endpoint, &Ticket::of(&realm, user, password));
        client.ask(text).1
    };
    let visitor = |text: &str| asked("visitor", "Training-Visitor-1\n", text);
    // It is no XML, which only somebody who reads it sees.
    let long = "<".repeat(20_000);
    assert!(asked("trainer", PASSWORD, &long).contains(r#"Code="2150858819""#));
    assert!(visitor(&long).contains(r#"Code="5""#));
    assert!(visitor("<x/>").contains(r#"Code="5""#));
    assert!(
        visitor(&envelope(ns::TRANSFER, "Create", ns::CMD, "", SHELL_BODY)).contains(r#"Code="5""#)
    );
    let identify = format!(
        r#"<s:Envelope xmlns:s="{}"><s:Body><i:Identify xmlns:i="{}"/></s:Body></s:Envelope>"#,
        ns::SOAP,
        ns::IDENTITY
    );
    assert!(visitor(&identify).contains("IdentifyResponse"));
}

/// Sends the same request many times, and counts the answers.
fn flood(stream: &TcpStream, request: &str, count: usize) {
    let mut writer = stream.try_clone().unwrap();
    let requests = request.repeat(count);
    let sender = std::thread::spawn(move || writer.write_all(requests.as_bytes()));
    let answers = BufReader::new(stream).lines().map(|line| line.unwrap());
    assert_eq!(answers.filter(|line| line.starts_with("HTTP/1.1 401 ")).take(count).count(), count);
    sender.join().unwrap().unwrap();
}

fn with_token(token: &[u8]) -> String {
    let token = BASE64_STANDARD.encode(token);
    format!(
        "POST /wsman HTTP/1.1\r\nHost: x\r\nAuthorization: Kerberos {token}\r\nContent-Length: 0\r\n\r\n"
    )
}

#[test]
fn refusals_of_one_peer_are_summed_up() {
    const COUNT: usize = 3000;
    let Some(realm) = realm("refusals_of_one_peer_are_summed_up") else { return };
    let endpoint = realm.endpoint(&[]);
    let stream = connection(ELSEWHERE, endpoint.port);
    flood(&stream, &with_token(b"no token"), COUNT);
    // Somebody else's refusal, and a success, have their lines.
    let other = connection(HERE, endpoint.port);
    flood(&other, &with_token(b"no token"), 1);
    logs_in(&realm, endpoint.port, &[]);
    let lines = endpoint.stop();
    let (mut refused, mut summed, mut accepted, mut others) = (0, 0, 0, 0);
    let other = other.local_addr().unwrap().to_string();
    for line in &lines {
        match (line["event"].as_str().unwrap(), line["result"].as_str()) {
            ("authentication", Some("accepted")) => accepted += 1,
            ("authentication", _) if line["peer"] == other.as_str() => others += 1,
            ("authentication", _) => refused += 1,
            ("refusals", _) => {
                assert_eq!(line["peer"], "127.0.0.2");
                summed += line["more"].as_u64().unwrap();
            }
            _ => {}
        }
    }
    assert_eq!((others, accepted), (1, 1));
    assert_eq!(refused + usize::try_from(summed).unwrap(), COUNT);
    assert!((100..COUNT / 2).contains(&refused), "{refused} lines");
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x83], &length[1..], &content].concat()
}

/// An AP-REQ whose ticket names this service. Nobody has encrypted anything.
fn ap_req(sname: &str) -> Vec<u8> {
    let name = der(
        0x30,
        &[&der(0xa0, &[]), &der(0xa1, &[&der(0x30, &[&der(0x1b, &[sname.as_bytes()])])])],
    );
    let encrypted = der(0x30, &[&der(0xa0, &[&[2, 1, 18]]), &der(0xa2, &[])]);
    let realm = der(0xa1, &[&der(0x1b, &[b"CONTOSO.COM"])]);
    let fields =
        der(0x30, &[&der(0xa0, &[]), &realm, &der(0xa2, &[&name]), &der(0xa3, &[&encrypted])]);
    let ticket = der(0xa3, &[&der(0x61, &[&fields])]);
    let before: Vec<_> = [0xa0, 0xa1, 0xa2].iter().flat_map(|tag| der(*tag, &[])).collect();
    let message = der(0x6e, &[&der(0x30, &[&before, &ticket, &der(0xa4, &[])])]);
    let krb5 = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
    der(0x60, &[&krb5, &[1, 0], &message])
}

#[test]
fn what_strangers_write_into_the_log_is_short() {
    let Some(realm) = realm("what_strangers_write_into_the_log") else { return };
    let endpoint = realm.endpoint(&[]);
    for (sname, shown) in [
        ("HTTP".to_owned(), "HTTP".to_owned()),
        ("é".repeat(30_000), format!("{}… (60000 bytes)", "é".repeat(256))),
    ] {
        flood(&connection(HERE, endpoint.port), &with_token(&ap_req(&sname)), 1);
        assert_eq!(endpoint.event("authentication")["sname"], shown);
    }
    // A head beyond every ticket is not looked at.
    let answer = endpoint
        .raw(&with_token(&vec![0; 150_000]).replace("Host: x", "Host: x\r\nConnection: close"));
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn a_log_that_nobody_reads_stops_nobody() {
    const COUNT: usize = 90;
    let Some(realm) = realm("a_log_that_nobody_reads") else { return };
    let mut winrmd = realm.program(env!("CARGO_BIN_EXE_winrmd"));
    winrmd.args(["--listen", "127.0.0.1:0", "--keytab"]).arg(realm.path("endpoint.keytab"));
    let mut child = Running(winrmd.stdout(Stdio::piped()).spawn().unwrap());
    let mut log = BufReader::new(child.0.stdout.take().unwrap());
    let next = |log: &mut BufReader<ChildStdout>| {
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    let listening = next(&mut log);
    let port = listening["address"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    // Room for about twenty lines.
    fcntl(log.get_ref(), FcntlArg::F_SETPIPE_SZ(4096)).unwrap();
    flood(&connection(HERE, port), &with_token(b"no token"), COUNT);
    // They have waited.
    for _ in 0..COUNT {
        assert_eq!(next(&mut log)["result"], "refused");
    }
}

/// The most memory that the endpoint ever had, in kB.
fn peak(endpoint: &Endpoint) -> usize {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", endpoint.child.0.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_body_in_crumbs_costs_no_more_than_its_bytes() {
    const BODY: usize = 1_000_000;
    let Some(realm) = realm("a_body_in_crumbs") else { return };
    let endpoint = realm.endpoint(&[]);
    let _in_cache = Ticket::of(&realm, "trainer", PASSWORD);
    let cache = format!("FILE:{}", realm.path("trainer-HTTP.ccache").display());
    let credential = Credential::from_cache(None, Some(&cache)).unwrap();
    let target = Name::principal("HTTP/localhost@CONTOSO.COM").unwrap();
    let step = Context::default().initiate(&credential, &target, Mech::Krb5, None);
    let Step::Continue(token) = step else { panic!("no token: {step:?}") };
    let before = peak(&endpoint);
    let head = with_token(&token).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    let mut stream = connection(HERE, endpoint.port);
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all("1\r\nx\r\n".repeat(BODY).as_bytes()).unwrap();
    stream.write_all(b"0\r\n\r\n").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    // It was read to its end: a message in clear is answered by 500.
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    let grown = peak(&endpoint) - before;
    assert!(grown < 8 * 1024, "{grown} kB for {BODY} bytes");
}

fn posted(endpoint: &Endpoint, target: &str, version: &str, headers: &str) -> String {
    let request = format!(
        "POST {target} HTTP/{version}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    endpoint.raw(&request).split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn one_host_and_the_own_uri() {
    let Some(realm) = realm("one_host_and_the_own_uri") else { return };
    let endpoint = realm.endpoint(&[]);
    for (target, version, headers, status) in [
        ("/wsman", "1.1", "Host: x\r\n", "401"),
        ("/wsman", "1.1", "", "400"),
        ("/wsman", "1.0", "", "401"),
        ("/wsman", "1.1", "Host: x\r\nHost: x\r\n", "400"),
        ("/wsman", "1.1", "Host: x y\r\n", "400"),
        ("http://x/wsman", "1.1", "Host: x\r\n", "401"),
        ("http://y/wsman", "1.1", "Host: x\r\n", "400"),
        ("https://x/wsman", "1.1", "Host: x\r\n", "400"),
        ("/wsman", "1.1", "Host: x\r\nAuthorization: a\r\nAuthorization: b\r\n", "400"),
    ] {
        assert_eq!(posted(&endpoint, target, version, headers), status, "{target} {headers}");
    }
}

#[test]
fn a_part_has_the_label_of_its_message() {
    let Some(realm) = realm("a_part_has_the_label_of_its_message") else { return };
    let endpoint = realm.endpoint(&[]);
    let trainer = Ticket::of(&realm, "trainer", PASSWORD);
    for (label, status) in [("SPNEGO", "500"), ("Kerberos", "400"), ("CredSSP", "400")] {
        let mut client = Client::connect(&endpoint, &trainer);
        let sealed = client.seal(winrm::soap::CONTENT_TYPE, b"<x/>");
        let at = sealed.windows(6).position(|bytes| bytes == b"SPNEGO").unwrap();
        let relabelled = [&sealed[..at], label.as_bytes(), &sealed[at + 6..]].concat();
        let answer = client.send(&relabelled);
        assert!(answer.status.starts_with(&format!("HTTP/1.1 {status}")), "{}", answer.status);
    }
}
