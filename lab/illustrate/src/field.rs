//! A field: some bytes, their name, what they say, and one sentence for a reader.
//!
//! Uses: no other room.

use std::ops::Range;

/// Bytes of a block with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where they are in their block.
    pub range: Range<usize>,
    /// The names from the outside in, such as `AS-REQ/req-body/nonce`.
    pub path: String,
    /// What they are of the field.
    pub part: FieldPart,
    /// What they say.
    pub value: String,
    /// One plain sentence.
    pub sentence: &'static str,
}

/// What some bytes are of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldPart {
    /// The tag and the length (X.690).
    Header,
    /// The value.
    Value,
    /// Bytes that are no field of the schema.
    Unknown,
}

/// Bytes with all their fields. The fields are in order and leave no byte out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub title: String,
    /// How it was obtained.
    pub about: Vec<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their fields.
    pub fields: Vec<Field>,
    /// What was packed in some of the bytes: a token in base64, the contents of a sealed part.
    pub inner: Vec<Block>,
}

impl Block {
    /// Bytes that no field of the schema names, here and in all inner blocks.
    pub fn unnamed(&self) -> usize {
        let own = self.fields.iter().filter(|field| field.part == FieldPart::Unknown);
        let inner = self.inner.iter().map(Self::unnamed);
        own.map(|field| field.range.len()).sum::<usize>() + inner.sum::<usize>()
    }

    /// Whether each byte belongs to exactly one field, here and in all inner blocks.
    pub fn is_covered(&self) -> bool {
        let end = self.fields.iter().try_fold(0, |place, field| {
            (field.range.start == place && field.range.end > place).then_some(field.range.end)
        });
        end == Some(self.bytes.len()) && self.inner.iter().all(Self::is_covered)
    }

    /// Every block, from the outside in.
    pub fn all(&self) -> Vec<&Self> {
        let inner = self.inner.iter().flat_map(Self::all);
        std::iter::once(self).chain(inner).collect()
    }
}
