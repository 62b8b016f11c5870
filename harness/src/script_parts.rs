//! What a script in CLIENT hands over in several parts: a line with a name and a length in bytes, and so
//! many bytes (`scripts/parts.pl`).

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::exec::RawOutput;
use crate::wire::{Cut, Time};

/// What one run of a script said.
#[derive(Debug)]
pub(crate) struct ScriptParts {
    /// What its parts are, for an error.
    what: &'static str,
    stderr: Vec<u8>,
    parts: Vec<(String, Vec<u8>)>,
}

impl ScriptParts {
    /// Cuts the output of a script.
    ///
    /// # Errors
    /// [`Error::Unreadable`]: it does not consist of parts.
    pub(crate) fn of(what: &'static str, ran: RawOutput) -> Result<Self> {
        let read = Self { what, stderr: ran.stderr, parts: Vec::new() };
        match cut(&ran.stdout) {
            Ok(parts) => Ok(Self { parts, ..read }),
            Err(detail) => Err(read.unreadable(detail)),
        }
    }

    /// The bytes of a part.
    ///
    /// # Errors
    /// [`Error::Unreadable`]: there is no such part.
    pub(crate) fn bytes(&self, name: &str) -> Result<&[u8]> {
        let found = self.parts.iter().find(|(is, _)| is == name);
        found
            .map(|(_, bytes)| bytes.as_slice())
            .ok_or_else(|| self.unreadable(format!("it has no {name}")))
    }

    /// The text of a part.
    ///
    /// # Errors
    /// Those of [`Self::bytes`].
    pub(crate) fn text(&self, name: &str) -> Result<Cow<'_, str>> {
        self.bytes(name).map(String::from_utf8_lossy)
    }

    /// The part of the packet capture of what began then.
    ///
    /// # Errors
    /// Those of [`Self::bytes`]; [`Error::Unreadable`]: where it begins in the capture's file is no number.
    pub(crate) fn cut(&self, began: Time) -> Result<Cut> {
        let offset = self.text("offset")?;
        let number = offset.parse().map_err(|e| self.unreadable(format!("\"{offset}\": {e}")))?;
        Ok(Cut::new(began, number, self.bytes("wire")?.to_vec()))
    }

    /// That a part is not what it should be.
    pub(crate) fn unreadable(&self, detail: impl std::fmt::Display) -> Error {
        let said = String::from_utf8_lossy(&self.stderr);
        let detail = format!("{detail}; it said: {}", said.trim());
        Error::Unreadable { what: self.what.to_owned(), detail }
    }
}

fn cut(mut said: &[u8]) -> std::result::Result<Vec<(String, Vec<u8>)>, String> {
    let mut parts = Vec::new();
    while !said.is_empty() {
        let end = said.iter().position(|&byte| byte == b'\n').ok_or("it is cut short")?;
        let line = String::from_utf8_lossy(&said[..end]).into_owned();
        let (name, length) = line.split_once(' ').ok_or_else(|| format!("\"{line}\""))?;
        let length: usize = length.parse().map_err(|_| format!("\"{line}\""))?;
        let (bytes, rest) = said[end + 1..].split_at_checked(length).ok_or("it is cut short")?;
        parts.push((name.to_owned(), bytes.to_vec()));
        said = rest;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut_by_their_lengths() {
        let parts = cut(b"report 2\n{}offset 2\n12wire 4\n\n\0\xff\n").unwrap();
        let parts: Vec<_> = parts.iter().map(|(is, bytes)| (is.as_str(), &bytes[..])).collect();
        let wire: &[u8] = b"\n\0\xff\n";
        assert_eq!(parts, [("report", &b"{}"[..]), ("offset", b"12"), ("wire", wire)]);
        for bad in ["x", "x 1", "x 1\n", "x\n", "x y\n"] {
            assert!(cut(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
