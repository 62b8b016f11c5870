//! Search filters.

use super::wire::ber::{OCTETS, SEQUENCE, nest, put};

/// A filter.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// At least one of them.
    Or(Vec<Filter>),
    /// The attribute has this value.
    Is(&'static str, String),
    /// The attribute has a value of these pieces, with any text between them.
    Like(&'static str, Vec<String>),
    /// The attribute is present.
    Has(&'static str),
}

impl Filter {
    /// Writes the filter (RFC 4511 section 4.5.1.7). A value goes out unescaped, with its length.
    /// So a value cannot end early, as it could in a filter's text form.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::And(parts) => nest(out, 0xa0, |out| all(out, parts)),
            Self::Or(parts) => nest(out, 0xa1, |out| all(out, parts)),
            Self::Is(attribute, value) => nest(out, 0xa3, |out| {
                put(out, OCTETS, attribute.as_bytes());
                put(out, OCTETS, value.as_bytes());
            }),
            Self::Like(attribute, pieces) => like(out, attribute, pieces),
            Self::Has(attribute) => put(out, 0x87, attribute.as_bytes()),
        }
    }
}

fn all(out: &mut Vec<u8>, parts: &[Filter]) {
    for part in parts {
        part.write(out);
    }
}

/// A substring filter: the first piece starts the value, the last one ends it. Empty pieces are
/// left out. Without pieces it tests whether the attribute is present.
fn like(out: &mut Vec<u8>, attribute: &'static str, pieces: &[String]) {
    if pieces.iter().all(String::is_empty) {
        return Filter::Has(attribute).write(out);
    }
    let last = pieces.len().saturating_sub(1);
    nest(out, 0xa4, |out| {
        put(out, OCTETS, attribute.as_bytes());
        nest(out, SEQUENCE, |out| {
            for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| !piece.is_empty()) {
                let place = if at == 0 {
                    0x80
                } else if at == last {
                    0x82
                } else {
                    0x81
                };
                put(out, place, piece.as_bytes());
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::super::wire::ber::Reader;
    use super::*;
    use proptest::prelude::*;

    fn like_pieces(pieces: &[&str]) -> Vec<(u8, Vec<u8>)> {
        let pieces = pieces.iter().map(ToString::to_string).collect();
        let mut out = Vec::new();
        Filter::Like("cn", pieces).write(&mut out);
        let mut inside = Reader::new(&out).enter(0xa4).unwrap();
        assert_eq!(inside.text(OCTETS), Ok("cn"));
        let (mut list, mut found) = (inside.enter(SEQUENCE).unwrap(), Vec::new());
        while let Ok((place, piece)) = list.next() {
            found.push((place, piece.to_vec()));
        }
        found
    }

    #[test]
    fn pieces_are_at_their_places() {
        assert_eq!(like_pieces(&["", "/mem1"]), [(0x82, b"/mem1".to_vec())]);
        assert_eq!(like_pieces(&["a", "(", ""]), [(0x80, b"a".to_vec()), (0x81, b"(".to_vec())]);
        assert_eq!(like_pieces(&["", "", "x"]), [(0x82, b"x".to_vec())]);
        let mut out = Vec::new();
        Filter::Like("cn", vec![String::new(); 3]).write(&mut out);
        assert_eq!(out, b"\x87\x02cn");
    }

    proptest! {
        #[test]
        fn no_value_breaks_out_of_its_place(value in ".{1,300}") {
            let filter = Filter::And(vec![Filter::Has("cn"), Filter::Is("sAMAccountName", value.clone())]);
            let mut out = Vec::new();
            filter.write(&mut out);
            let mut and = Reader::new(&out).enter(0xa0)?;
            and.take(0x87)?;
            let mut is = and.enter(0xa3)?;
            prop_assert_eq!(is.text(OCTETS)?, "sAMAccountName");
            prop_assert_eq!(is.text(OCTETS)?, value);
            prop_assert!(is.is_empty() && and.is_empty());
        }
    }
}
