//! The `multipart/encrypted` body of MS-WSMV 2.2.9.1: the layout, not the cryptography.
//!
//! It only looks like MIME. The part headers end without an empty line, and the closing boundary
//! follows without a line break. The binary part is found by its position, never by a search.

use thiserror::Error;

const OPEN: &str = "--Encrypted Boundary\r\n";
/// The closing boundary: the last 24 bytes of every body.
const CLOSE: &[u8] = b"--Encrypted Boundary--\r\n";
const OCTETS: &str = "application/octet-stream";

/// The meaning of an `application/HTTP-…-session-encrypted` label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Scheme `Negotiate`, also when it carries bare krb5 tokens.
    Spnego,
    /// Scheme `Kerberos`.
    Kerberos,
}

impl Label {
    const ALL: [Self; 2] = [Self::Spnego, Self::Kerberos];

    /// The media type.
    pub fn text(self) -> &'static str {
        match self {
            Self::Spnego => "application/HTTP-SPNEGO-session-encrypted",
            Self::Kerberos => "application/HTTP-Kerberos-session-encrypted",
        }
    }

    /// The HTTP `Content-Type` of a sealed message. Clients check its spelling and order.
    pub fn content_type(self) -> String {
        format!(r#"multipart/encrypted;protocol="{}";boundary="Encrypted Boundary""#, self.text())
    }

    /// The label in an HTTP `Content-Type`. `None` if it is not sealed, `Err` if the label is
    /// unknown (for instance CredSSP).
    pub fn of_content_type(value: &str) -> Result<Option<Self>, MultipartError> {
        let value = value.trim_start();
        let is_sealed =
            value.get(..19).is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/encrypted"));
        if !is_sealed {
            return Ok(None);
        }
        let named = Self::ALL.into_iter().find(|label| contains_ignore_case(value, label.text()));
        named.map(Some).ok_or(MultipartError::Label)
    }

    /// The label in the `Content-Type` of a sealed part.
    fn of_part(value: &str) -> Result<Self, MultipartError> {
        let named = Self::ALL.into_iter().find(|label| value.eq_ignore_ascii_case(label.text()));
        named.ok_or(MultipartError::Label)
    }
}

fn contains_ignore_case(text: &str, part: &str) -> bool {
    text.to_ascii_lowercase().contains(&part.to_ascii_lowercase())
}

/// Why a sealed body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MultipartError {
    /// The label is unknown.
    #[error("the session label is neither SPNEGO nor Kerberos")]
    Label,
    /// The text part is damaged.
    #[error("the sealed body has a damaged header")]
    Header,
    /// The closing boundary is missing.
    #[error("the sealed body does not end with its boundary")]
    Boundary,
    /// The signature length points outside of the body.
    #[error("the signature length points outside the sealed body")]
    Signature,
}

/// One sealed part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPart<'a> {
    /// The label of the part itself.
    pub label: Label,
    /// The value of `OriginalContent: type=…`, without `;Length=`.
    pub original_type: String,
    /// The value of `;Length=`: the plaintext's length.
    pub length: usize,
    /// The signature ("header") bytes.
    pub signature: &'a [u8],
    /// The encrypted bytes.
    pub data: &'a [u8],
}

/// Writes a body.
pub fn write(
    label: Label,
    original_type: &str,
    length: usize,
    signature: &[u8],
    data: &[u8],
) -> Vec<u8> {
    let text = format!(
        "{OPEN}\tContent-Type: {}\r\n\tOriginalContent: type={original_type};Length={length}\r\n\
         {OPEN}\tContent-Type: {OCTETS}\r\n",
        label.text()
    );
    let size = u32::try_from(signature.len()).unwrap_or(u32::MAX).to_le_bytes();
    [text.as_bytes(), &size, signature, data, CLOSE].concat()
}

/// Reads a body. It is lenient about blanks, as real clients differ, and strict about positions.
pub fn read(body: &[u8]) -> Result<SealedPart<'_>, MultipartError> {
    let body = body.strip_suffix(CLOSE).ok_or(MultipartError::Boundary)?;
    let mut lines = Lines(body);
    lines.boundary()?;
    let label = Label::of_part(&lines.value("content-type")?)?;
    let original = lines.value("originalcontent")?;
    lines.boundary()?;
    if !lines.value("content-type")?.eq_ignore_ascii_case(OCTETS) {
        return Err(MultipartError::Header);
    }
    let (original_type, length) = original_content(&original).ok_or(MultipartError::Header)?;
    let (size, rest) = lines.0.split_first_chunk::<4>().ok_or(MultipartError::Signature)?;
    let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
    let (signature, data) = rest.split_at_checked(size).ok_or(MultipartError::Signature)?;
    Ok(SealedPart { label, original_type, length, signature, data })
}

fn original_content(value: &str) -> Option<(String, usize)> {
    let (kind, length) = value.rsplit_once(';')?;
    let kind = kind.trim().strip_prefix("type=")?;
    let (key, length) = length.split_once('=')?;
    key.trim().eq_ignore_ascii_case("Length").then_some(())?;
    Some((kind.to_owned(), length.trim().parse().ok()?))
}

struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a str, MultipartError> {
        // Header lines are short. The limit keeps the search out of the binary part.
        let window = self.0.get(..512).unwrap_or(self.0);
        let end =
            window.windows(2).position(|pair| pair == b"\r\n").ok_or(MultipartError::Header)?;
        let (line, rest) = (window.get(..end), self.0.get(end + 2..));
        self.0 = rest.unwrap_or_default();
        line.and_then(|line| std::str::from_utf8(line).ok())
            .map(str::trim)
            .ok_or(MultipartError::Header)
    }

    /// Exchange writes a blank after the dashes.
    fn boundary(&mut self) -> Result<(), MultipartError> {
        match self.next()? {
            "--Encrypted Boundary" | "-- Encrypted Boundary" => Ok(()),
            _ => Err(MultipartError::Boundary),
        }
    }

    fn value(&mut self, wanted: &str) -> Result<String, MultipartError> {
        let (key, value) = self.next()?.split_once(':').ok_or(MultipartError::Header)?;
        if !key.trim().eq_ignore_ascii_case(wanted) {
            return Err(MultipartError::Header);
        }
        Ok(value.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOAP: &str = "application/soap+xml;charset=UTF-8";

    fn sample() -> Vec<u8> {
        write(Label::Spnego, SOAP, 5, b"SIGNATURE-1", b"--Encrypted Boundary\r\nx\0")
    }

    #[test]
    fn exact_layout() {
        let expected = b"--Encrypted Boundary\r\n\
            \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
            \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=3\r\n\
            --Encrypted Boundary\r\n\
            \tContent-Type: application/octet-stream\r\n\
            \x02\0\0\0hhddd--Encrypted Boundary--\r\n";
        assert_eq!(write(Label::Spnego, SOAP, 3, b"hh", b"ddd"), expected);
        assert_eq!(CLOSE.len(), 24);
    }

    #[test]
    fn reads_what_it_writes_even_with_a_boundary_in_the_data() {
        let body = sample();
        let part = read(&body).unwrap();
        assert_eq!((part.label, part.original_type.as_str()), (Label::Spnego, SOAP));
        assert_eq!((part.length, part.signature), (5, &b"SIGNATURE-1"[..]));
        assert_eq!(part.data, b"--Encrypted Boundary\r\nx\0");
    }

    #[test]
    fn accepts_the_blanks_of_other_clients() {
        let text = String::from_utf8(sample()).unwrap();
        for other in [text.replace('\t', ""), text.replace('\t', "  ")] {
            assert_eq!(read(other.as_bytes()).unwrap().signature, b"SIGNATURE-1");
        }
        let exchange = text.replacen("--Encrypted", "-- Encrypted", 1);
        assert!(read(exchange.as_bytes()).is_ok());
    }

    #[test]
    fn every_prefix_and_a_wild_length_are_errors() {
        let body = sample();
        for end in 0..body.len() {
            assert!(read(&body[..end]).is_err(), "prefix of {end} bytes");
        }
        let at = body.windows(4).position(|w| w == [11, 0, 0, 0]).unwrap();
        let mut wild = body.clone();
        wild[at..at + 4].copy_from_slice(&[0xff; 4]);
        assert_eq!(read(&wild), Err(MultipartError::Signature));
    }

    #[test]
    fn labels() {
        for label in [Label::Spnego, Label::Kerberos] {
            assert_eq!(Label::of_content_type(&label.content_type()), Ok(Some(label)));
        }
        assert_eq!(Label::of_content_type("application/soap+xml"), Ok(None));
        let credssp = Label::Spnego.content_type().replace("SPNEGO", "CredSSP");
        assert_eq!(Label::of_content_type(&credssp), Err(MultipartError::Label));
        let inside = |label: &str| {
            let text = String::from_utf8(sample()).unwrap().replacen("HTTP-SPNEGO", label, 1);
            read(text.as_bytes()).map(|part| part.label)
        };
        assert_eq!(inside("http-spnego"), Ok(Label::Spnego));
        assert_eq!(inside("HTTP-Kerberos"), Ok(Label::Kerberos));
        for other in ["HTTP-CredSSP", "XHTTP-SPNEGO", ""] {
            assert_eq!(inside(other), Err(MultipartError::Label), "{other}");
        }
    }
}
