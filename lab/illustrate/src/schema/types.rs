//! What a schema is made of.
//!
//! Uses: no other room.

/// A type.
#[derive(Debug)]
pub(crate) enum Type {
    /// `[APPLICATION n]` around another type.
    Application(&'static Type),
    /// A SEQUENCE whose items have context tags.
    Sequence(&'static [Item]),
    /// One of several items, by its context tag.
    Choice(&'static [Item]),
    /// A SEQUENCE OF.
    SequenceOf(&'static Item),
    /// An INTEGER, and what its numbers mean.
    Integer(fn(i64) -> Option<&'static str>),
    /// A BOOLEAN.
    Boolean,
    /// A text.
    Text,
    /// A time.
    Time,
    /// A BIT STRING of flags with these names, from bit 0.
    Flags(&'static [&'static str]),
    /// An OCTET STRING that says nothing more here.
    Octets,
    /// An OCTET STRING with a cipher.
    Cipher,
    /// An OCTET STRING whose contents follow from the number before it, or from their beginning.
    Chosen(fn(i64, &[u8]) -> Option<&'static Type>),
}

/// A named part of a type.
#[derive(Debug)]
pub(crate) struct Item {
    /// Its context tag. In a SEQUENCE OF, it has none.
    pub(crate) tag: u32,
    pub(crate) name: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) of: &'static Type,
}

pub(super) const fn item(
    tag: u32,
    name: &'static str,
    of: &'static Type,
    sentence: &'static str,
) -> Item {
    Item { tag, name, sentence, of }
}
