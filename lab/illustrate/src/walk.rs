//! Walks DER by the schema: a field for every byte.
//!
//! It trusts nothing. What does not fit the schema becomes one field without a name; nothing is
//! left out, and no length is followed beyond the block.
//!
//! Uses: field, schema.

use std::fmt::Write as _;
use std::ops::Range;

use der_parser::asn1_rs::{FromDer, Header};

use crate::field::{Field, FieldPart};
use crate::schema::{Item, Type};

/// Types in types are no deeper than this.
const DEPTH: usize = 40;

/// A cipher that was met.
#[derive(Debug, Clone)]
pub(crate) struct Cipher {
    pub(crate) range: Range<usize>,
    pub(crate) path: String,
    pub(crate) etype: i64,
}

/// The fields of a block, and what was met on the way.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) fields: Vec<Field>,
    pub(crate) ciphers: Vec<Cipher>,
    /// Session keys: encryption type and place.
    pub(crate) keys: Vec<(i64, Range<usize>)>,
}

/// Walks all of `bytes`.
pub(crate) fn walk(bytes: &[u8], name: &str, of: &'static Type) -> Walked {
    let mut walker = Walker { bytes, walked: Walked::default(), number: 0, depth: 0 };
    let end = walker.value(0..bytes.len(), name, "The whole message.", of);
    walker.unknown(end..bytes.len(), name);
    walker.walked
}

struct Walker<'a> {
    bytes: &'a [u8],
    walked: Walked,
    /// The last INTEGER, which may choose what follows.
    number: i64,
    depth: usize,
}

/// The header of a value, and where its contents are.
struct Head {
    contents: Range<usize>,
    tag: u32,
    context: bool,
    constructed: bool,
}

impl Walker<'_> {
    /// Walks the value at the beginning of `room`; returns where it ends.
    fn value(
        &mut self,
        room: Range<usize>,
        path: &str,
        sentence: &'static str,
        of: &'static Type,
    ) -> usize {
        if let Type::Choice(items) = of {
            self.items(room.clone(), path, items);
            return room.end;
        }
        let Some(head) = self.head(&room).filter(|_| self.depth < DEPTH) else {
            return self.unknown(room, path);
        };
        let inside = head.contents.clone();
        let expects_more =
            matches!(of, Type::Application(_) | Type::Sequence(_) | Type::SequenceOf(_));
        if head.context || head.constructed != expects_more {
            return self.unknown(room.start..inside.end, path);
        }
        self.header(room.start..inside.start, path, sentence);
        self.depth += 1;
        match of {
            Type::Application(inner) => {
                let end = self.value(inside.clone(), path, sentence, inner);
                self.unknown(end..inside.end, path);
            }
            Type::Sequence(items) => self.items(inside.clone(), path, items),
            Type::SequenceOf(item) => {
                let mut place = inside.start;
                let path = format!("{path}/{}", item.name);
                while place < inside.end {
                    place = self.value(place..inside.end, &path, item.sentence, item.of);
                }
            }
            _ => self.leaf(inside.clone(), path, sentence, of),
        }
        self.depth -= 1;
        inside.end
    }

    fn items(&mut self, inside: Range<usize>, path: &str, items: &'static [Item]) {
        let mut place = inside.start;
        while place < inside.end {
            let rest = place..inside.end;
            let Some(head) = self.head(&rest) else {
                self.unknown(rest, path);
                return;
            };
            let found = items.iter().find(|item| head.context && item.tag == head.tag);
            let Some(item) = found else {
                place = self.unknown(place..head.contents.end, path);
                continue;
            };
            let path = format!("{path}/{}", item.name);
            self.header(place..head.contents.start, &path, item.sentence);
            let end = self.value(head.contents.clone(), &path, item.sentence, item.of);
            place = self.unknown(end..head.contents.end, &path);
        }
    }

    fn leaf(&mut self, inside: Range<usize>, path: &str, sentence: &'static str, of: &Type) {
        let bytes = &self.bytes[inside.clone()];
        let value = match of {
            Type::Integer(meaning) => {
                self.number = integer(bytes);
                match meaning(self.number) {
                    Some(words) => format!("{} ({words})", self.number),
                    None => self.number.to_string(),
                }
            }
            Type::Boolean => (bytes != [0]).to_string(),
            Type::Text | Type::Time => String::from_utf8_lossy(bytes).into_owned(),
            Type::Flags(names) => flags(bytes, names),
            Type::Cipher => return self.cipher(inside, path),
            Type::Chosen(choose) => {
                if let Some(chosen) = choose(self.number, bytes).filter(|_| !inside.is_empty()) {
                    let end = self.value(inside.clone(), path, sentence, chosen);
                    self.unknown(end..inside.end, path);
                    return;
                }
                format!("{} bytes", bytes.len())
            }
            _ => format!("{} bytes", bytes.len()),
        };
        if path.ends_with("/keyvalue") {
            self.walked.keys.push((self.number, inside.clone()));
        }
        self.field(inside, path, FieldPart::Value, value, sentence);
    }

    /// The parts of a cipher (RFC 3962 section 6): ciphertext stealing keeps the length.
    fn cipher(&mut self, inside: Range<usize>, path: &str) {
        let etype = self.etype();
        self.walked.ciphers.push(Cipher { range: inside.clone(), path: path.to_owned(), etype });
        let aes = matches!(etype, 17 | 18) && inside.len() >= 16 + 12;
        let (first, last) = if aes { (16, 12) } else { (0, 0) };
        let [a, b] = [inside.start + first, inside.end - last];
        let parts = [
            (
                inside.start..a,
                "confounder",
                "Sixteen random bytes, sealed: no two ciphers are alike.",
            ),
            (a..b, "contents", "The sealed contents; a box below has them open if a key fits."),
            (
                b..inside.end,
                "checksum",
                "Says whether a key is the right one: the HMAC over the contents.",
            ),
        ];
        for (range, name, sentence) in parts {
            let value = format!("{} bytes", range.len());
            self.field(range, &format!("{path}/{name}"), FieldPart::Value, value, sentence);
        }
    }

    /// The encryption type of the sealed part that is being walked.
    fn etype(&self) -> i64 {
        let fields = self.walked.fields.iter().rev();
        let mut etypes =
            fields.filter(|f| f.part == FieldPart::Value && f.path.ends_with("/etype"));
        etypes.next().map_or(0, |field| integer(&self.bytes[field.range.clone()]))
    }

    fn head(&self, room: &Range<usize>) -> Option<Head> {
        let bytes = self.bytes.get(room.clone())?;
        let (rest, header) = Header::from_der(bytes).ok()?;
        let start = room.end - rest.len();
        let length = header.length().definite().ok()?;
        let end = start.checked_add(length).filter(|&end| end <= room.end)?;
        Some(Head {
            contents: start..end,
            tag: header.tag().0,
            context: header.class() == der_parser::asn1_rs::Class::ContextSpecific,
            constructed: header.constructed(),
        })
    }

    fn header(&mut self, range: Range<usize>, path: &str, sentence: &'static str) {
        self.field(range, path, FieldPart::Header, "tag and length".to_owned(), sentence);
    }

    fn unknown(&mut self, range: Range<usize>, path: &str) -> usize {
        let end = range.end;
        let value = format!("{} bytes", range.len());
        let sentence = "These bytes are no field that this page knows.";
        self.field(range, path, FieldPart::Unknown, value, sentence);
        end
    }

    fn field(
        &mut self,
        range: Range<usize>,
        path: &str,
        part: FieldPart,
        value: String,
        sentence: &'static str,
    ) {
        if !range.is_empty() {
            self.walked.fields.push(Field { range, path: path.to_owned(), part, value, sentence });
        }
    }
}

/// An INTEGER of at most eight bytes.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes.iter().take(8).fold(start, |number: i64, byte| (number << 8) | i64::from(*byte))
}

fn flags(bytes: &[u8], names: &[&str]) -> String {
    // The first byte says how many bits of the last one do not count.
    let bits = bytes.get(1..).unwrap_or_default();
    let set = |at: usize| bits.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        if set(at) {
            let _ = write!(text, "{}{name}", if text.is_empty() { "" } else { ", " });
        }
    }
    if text.is_empty() { "none".to_owned() } else { text }
}
