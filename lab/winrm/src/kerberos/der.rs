//! A small reader for DER (X.690), enough for the clear parts of Kerberos and SPNEGO tokens.
//!
//! It knows single-byte tags and definite lengths, never allocates, and checks every bound.
//! Positions are absolute, so a caller can change one byte of the original message.

use thiserror::Error;

/// Why a DER message cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DerError {
    /// The message ends inside an element.
    #[error("the message ends at byte {at}, inside an element")]
    Truncated {
        /// The reader's position.
        at: usize,
    },
    /// Another tag was expected.
    #[error("tag {found:#04x} at byte {at} where {wanted:#04x} was expected")]
    Tag {
        /// The tag's position.
        at: usize,
        /// The tag in the message.
        found: u8,
        /// The tag that the structure requires.
        wanted: u8,
    },
    /// An indefinite or oversized length, a tag of several bytes, or a value out of range.
    #[error("the element at byte {at} has an unsupported form")]
    Form {
        /// The element's position.
        at: usize,
    },
    /// Bytes follow the last element.
    #[error("unexpected bytes follow at byte {at}")]
    Trailing {
        /// The position of the extra bytes.
        at: usize,
    },
}

/// A view of a part of a message.
#[derive(Debug, Clone, Copy)]
pub struct Der<'a> {
    message: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Der<'a> {
    /// Reads a whole message.
    pub fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0, end: message.len() }
    }

    /// The absolute position of the next unread byte.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The unread bytes.
    pub fn rest(&self) -> &'a [u8] {
        self.message.get(self.at..self.end).unwrap_or_default()
    }

    /// Whether everything has been read.
    pub fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// Fails unless everything has been read.
    pub fn finish(&self) -> Result<(), DerError> {
        if self.is_empty() { Ok(()) } else { Err(DerError::Trailing { at: self.at }) }
    }

    /// The next tag, without reading it.
    pub fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn byte(&mut self) -> Result<u8, DerError> {
        let byte = self.peek().ok_or(DerError::Truncated { at: self.at })?;
        self.at += 1;
        Ok(byte)
    }

    /// Reads `count` bytes as they are.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DerError> {
        let bytes = self.rest().get(..count).ok_or(DerError::Truncated { at: self.end })?;
        self.at += count;
        Ok(bytes)
    }

    /// Reads one element of any tag.
    pub fn element(&mut self) -> Result<(u8, Der<'a>), DerError> {
        let start = self.at;
        let tag = self.byte()?;
        if tag & 0x1f == 0x1f {
            return Err(DerError::Form { at: start });
        }
        let length = self.length(start)?;
        let at = self.at;
        self.take(length)?;
        Ok((tag, Der { message: self.message, at, end: at + length }))
    }

    fn length(&mut self, start: usize) -> Result<usize, DerError> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(usize::from(first));
        }
        let count = first & 0x7f;
        // 0 is the indefinite form, which DER forbids. More than 3 octets means 16 MiB.
        if count == 0 || count > 3 {
            return Err(DerError::Form { at: start });
        }
        let mut length = 0usize;
        for _ in 0..count {
            length = (length << 8) | usize::from(self.byte()?);
        }
        Ok(length)
    }

    /// Reads one element that must have this tag; returns its content.
    pub fn expect(&mut self, wanted: u8) -> Result<Der<'a>, DerError> {
        let at = self.at;
        match self.peek() {
            Some(found) if found == wanted => Ok(self.element()?.1),
            Some(found) => Err(DerError::Tag { at, found, wanted }),
            None => Err(DerError::Truncated { at }),
        }
    }

    /// Reads the last element, which must have this tag; returns its content.
    pub fn only(&mut self, wanted: u8) -> Result<Der<'a>, DerError> {
        let content = self.expect(wanted)?;
        self.finish()?;
        Ok(content)
    }

    /// Reads the next element if it has this tag.
    pub fn optional(&mut self, wanted: u8) -> Result<Option<Der<'a>>, DerError> {
        if self.peek() == Some(wanted) { self.expect(wanted).map(Some) } else { Ok(None) }
    }

    /// Reads an INTEGER or ENUMERATED of at most four octets.
    pub fn integer(&mut self) -> Result<i32, DerError> {
        let start = self.at;
        let (tag, content) = self.element()?;
        if tag != 0x02 && tag != 0x0a {
            return Err(DerError::Tag { at: start, found: tag, wanted: 0x02 });
        }
        let bytes = content.rest();
        let Some(first) = bytes.first().filter(|_| bytes.len() <= 4) else {
            return Err(DerError::Form { at: start });
        };
        let sign = if first & 0x80 == 0 { 0 } else { -1 };
        Ok(bytes.iter().fold(sign, |value, byte| (value << 8) | i32::from(*byte)))
    }

    /// Reads a GeneralString (RFC 4120 section 5.2.1). U+FFFD replaces what is not UTF-8.
    pub fn general_string(&mut self) -> Result<String, DerError> {
        Ok(String::from_utf8_lossy(self.expect(0x1b)?.rest()).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_nested_elements_with_absolute_positions() {
        let mut der = Der::new(&[0x30, 0x05, 0xa0, 0x03, 0x02, 0x01, 0x29]);
        let mut sequence = der.expect(0x30).unwrap();
        let mut field = sequence.expect(0xa0).unwrap();
        assert_eq!(field.position(), 4);
        assert_eq!(field.integer().unwrap(), 41);
        assert!(der.is_empty() && sequence.is_empty());
    }

    #[test]
    fn nothing_follows_the_only_element() {
        assert!(Der::new(&[4, 1, 9]).only(4).is_ok());
        assert_eq!(Der::new(&[4, 1, 9, 0]).only(4).unwrap_err(), DerError::Trailing { at: 3 });
    }

    #[test]
    fn integers_keep_their_sign() {
        assert_eq!(Der::new(&[2, 1, 0xff]).integer(), Ok(-1));
        assert_eq!(Der::new(&[2, 2, 0x00, 0x80]).integer(), Ok(128));
        assert_eq!(Der::new(&[2, 5, 1, 0, 0, 0, 0]).integer(), Err(DerError::Form { at: 0 }));
        assert_eq!(Der::new(&[2, 0]).integer(), Err(DerError::Form { at: 0 }));
    }

    #[test]
    fn refuses_forms_that_der_does_not_have() {
        for bad in [&[0x30u8, 0x80, 0, 0][..], &[0x1f, 0x81, 0, 0], &[4, 0x84, 0, 0, 0, 0]] {
            assert_eq!(Der::new(bad).element().unwrap_err(), DerError::Form { at: 0 });
        }
    }

    #[test]
    fn a_length_beyond_the_end_is_truncation() {
        assert!(matches!(Der::new(&[4, 5, 1]).element(), Err(DerError::Truncated { .. })));
        assert!(matches!(Der::new(&[4, 0x82, 1]).element(), Err(DerError::Truncated { .. })));
        assert!(matches!(Der::new(&[4]).element(), Err(DerError::Truncated { .. })));
    }
}
