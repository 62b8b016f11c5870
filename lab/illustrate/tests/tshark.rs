//! Wireshark's tshark gives every field that both name the same bytes.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use spnlab_illustrate::{Block, FieldPart, dissect};

/// The end of our path, and tshark's name. The first that fits counts.
const NAMES: [(&str, &str); 20] = [
    ("/pvno", "pvno"),
    ("/msg-type", "msg_type"),
    ("/padata-type", "padata_type"),
    ("/cname/name-string/part", "CNameString"),
    ("/sname/name-string/part", "SNameString"),
    ("/name-type", "name_type"),
    ("/crealm", "crealm"),
    ("/realm", "realm"),
    ("/till", "till"),
    ("/nonce", "nonce"),
    ("/ENCTYPE", "ENCTYPE"),
    ("/etype", "etype"),
    ("/kvno", "kvno"),
    ("/tkt-vno", "tkt_vno"),
    ("/stime", "stime"),
    ("/susec", "susec"),
    ("/error-code", "error_code"),
    ("/e-text", "e_text"),
    ("/salt", "info2_salt"),
    ("/s2kparams", "s2kparams"),
];

/// A name of tshark's, and the bytes in hexadecimal.
type Named = (String, String);

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn ours(block: &Block, named: &mut Vec<Named>) {
    for field in block.fields.iter().filter(|field| field.part == FieldPart::Value) {
        let bytes = hex(&block.bytes[field.range.clone()]);
        if let Some((_, name)) = NAMES.iter().find(|(end, _)| field.path.ends_with(end)) {
            named.push(((*name).to_owned(), bytes));
        } else if field.path.ends_with("/cipher/confounder") {
            named.push(("cipher".to_owned(), bytes));
        } else if field.path.contains("/cipher/") {
            named.last_mut().unwrap().1.push_str(&bytes);
        }
    }
}

fn tshark(capture: &Path) -> Vec<Named> {
    let ran = Command::new("tshark")
        .args(["-n", "-T", "pdml", "-Y", "kerberos", "-r"])
        .arg(capture)
        .output()
        .unwrap_or_else(|error| panic!("tshark: {error}; ci/setup --tests installs it"));
    assert!(ran.status.success(), "tshark: {}", String::from_utf8_lossy(&ran.stderr));
    let text = String::from_utf8(ran.stdout).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let known = |name: &str| NAMES.iter().any(|(_, known)| *known == name);
    let fields = document.descendants().filter_map(|node| {
        let name = node.attribute("name")?.strip_prefix("kerberos.")?;
        // Each kind of cipher has a name of its own.
        let name = if name.ends_with("cipher") { "cipher" } else { name };
        (known(name) || name == "cipher")
            .then(|| (name.to_owned(), node.attribute("value").unwrap_or_default().to_owned()))
    });
    fields.collect()
}

#[test]
fn tshark_gives_the_same_names_the_same_bytes() {
    for name in ["failure.pcap", "cure.pcap"] {
        let blocks = dissect(&std::fs::read(recorded(name)).unwrap(), &[]).unwrap();
        let mut named = Vec::new();
        for block in &blocks {
            ours(block, &mut named);
            // The token of HTTP; a sealed part has no bytes here.
            block.inner.iter().for_each(|inner| ours(inner, &mut named));
        }
        let theirs = tshark(&recorded(name));
        assert!(theirs.len() > 100, "only {theirs:?}");
        for (index, (own, their)) in named.iter().zip(&theirs).enumerate() {
            assert_eq!(own, their, "{name}: field {index}; left: spnlab, right: tshark");
        }
        assert_eq!(named.len(), theirs.len(), "{name}");
    }
}
