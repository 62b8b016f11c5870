//! Every byte of recorded captures has a name, and sealed parts open with the right key only.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::path::Path;

use spnlab_harness::Attempt;
use spnlab_illustrate::{Block, Chapter, Key, dissect, keytab, page};
use spnlab_picture::Scene;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name)).unwrap()
}

fn keys() -> Vec<Key> {
    keytab(&file("lab.keytab")).unwrap()
}

fn blocks(name: &str) -> Vec<Block> {
    dissect(&file(name), &keys()).unwrap()
}

fn tickets(blocks: &[Block]) -> Vec<&Block> {
    let all = blocks.iter().flat_map(Block::all);
    all.filter(|block| block.title.starts_with("EncTicketPart")).collect()
}

#[test]
fn every_byte_belongs_to_one_named_field() {
    for name in ["failure.pcap", "cure.pcap"] {
        let blocks = blocks(name);
        let titles: Vec<&str> = blocks.iter().map(|block| block.title.as_str()).collect();
        let kdc = ["AS-REQ", "KRB-ERROR", "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP"];
        assert!(titles.starts_with(&kdc), "{titles:?}");
        assert!(titles[6].starts_with("HTTP: POST /wsman"), "{titles:?}");
        for block in &blocks {
            assert!(block.is_covered(), "{name}: {} has a gap", block.title);
            assert_eq!(block.unnamed(), 0, "{name}: {}: {:#?}", block.title, block.fields);
        }
    }
}

#[test]
fn the_ticket_of_the_failure_opens_with_svc_web_s_key_and_not_with_mem1_s() {
    let opened = |capture, owner: &str, other: &str| {
        let blocks = blocks(capture);
        let tickets = tickets(&blocks);
        // In the TGS-REP and in the AP-REQ; those before are ticket-granting tickets.
        let [.., issued, shown] = tickets.as_slice() else { panic!("{tickets:?}") };
        for ticket in [issued, shown] {
            let said = ticket.about.join("\n");
            assert!(said.contains(&format!("The key of {owner} (kvno 2) opens it")), "{said}");
            let not = format!("The key of {other} (kvno 2) does not open it");
            assert!(said.contains(&not), "{said}");
            let name = ticket
                .fields
                .iter()
                .find(|f| f.path == "EncTicketPart/cname/name-string/part" && f.value == "trainer");
            assert!(name.is_some(), "{:#?}", ticket.fields);
        }
    };
    opened("failure.pcap", "svc_web", "MEM1$");
    opened("cure.pcap", "MEM1$", "svc_web");
}

#[test]
fn without_keys_nothing_is_opened() {
    let blocks = dissect(&file("failure.pcap"), &[]).unwrap();
    assert!(tickets(&blocks).iter().all(|block| block.title.ends_with("sealed")));
    assert_eq!(tickets(&blocks).len(), 4);
}

#[test]
fn the_page_is_well_formed_and_has_every_byte() {
    let attempt: Attempt =
        serde_json::from_slice(&file("../../../picture/tests/attempts/ap-refused.json")).unwrap();
    let mut blocks = blocks("failure.pcap");
    blocks[0].title = "<script>alert(1)</script>\u{1b}".to_owned();
    let wanted: usize = blocks.iter().flat_map(Block::all).map(|block| block.bytes.len()).sum();
    let scene = Scene::of_attempt(&attempt, None);
    let text = page(&[Chapter { title: "<i>".to_owned(), scene, blocks }]);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&text, options).unwrap();
    let of = |node: &roxmltree::Node<'_, '_>, class| node.attribute("class") == Some(class);
    let cells = document.descendants().filter(|node| of(node, "hex"));
    let shown: usize = cells.map(|cell| cell.text().unwrap_or_default().len() / 2).sum();
    assert_eq!(shown, wanted);
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(!["script", "i"].contains(&node.tag_name().name()));
        assert!(node.attributes().all(|a| !a.name().starts_with("on") && a.name() != "src"));
    }
}

#[test]
fn a_damaged_keytab_is_an_error() {
    let whole = file("lab.keytab");
    assert!(keytab(&[]).is_err() && keytab(b"\x05\x01").is_err());
    assert!(keytab(&whole[..whole.len() - 1]).is_err());
}

/// Whatever was captured, no byte is left out and nothing panics.
#[test]
fn damage_in_any_byte_leaves_no_gap() {
    let capture = file("failure.pcap");
    let whole = dissect(&capture, &[]).unwrap();
    let request = &whole[0].bytes;
    let place = capture.windows(request.len()).position(|bytes| bytes == request).unwrap();
    for at in place..place + request.len() {
        for byte in [0, 0xff, capture[at].wrapping_sub(1), capture[at].wrapping_add(1)] {
            let mut damaged = capture.clone();
            damaged[at] = byte;
            for block in dissect(&damaged, &[]).unwrap() {
                assert!(block.is_covered(), "byte {at} is {byte}: {} has a gap", block.title);
            }
        }
    }
}
