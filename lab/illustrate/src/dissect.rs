//! From a capture to blocks: every message, what was packed in it, and what the keys open.
//!
//! Uses: field, http, keys, schema, walk.

use std::net::SocketAddr;
use std::ops::Range;

use spnlab_harness::wire::{Spoken, WireError, spoken};

use crate::field::{Block, Field, FieldPart};
use crate::http;
use crate::keys::Key;
use crate::schema::{message, sealed_at};
use crate::walk::{Walked, walk};

/// The KDC's port.
const KDC: u16 = 88;
/// Kerberos inside GSSAPI (RFC 4121 section 4.1), and what the two bytes behind it say.
const MECHANISM: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];

/// Every message of a capture over TCP in clear, in the order in which it was said.
///
/// # Errors
/// The capture cannot be read.
pub fn dissect(capture: &[u8], keys: &[Key]) -> Result<Vec<Block>, WireError> {
    let mut opener = Opener { keys: keys.to_vec() };
    let all = spoken(capture)?;
    let mut blocks = Vec::new();
    let mut done = vec![false; all.len()];
    for at in 0..all.len() {
        if done[at] {
            continue;
        }
        let one = &all[at];
        if [one.from.port(), one.to.port()].contains(&KDC) {
            blocks.extend(opener.frames(one));
            continue;
        }
        // The two directions of one connection answer each other.
        let back = (at + 1..all.len()).find(|&b| all[b].from == one.to && all[b].to == one.from);
        let there = opener.http(one);
        let mut back = back.map_or_else(Vec::new, |b| {
            done[b] = true;
            opener.http(&all[b])
        });
        back.reverse();
        for block in there {
            blocks.push(block);
            blocks.extend(back.pop());
        }
        back.reverse();
        blocks.extend(back);
    }
    Ok(blocks)
}

/// The keys so far.
struct Opener {
    keys: Vec<Key>,
}

impl Opener {
    /// Messages with a length before each (RFC 4120 section 7.2.2).
    fn frames(&mut self, one: &Spoken) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut rest = one.bytes.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let wanted = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
            let end = wanted.min(after.len());
            let sentence = "How many bytes of Kerberos follow on this TCP connection.";
            let prefix = Field {
                range: 0..4,
                path: "length".to_owned(),
                part: FieldPart::Value,
                value: wanted.to_string(),
                sentence,
            };
            blocks.push(self.kerberos(&rest[..4 + end], vec![prefix], &ends(one)));
            rest = &after[end..];
        }
        if !rest.is_empty() {
            blocks.push(self.kerberos(rest, Vec::new(), &ends(one)));
        }
        blocks
    }

    fn http(&mut self, one: &Spoken) -> Vec<Block> {
        let messages = http::messages(&one.bytes, one.to.port() < one.from.port());
        let block = |message: http::HttpMessage| {
            let inner = message.token.map(|token| self.token(&token));
            Block {
                title: format!("HTTP: {}", message.title),
                about: vec![ends(one)],
                bytes: one.bytes[message.range].to_vec(),
                fields: message.fields,
                inner: inner.into_iter().collect(),
            }
        };
        messages.into_iter().map(block).collect()
    }

    /// A token of GSSAPI.
    fn token(&mut self, token: &[u8]) -> Block {
        let mut fields = Vec::new();
        let at = token.windows(MECHANISM.len()).position(|bytes| bytes == MECHANISM);
        // Without SPNEGO, only a tag and a length stand before the mechanism.
        if let Some(at) = at.filter(|&at| at <= 6 && token.first() == Some(&0x60)) {
            let end = at + MECHANISM.len();
            let mut add = |range: Range<usize>, path: &str, value: &str, sentence| {
                let range = range.start..range.end.min(token.len());
                let (path, value) = (path.to_owned(), value.to_owned());
                let part = FieldPart::Value;
                fields.push(Field { range, path, part, value, sentence });
            };
            add(0..at, "GSS/tag and length", "a token of GSSAPI", "A token of GSSAPI begins.");
            add(at..end, "GSS/mechanism", "1.2.840.113554.1.2.2", "The mechanism is Kerberos 5.");
            let kind = match token.get(end..end + 2) {
                Some([1, 0]) => "AP-REQ",
                Some([2, 0]) => "AP-REP",
                Some([3, 0]) => "KRB-ERROR",
                _ => "another message",
            };
            if token.len() > end {
                add(end..end + 2, "GSS/token id", kind, "Says which message follows.");
            }
        }
        self.kerberos(token, fields, "the token, decoded from base64")
    }

    /// A message behind the fields that are known already.
    fn kerberos(&mut self, bytes: &[u8], mut fields: Vec<Field>, about: &str) -> Block {
        let start = fields.last().map_or(0, |field| field.range.end);
        let own = &bytes[start..];
        let known = own.first().and_then(|first| message(*first));
        let Some((name, of)) = known else {
            if !own.is_empty() {
                fields.push(Field {
                    range: start..bytes.len(),
                    path: "bytes".to_owned(),
                    part: FieldPart::Unknown,
                    value: format!("{} bytes", own.len()),
                    sentence: "These bytes are no message of Kerberos.",
                });
            }
            let title = "no message of Kerberos".to_owned();
            let (about, bytes) = (vec![about.to_owned()], bytes.to_vec());
            return Block { title, about, bytes, fields, inner: Vec::new() };
        };
        let walked = walk(own, name, of);
        let inner = self.open(own, &walked);
        let moved = walked.fields.into_iter().map(|field| Field {
            range: field.range.start + start..field.range.end + start,
            ..field
        });
        fields.extend(moved);
        let about = vec![about.to_owned()];
        Block { title: name.to_owned(), about, bytes: bytes.to_vec(), fields, inner }
    }

    /// What the keys open of a message. The keys in it open later ones.
    fn open(&mut self, bytes: &[u8], walked: &Walked) -> Vec<Block> {
        let mut blocks = Vec::new();
        for cipher in &walked.ciphers {
            let Some(sealed) = sealed_at(&cipher.path) else { continue };
            let of_ticket = sealed.usages == [2];
            let mut about = vec![format!("inside {}", cipher.path)];
            let mut opened = None;
            for key in self.keys.iter().filter(|key| key.etype == cipher.etype) {
                for usage in sealed.usages {
                    match key.open(*usage, &bytes[cipher.range.clone()]) {
                        Ok(plain) if opened.is_none() => {
                            about.push(format!(
                                "The key of {} opens it; key usage {usage}.",
                                key.owner
                            ));
                            opened = Some((plain, key.owner.clone()));
                        }
                        Err(why) if of_ticket && key.of_account => {
                            about.push(format!("The key of {} does not open it: {why}", key.owner));
                        }
                        _ => {}
                    }
                }
            }
            let Some((plain, owner)) = opened else {
                about.push("No key that this page has opens it. FAST mixes keys (RFC 6113), which this page does not.".to_owned());
                let title = format!("{}: sealed", sealed.name);
                let (bytes, fields) = (Vec::new(), Vec::new());
                blocks.push(Block { title, about, bytes, fields, inner: Vec::new() });
                continue;
            };
            let inside = walk(&plain, sealed.name, sealed.of);
            for (etype, range) in &inside.keys {
                let owner = format!("the session: from {}", sealed.name);
                let key = Key::of_session(owner, *etype, &plain[range.clone()]);
                if !self.keys.iter().any(|known| known.same_bytes(&key)) {
                    self.keys.push(key);
                }
            }
            let title = format!("{}: opened with the key of {owner}", sealed.name);
            let inner = self.open(&plain, &inside);
            blocks.push(Block { title, about, bytes: plain, fields: inside.fields, inner });
        }
        blocks
    }
}

fn ends(one: &Spoken) -> String {
    let end = |address: SocketAddr| address.to_string();
    format!("from {} to {}, TCP", end(one.from), end(one.to))
}
