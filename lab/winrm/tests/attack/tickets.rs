//! AP-REQs that are shown twice, or with a bit turned over.

use crate::room::{Attack, Finding, Room, trainer};
use crate::support::certificate::Certificate;
use crate::support::{Realm, with_input};
use crate::wire::{self, ATTACKER};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("replay", "an AP-REQ a second time, in clear and inside TLS", replay),
    Attack::new("bit-flips", "each bit of an AP-REQ, turned over", bit_flips),
];

/// The bytes of base64; nothing if it is none.
pub(crate) fn decoded(text: &[u8]) -> Vec<u8> {
    BASE64_STANDARD.decode(text.trim_ascii()).unwrap_or_default()
}

/// One element of DER.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let bytes = length.to_be_bytes();
    let bytes = &bytes[bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len() - 1)..];
    let mut element = vec![tag];
    if length >= 0x80 {
        element.push(0x80 | u8::try_from(bytes.len()).unwrap());
    }
    element.extend_from_slice(bytes);
    element.extend_from_slice(content);
    element
}

fn accepted(port: u16, token: &[u8]) -> bool {
    let request = wire::post(&wire::authorization(token), b"");
    wire::raw(ATTACKER, port, &request).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// The answers of an endpoint with TLS, to one token shown twice.
fn inside_tls(realm: &Realm) -> [bool; 2] {
    let certificate = Certificate::new(realm, "replay", "localhost");
    let (_endpoint, port) = certificate.endpoint(realm, "relaxed");
    let token = trainer(realm).token();
    [(); 2].map(|()| {
        let mut curl = realm.program("curl");
        curl.args(["--silent", "--include", "--data", "", "--cacert", &certificate.certificate])
            .args(["--header", wire::authorization(&token).trim()])
            .arg(format!("https://localhost:{port}/wsman"));
        with_input(&mut curl, "").stdout.starts_with(b"HTTP/1.1 200")
    })
}

fn replay(room: &Room) -> Finding {
    room.endpoint(&["--allow-unencrypted"], |realm, endpoint, trainer| {
        let token = trainer.token();
        let in_clear = [(); 2].map(|()| accepted(endpoint.port, &token));
        let results = [in_clear, inside_tls(realm)];
        let word = |accepted| if accepted { "accepted" } else { "refused" };
        let told = results.map(|shown| shown.map(word).join(", then "));
        Finding::of(
            results == [[true, false]; 2],
            format!("in clear {}; inside TLS {}", told[0], told[1]),
        )
    })
}

/// What of an AP-REQ nothing protects (RFC 4120 sections 5.3 and 5.5.1): the bytes before it, and
/// how many. The acceptor takes nothing from there but which mechanism it is.
const IN_CLEAR: [(&[u8], usize); 8] = [
    (b"\x30\x0b\x06\x09", 9),                     // mechanism
    (b"\xa1\x03\x02\x01", 1),                     // msg-type
    (b"\xa2\x07\x03\x05", 5),                     // ap-options
    (b"\x1b\x0b", 11),                            // realm
    (b"\x30\x1a\xa0\x03\x02\x01", 1),             // name-type
    (b"\x1b\x04", 4),                             // sname
    (b"\x1b\x09", 9),                             // sname
    (b"\xa0\x03\x02\x01\x12\xa1\x03\x02\x01", 1), // kvno
];

fn is_in_clear(token: &[u8], byte: usize) -> bool {
    IN_CLEAR.iter().any(|(before, length)| {
        let at = token.windows(before.len()).position(|some| some == *before);
        at.is_some_and(|at| (at + before.len()..at + before.len() + length).contains(&byte))
    })
}

fn bit_flips(room: &Room) -> Finding {
    // Without a replay cache, which would refuse what the decryption took.
    room.endpoint(&[], |_, endpoint, trainer| {
        let token = trainer.token();
        assert!(accepted(endpoint.port, &token));
        let bits = (0..token.len() * 8).step_by(room.rounds(17, 1));
        let count = bits.len();
        let (mut harmless, mut wrong) = (0, Vec::new());
        for bit in bits {
            let mut flipped = token.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if accepted(endpoint.port, &flipped) {
                if is_in_clear(&token, bit / 8) { harmless += 1 } else { wrong.push(bit) }
            }
        }
        Finding::of(
            wrong.is_empty() && harmless > 0,
            format!(
                "{count} of {} bits: {} accepted that count {wrong:?}, {harmless} in parts that nothing protects",
                token.len() * 8,
                wrong.len()
            ),
        )
    })
}
