//! The part of BER that LDAP uses (RFC 4511 section 5.1): definite lengths, tags of one byte.
//!
//! The reader borrows, allocates nothing and never recurses. So an answer costs no more than its
//! bytes, however deep it nests and whatever length it claims. Existing strict DER readers refuse
//! what domain controllers send: lengths in four bytes where one is enough.

/// Why bytes are no LDAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(in crate::ldap) struct Malformed(pub(in crate::ldap) &'static str);

pub(in crate::ldap) const INTEGER: u8 = 0x02;
pub(in crate::ldap) const OCTETS: u8 = 0x04;
#[cfg(feature = "kerberos")]
pub(in crate::ldap) const OID: u8 = 0x06;
pub(in crate::ldap) const ENUMERATED: u8 = 0x0a;
pub(in crate::ldap) const SEQUENCE: u8 = 0x30;
pub(in crate::ldap) const SET: u8 = 0x31;

/// Length of the header and of the contents; `None` while the header is incomplete.
pub(in crate::ldap) fn lengths(bytes: &[u8]) -> Result<Option<(usize, usize)>, Malformed> {
    let [tag, first, rest @ ..] = bytes else { return Ok(None) };
    if tag & 0x1f == 0x1f {
        return Err(Malformed("a tag of several bytes"));
    }
    let count = match first {
        0..=0x7f => return Ok(Some((2, usize::from(*first)))),
        0x80 => return Err(Malformed("a length that is not given")),
        long => usize::from(long & 0x7f),
    };
    if count > 8 {
        return Err(Malformed("a length of more than eight bytes"));
    }
    let Some(digits) = rest.get(..count) else { return Ok(None) };
    let length = digits.iter().fold(0_u64, |sum, digit| sum << 8 | u64::from(*digit));
    let length = usize::try_from(length).map_err(|_| Malformed("a length beyond all memory"))?;
    Ok(Some((2 + count, length)))
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(in crate::ldap) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(in crate::ldap) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(in crate::ldap) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next element: its tag and its contents.
    pub(in crate::ldap) fn next(&mut self) -> Result<(u8, &'a [u8]), Malformed> {
        let tag = *self.0.first().ok_or(Malformed("an element is missing"))?;
        let cut = Malformed("an element is cut off");
        let (head, length) = lengths(self.0)?.ok_or(cut)?;
        let end = head.checked_add(length).ok_or(cut)?;
        let contents = self.0.get(head..end).ok_or(cut)?;
        self.0 = &self.0[end..];
        Ok((tag, contents))
    }

    /// The contents of the next element, which must have this tag.
    pub(in crate::ldap) fn take(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        match self.next()? {
            (found, contents) if found == tag => Ok(contents),
            _ => Err(Malformed("an element of another kind than expected")),
        }
    }

    /// The elements of the next element.
    pub(in crate::ldap) fn enter(&mut self, tag: u8) -> Result<Self, Malformed> {
        self.take(tag).map(Self)
    }

    /// A number of zero or more.
    pub(in crate::ldap) fn number(&mut self, tag: u8) -> Result<u32, Malformed> {
        let digits = self.take(tag)?;
        let odd = Malformed("a number out of range");
        if digits.is_empty() || digits.len() > 5 || digits[0] & 0x80 != 0 {
            return Err(odd);
        }
        let value = digits.iter().fold(0_u64, |sum, digit| sum << 8 | u64::from(*digit));
        u32::try_from(value).map_err(|_| odd)
    }

    pub(in crate::ldap) fn text(&mut self, tag: u8) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.take(tag)?).map_err(|_| Malformed("a name that is not UTF-8"))
    }
}

/// Writes an element.
pub(in crate::ldap) fn put(out: &mut Vec<u8>, tag: u8, contents: &[u8]) {
    out.push(tag);
    if let Ok(short @ 0..=0x7f) = u8::try_from(contents.len()) {
        out.push(short);
    } else {
        let digits = contents.len().to_be_bytes();
        let digits = &digits[digits.iter().take_while(|digit| **digit == 0).count()..];
        // A usize has at most eight bytes.
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
        out.extend_from_slice(digits);
    }
    out.extend_from_slice(contents);
}

/// Writes an element made of elements.
pub(in crate::ldap) fn nest(out: &mut Vec<u8>, tag: u8, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    fill(&mut inner);
    put(out, tag, &inner);
}

pub(in crate::ldap) fn put_number(out: &mut Vec<u8>, tag: u8, value: u32) {
    let mut digits = vec![0];
    digits.extend_from_slice(&value.to_be_bytes());
    // As few bytes as keep the sign bit clear.
    while digits.len() > 1 && digits[0] == 0 && digits[1] & 0x80 == 0 {
        digits.remove(0);
    }
    put(out, tag, &digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Header<'a> = (&'a [u8], Result<Option<(usize, usize)>, ()>);

    #[test]
    fn odd_headers_are_refused_and_short_ones_wait() {
        let table: &[Header<'_>] = &[
            (&[], Ok(None)),
            (&[0x30], Ok(None)),
            (&[0x30, 0x05], Ok(Some((2, 5)))),
            (&[0x30, 0x82, 1], Ok(None)),
            (&[0x30, 0x84, 0, 0, 1, 0], Ok(Some((6, 256)))),
            (&[0x30, 0x80], Err(())),
            (&[0x3f, 0x01], Err(())),
            (&[0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1], Err(())),
        ];
        for (bytes, expected) in table {
            assert_eq!(lengths(bytes).map_err(|_| ()), *expected, "{bytes:x?}");
        }
        // Claims the largest length, which is more than there is.
        let huge = [0x04, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert!(Reader::new(&huge).next().is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value: u32, text in ".{0,300}") {
            let mut out = Vec::new();
            nest(&mut out, SEQUENCE, |out| {
                put_number(out, INTEGER, value);
                put(out, OCTETS, text.as_bytes());
            });
            let mut reader = Reader::new(&out);
            let mut inside = reader.enter(SEQUENCE)?;
            prop_assert_eq!(inside.number(INTEGER)?, value);
            prop_assert_eq!(inside.text(OCTETS)?, text);
            prop_assert!(inside.is_empty() && reader.is_empty());
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            while let Ok((_, contents)) = reader.next() {
                let _ = Reader::new(contents).number(INTEGER);
            }
        }
    }
}
