//! Input of the largest size, made by repetition: what a piece of a message costs when there are
//! many of it. libFuzzer's own large inputs are too few to find that.
//!
//! Zero bytes separate what stands before, the piece, and what stands behind; `@` in the piece
//! becomes the number of the repetition.
#![no_main]

use winrm::kerberos::token::initial;
use winrm::sealing::multipart;
use winrm::soap::{Message, client, decode_text};

/// MaxEnvelopeSizekb.
const LARGEST: usize = 500 * 1024;

fn repeated(before: &[u8], piece: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut all = before.to_vec();
    if piece.is_empty() {
        return all;
    }
    for number in 0.. {
        if all.len() + piece.len() + behind.len() > LARGEST {
            break;
        }
        for byte in piece {
            match byte {
                b'@' => all.extend_from_slice(number.to_string().as_bytes()),
                byte => all.push(*byte),
            }
        }
    }
    all.extend_from_slice(behind);
    all
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let bytes = repeated(next(), next(), next());
    if let Some(text) = decode_text(&bytes, "") {
        let _ = Message::read(&text);
        let _ = client::read(&text, "uuid:1");
    }
    let _ = multipart::read(&bytes);
    let _ = initial(&bytes);
});
