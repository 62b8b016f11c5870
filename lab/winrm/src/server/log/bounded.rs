//! JSON with a bound on every text.

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use std::io::{self, Write};

/// Most bytes of a text in a line. Names of principals, hosts and services stay below 300.
pub(super) const LONGEST: usize = 512;
/// `\u0000`, the longest escape.
const ESCAPE: usize = 6;

/// Writes a value as one line.
pub(super) fn json(value: &impl Serialize) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut line, Bounded::default())).ok()?;
    line.push(b'\n');
    Some(line)
}

/// Writes the beginning of a long text, and its length.
#[derive(Default)]
struct Bounded {
    /// Length of the text in bytes.
    length: usize,
    /// Bytes that may still be written.
    room: usize,
    cut: bool,
}

impl Bounded {
    /// Whether this many bytes still fit.
    fn take(&mut self, bytes: usize) -> bool {
        self.cut = self.cut || bytes > self.room;
        if !self.cut {
            self.room -= bytes;
        }
        !self.cut
    }
}

impl Formatter for Bounded {
    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        *self = Self { length: 0, room: LONGEST, cut: false };
        writer.write_all(b"\"")
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.length += fragment.len();
        let room = if self.cut { 0 } else { self.room };
        if self.take(fragment.len()) {
            return writer.write_all(fragment.as_bytes());
        }
        let end = (0..=room).rev().find(|end| fragment.is_char_boundary(*end)).unwrap_or(0);
        writer.write_all(fragment.get(..end).unwrap_or_default().as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.length += 1;
        if self.take(ESCAPE) { CompactFormatter.write_char_escape(writer, escape) } else { Ok(()) }
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.cut {
            write!(writer, "… ({} bytes)", self.length)?;
        }
        writer.write_all(b"\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let line = json(&[text]).unwrap();
        let [read] = serde_json::from_slice::<[String; 1]>(&line).unwrap();
        assert!(line.len() < LONGEST + 40, "{} bytes", line.len());
        read
    }

    #[test]
    fn long_texts_are_cut_and_say_their_length() {
        for text in ["", "a\"b\\c\n\u{1}é", &"x".repeat(LONGEST), &"é".repeat(LONGEST / 2)] {
            assert_eq!(written(text), text);
        }
        let long = "x".repeat(280_000);
        assert_eq!(written(&long), format!("{}… (280000 bytes)", &long[..LONGEST]));
        // The cut is neither in a character nor in an escape. Nothing after the cut is written.
        let wide = written(&format!("x{}\nyz", "é".repeat(LONGEST)));
        assert!(wide.ends_with(&format!("é… ({} bytes)", 2 * LONGEST + 4)), "{wide}");
        let escaped = written(&"\u{1}".repeat(LONGEST));
        assert_eq!(escaped.matches('\u{1}').count(), LONGEST / ESCAPE);
        let mixed = written(&format!("{}\u{1}y", "x".repeat(LONGEST - 1)));
        assert_eq!(mixed, format!("{}… (513 bytes)", "x".repeat(LONGEST - 1)));
    }
}
