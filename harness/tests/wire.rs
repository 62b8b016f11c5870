//! Captures that were made in a lab, decoded, against the texts beside them.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use proptest::prelude::*;
use spnlab_harness::wire::{self, Body, Hosts, Trace, Transport, WireError};

fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every capture.
const NAMES: [&str; 6] = ["healthy", "article", "unknown-spn", "wsman-prefix", "udp", "web"];

/// The hosts of the labs in which the captures were made, spelt as the article spells them.
fn hosts() -> Hosts {
    // Two labs: each has a network of its own.
    let networks = [[172, 31, 0], [192, 168, 176]];
    let hosts = [(2, "DC1.contoso.com"), (3, "Mem1.contoso.com"), (4, "Client.contoso.com")];
    networks
        .into_iter()
        .flat_map(|[a, b, c]| hosts.map(move |(last, name)| (IpAddr::from([a, b, c, last]), name)))
        .collect()
}

fn trace(name: &str) -> Trace {
    wire::decode(&file(&format!("{name}.pcap"))).unwrap().named(&hosts())
}

/// The text beside the capture.
fn golden(name: &str) {
    let expected = String::from_utf8(file(&format!("{name}.trace.txt"))).unwrap();
    assert_eq!(trace(name).to_string(), expected, "{name}");
}

#[test]
fn a_healthy_connection() {
    golden("healthy");
}

#[test]
fn the_failure_of_the_article() {
    golden("article");
}

#[test]
fn an_spn_that_nobody_has() {
    golden("unknown-spn");
}

#[test]
fn the_wsman_prefix_gives_the_article_s_own_line() {
    golden("wsman-prefix");
    let line = "Client.contoso.com\tDC1.contoso.com\tKerberosV5\t\
                KerberosV5:TGS Request Realm: CONTOSO.COM Sname: WSMAN/mem1.contoso.com";
    assert!(trace("wsman-prefix").to_string().lines().any(|found| found == line));
}

#[test]
fn datagrams_and_the_turn_to_tcp() {
    golden("udp");
    let transports: Vec<_> = trace("udp").messages.iter().map(|m| m.transport).collect();
    assert_eq!(transports[..4], [Transport::Udp; 4]);
    assert_eq!(transports[4..], [Transport::Tcp; 4]);
}

#[test]
fn a_fragment_is_counted_and_not_decoded() {
    let mut capture = file("udp.pcap");
    // "More fragments" in the IP header of the first record, the AS-REQ in a datagram.
    capture[24 + 16 + 20 + 6] |= 0x20;
    let whole = trace("udp");
    let trace = wire::decode(&capture).unwrap().named(&hosts());
    assert_eq!((whole.fragments, trace.fragments), (0, 1));
    assert_eq!(trace.messages, whole.messages[1..]);
}

#[test]
fn a_visit_to_the_web_site() {
    golden("web");
}

#[test]
fn fixtures_stay_small() {
    for name in NAMES {
        assert!(file(&format!("{name}.pcap")).len() < 20_000, "{name}");
    }
}

#[test]
fn json_says_what_the_line_leaves_out() {
    let json = serde_json::to_value(trace("article")).unwrap();
    let messages = json["messages"].as_array().unwrap();
    let asked = messages.iter().find(|message| message["message"] == "AP-REQ").unwrap();
    assert_eq!(asked["transport"], "http");
    assert_eq!(asked["from"]["address"], "172.31.0.4:56080");
    assert_eq!(asked["to"]["host"], "Mem1.contoso.com");
    assert_eq!(asked["ticket"]["encrypted"]["etype"], 18);
    assert_eq!(asked["ticket"]["encrypted"]["kvno"], 2);
    assert_eq!(asked["ticket"]["encrypted"]["cipher_length"], 1103);
    assert_eq!(asked["time"], "2026-11-23T07:55:02.999810Z");
    let refused = messages.last().unwrap();
    assert_eq!(refused["message"], "KRB-ERROR");
    assert_eq!(refused["code"], 41);
    assert_eq!(refused["name"], "KRB_AP_ERR_MODIFIED");
}

#[test]
fn a_connection_is_known_by_the_client_s_end() {
    let client: SocketAddr = "172.31.0.4:56080".parse().unwrap();
    let whole = trace("article");
    assert!(whole.has_end_of(client));
    let on_connection: Vec<_> =
        whole.on_connection(client).map(|message| message.transport).collect();
    assert_eq!(on_connection, [Transport::Http, Transport::Http]);
    assert!(!trace("healthy").has_end_of("172.31.0.4:52430".parse().unwrap()), "it was cut off");
}

#[test]
fn an_attempt_has_the_status_of_its_last_answer() {
    let client: SocketAddr = "172.31.0.4:56080".parse().unwrap();
    let whole = trace("article");
    assert_eq!(whole.http_status(client), Some(401));
    assert_eq!(whole.http_status("172.31.0.4:1".parse().unwrap()), None);
    assert_eq!(trace("healthy").http_status("172.31.0.4:52430".parse().unwrap()), Some(200));
    let web = trace("web");
    let visitor = web.messages.iter().rfind(|m| m.transport == Transport::Http).unwrap();
    assert_eq!(web.http_status(visitor.to.address), Some(200));
}

#[test]
fn messages_come_in_the_order_of_their_times() {
    assert!(trace("article").messages.is_sorted_by_key(|message| message.time));
}

#[test]
fn other_files_are_refused_with_a_next_step() {
    let mut ieee802_11 = file("article.pcap");
    ieee802_11[20] = 105;
    ieee802_11[21] = 0;
    let mut impossible = file("article.pcap");
    impossible[24 + 11] = 0x7f;
    for (bytes, code) in [
        (b"not a capture, but long enough for a header".to_vec(), "SPNLAB-WIRE-FORMAT"),
        (Vec::new(), "SPNLAB-WIRE-FORMAT"),
        (ieee802_11, "SPNLAB-WIRE-LINK-TYPE"),
        (impossible, "SPNLAB-WIRE-RECORD"),
    ] {
        let error: WireError = wire::decode(&bytes).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(!error.hint().is_empty());
    }
}

/// The records of a capture, each with its header.
fn records(capture: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let mut rest = &capture[24..];
    while !rest.is_empty() {
        let length = 16 + u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        records.push(rest[..length].to_vec());
        rest = &rest[length..];
    }
    records
}

fn capture_of(header: &[u8], records: &[Vec<u8>]) -> Vec<u8> {
    [header, &records.concat()].concat()
}

/// What the messages say, whatever their order.
fn said(trace: &Trace) -> Vec<String> {
    let mut lines: Vec<String> = trace.to_string().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn every_form_of_the_file_gives_the_same_trace() {
    let little = file("article.pcap");
    let swapped = |bytes: &[u8], width: usize| -> Vec<u8> {
        bytes.chunks(width).flat_map(|field| field.iter().rev().copied()).collect()
    };
    let header = [swapped(&little[..4], 4), swapped(&little[4..8], 2), swapped(&little[8..24], 4)];
    let big: Vec<Vec<u8>> = records(&little)
        .iter()
        .map(|record| [swapped(&record[..16], 4), record[16..].to_vec()].concat())
        .collect();
    let mut nano = capture_of(&little[..24], &[]);
    nano[..4].copy_from_slice(&0xa1b2_3c4d_u32.to_le_bytes());
    for record in &mut records(&little) {
        let fraction = u32::from_le_bytes(record[4..8].try_into().unwrap()) * 1000;
        record[4..8].copy_from_slice(&fraction.to_le_bytes());
        nano.extend_from_slice(record);
    }
    let expected = trace("article");
    for capture in [capture_of(&header.concat(), &big), nano, over(101, &[]), over(1, &ETHERNET)] {
        assert_eq!(wire::decode(&capture).unwrap().named(&hosts()), expected);
    }
}

/// The header of an Ethernet frame with IPv4.
const ETHERNET: [u8; 14] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];

/// The article's capture with another link type, whose header stands in the place of the 20 bytes
/// that Linux' cooked mode has.
fn over(link_type: u8, link_header: &[u8]) -> Vec<u8> {
    let capture = file("article.pcap");
    let mut header = capture[..24].to_vec();
    header[20..22].copy_from_slice(&[link_type, 0]);
    let records: Vec<Vec<u8>> = records(&capture)
        .iter()
        .map(|record| {
            let frame = [link_header, &record[16 + 20..]].concat();
            let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
            [&record[..8], &length, &length, &frame].concat()
        })
        .collect();
    capture_of(&header, &records)
}

/// Whether the TCP segment in this record is a SYN: behind the headers of the record, of cooked
/// mode and of IP, the flags are the 14th octet.
fn is_syn(record: &[u8]) -> bool {
    record[16 + 20 + 20 + 13] & 0x02 != 0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_capture_that_ends_anywhere_gives_a_beginning_of_its_trace(
        name in prop::sample::select(&NAMES[..]),
        part in 0.0..1.0_f64,
    ) {
        let capture = file(&format!("{name}.pcap"));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a part of a small length")]
        let end = (capture.len() as f64 * part) as usize;
        match wire::decode(&capture[..end]) {
            Err(error) => prop_assert!(end < 24, "{}", error),
            Ok(cut) => {
                let whole = wire::decode(&capture).unwrap();
                let readable: Vec<_> = cut
                    .messages
                    .iter()
                    .filter(|message| !matches!(message.body, Body::Unreadable { .. }))
                    .collect();
                for (cut, whole) in readable.iter().zip(&whole.messages) {
                    prop_assert_eq!(*cut, whole);
                }
            }
        }
    }

    #[test]
    fn a_damaged_capture_never_panics_and_stays_small(
        name in prop::sample::select(&NAMES[..]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..60),
    ) {
        let mut capture = file(&format!("{name}.pcap"));
        for (at, byte) in damage {
            let at = at.index(capture.len());
            capture[at] = byte;
        }
        if let Ok(trace) = wire::decode(&capture) {
            prop_assert!(trace.to_string().len() < 4 * capture.len());
            for line in trace.to_string().lines() {
                prop_assert_eq!(line.matches('\t').count(), 3, "{}", line);
            }
            prop_assert!(serde_json::to_string(&trace).is_ok());
        }
    }

    #[test]
    fn segments_out_of_order_and_twice_say_the_same(
        (name, order) in prop::sample::select(vec!["article", "healthy", "web"]).prop_flat_map(|name| {
            // Every record but the SYNs, some of them twice, in any order.
            let rest: Vec<Vec<u8>> =
                records(&file(&format!("{name}.pcap"))).into_iter().filter(|r| !is_syn(r)).collect();
            let twice = prop::sample::subsequence(rest.clone(), 0..rest.len());
            let order = twice.prop_flat_map(move |twice| {
                Just([rest.clone(), twice].concat()).prop_shuffle()
            });
            (Just(name), order)
        })
    ) {
        let capture = file(&format!("{name}.pcap"));
        let mut mixed: Vec<Vec<u8>> = records(&capture).into_iter().filter(|r| is_syn(r)).collect();
        mixed.extend(order);
        let mixed = wire::decode(&capture_of(&capture[..24], &mixed)).unwrap().named(&hosts());
        prop_assert_eq!(said(&mixed), said(&trace(name)));
    }

    #[test]
    fn any_bytes_after_a_header_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let mut capture = file("article.pcap")[..24].to_vec();
        capture.extend(bytes);
        let _ = wire::decode(&capture);
    }
}
