//! HTTP that no client sends.

use crate::room::{Attack, Finding, Room};
use crate::support::sealed::Client;
use crate::wire::{self, ATTACKER, Login, NEIGHBOUR};
use std::io::Write as _;
use winrm::soap;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("hosts", "no Host, two Hosts, a URI of another host", hosts),
    Attack::new("part-label", "a sealed part that names another protocol", part_label),
    Attack::new("odd-requests", "smuggling, chunks, floods, HTTP/2, NTLM, garbage", odd_requests),
];

const IDENTIFY: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>"#;

fn status(answer: std::io::Result<String>) -> String {
    answer.map_or_else(|_| "closed".to_owned(), |text| text.chars().skip(9).take(3).collect())
}

fn hosts(room: &Room) -> Finding {
    room.endpoint(&[], |_, endpoint, _| {
        let ask = |line: &str, hosts: &str| {
            let length = IDENTIFY.len();
            let text = format!(
                "POST {line} HTTP/1.1\r\n{hosts}WSMANIDENTIFY: unauthenticated\r\nContent-Type: application/soap+xml\r\nContent-Length: {length}\r\n\r\n{IDENTIFY}"
            );
            status(wire::raw(ATTACKER, endpoint.port, text.as_bytes()))
        };
        let usual = ask("/wsman", "Host: localhost\r\n");
        let none = ask("/wsman", "");
        let two = ask("/wsman", "Host: localhost\r\nHost: other\r\n");
        let absolute = ask("http://other:5985/wsman", "Host: localhost\r\n");
        let refused = [&none, &two, &absolute].iter().all(|status| status.starts_with("400"));
        Finding::of(
            refused && usual == "200",
            format!("usual {usual}, no Host {none}, two Hosts {two}, absolute URI {absolute}"),
        )
    })
}

fn part_label(room: &Room) -> Finding {
    room.endpoint(&[], |_, endpoint, trainer| {
        let ask = |from: &str, to: &str| {
            let mut client = Client::connect(&endpoint, trainer);
            let sealed = client.seal(soap::CONTENT_TYPE, IDENTIFY.as_bytes());
            // The head is text; what follows is not.
            let at = sealed.windows(from.len()).position(|some| some == from.as_bytes()).unwrap();
            let changed = [&sealed[..at], to.as_bytes(), &sealed[at + from.len()..]].concat();
            client.send(&changed).status[9..12].to_owned()
        };
        let label = "application/HTTP-SPNEGO-session-encrypted";
        let usual = ask(label, label);
        let kerberos = ask(label, "application/HTTP-Kerberos-session-encrypted");
        let nonsense = ask(label, "text/plain");
        Finding::of(
            usual == "200" && kerberos == "400" && nonsense == "400",
            format!("right {usual}, Kerberos in SPNEGO {kerberos}, text/plain {nonsense}"),
        )
    })
}

/// A name, and what is sent.
fn odd() -> Vec<(&'static str, Vec<u8>)> {
    let head = |lines: &str, body: &str| {
        format!("POST /wsman HTTP/1.1\r\nHost: localhost\r\nWSMANIDENTIFY: unauthenticated\r\n{lines}\r\n{body}")
            .into_bytes()
    };
    let chunked = |body: &str| head("Transfer-Encoding: chunked\r\n", body);
    let token = |token: &[u8]| wire::post(&wire::authorization(token), b"");
    let smuggled = "0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
    vec![
        ("CL and TE", head("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", smuggled)),
        ("two lengths", head("Content-Length: 4\r\nContent-Length: 5\r\n", "abcde")),
        (
            "TE twice",
            head("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", smuggled),
        ),
        ("TE of another case", head("Transfer-Encoding: xchunked\r\n", smuggled)),
        ("negative length", head("Content-Length: -1\r\n", "")),
        ("huge length", head("Content-Length: 99999999999999999999\r\n", "")),
        ("huge chunk", chunked("fffffffffffffffff\r\nx")),
        ("no chunk", chunked("zz\r\nx\r\n")),
        ("NUL in a head", head("X: \0\r\n", "")),
        ("folded head", head("X: a\r\n b\r\n", "")),
        ("flood of heads", head(&"X: y\r\n".repeat(100_000), "")),
        ("a long head", head(&format!("X: {}\r\n", "y".repeat(2_000_000)), "")),
        ("50 MB", wire::post("", &vec![b'x'; 50_000_000])),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("NTLM", token(b"NTLMSSP\0\x01\0\0\0\x07\x82\x08\xa2")),
        ("Basic", wire::post("Authorization: Basic dHJhaW5lcjpUcmFpbmluZy1UcmFpbmVyLTE=\r\n", b"")),
        ("garbage token", token(&[0x60; 1000])),
        ("no token", wire::post("Authorization: Negotiate\r\n", b"")),
        (
            "multipart of a stranger",
            wire::post("Content-Type: multipart/encrypted\r\n", b"--Encrypted Boundary\r\n"),
        ),
    ]
}

fn odd_requests(room: &Room) -> Finding {
    room.endpoint(&[], |_, endpoint, trainer| {
        let requests = odd();
        let count = requests.len();
        let taken: Vec<_> = requests
            .into_iter()
            .filter(|(_, request)| {
                status(wire::raw(ATTACKER, endpoint.port, request)).starts_with('2')
            })
            .map(|(name, _)| name)
            .collect();
        // Two that are answered in turn, on one connection.
        let mut stream = wire::session(ATTACKER, endpoint.port, trainer);
        let one = wire::post("WSMANIDENTIFY: unauthenticated\r\n", b"");
        stream.write_all(&[&one[..], &one].concat()).unwrap();
        let mut answers = String::new();
        // One read may bring both.
        while answers.matches("HTTP/1.1 ").count() < 2 {
            let Ok(more) = wire::answer(&mut stream) else { break };
            answers += &more;
        }
        let pipelined = answers.matches("HTTP/1.1 ").count() == 2;
        let login = Login::of(NEIGHBOUR, endpoint.port, trainer);
        Finding::of(
            taken.is_empty() && pipelined && login.is_in_time(),
            format!(
                "{count} kinds, accepted: {taken:?}; two at once: {pipelined}; then a login {login}"
            ),
        )
    })
}
