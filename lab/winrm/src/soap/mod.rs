//! SOAP 1.2 with WS-Management, the part that the WinRS shell needs (MS-WSMV 3.1.4).
//!
//! `roxmltree` reads (namespaces resolved, no DTD), and bounds keep its time linear. Writing
//! produces plain text with the prefixes that Windows uses, because some clients search for them.
//!
//! Uses: no other room.

mod bounds;
pub mod client;
pub mod config;
mod duration;
pub mod enumeration;
pub mod fault;
pub mod identify;
pub mod reply;
pub mod request;

pub use duration::{parse_duration, write_days, write_seconds};
pub use fault::Fault;
pub use request::{Body, MAX_TIMEOUT, Request};

use std::borrow::Cow;

/// Namespaces, and the URIs that contain them.
pub mod ns {
    /// SOAP 1.2.
    pub const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
    /// WS-Addressing.
    pub const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    /// WS-Transfer.
    pub const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    /// DMTF WS-Management.
    pub const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    /// Microsoft's additions to WS-Management.
    pub const WSMV: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
    /// The Windows Remote Shell.
    pub const SHELL: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
    /// WS-Enumeration.
    pub const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    /// Identify.
    pub const IDENTITY: &str = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
    /// The service's own settings: namespace and resource URI.
    pub const CONFIG: &str = "http://schemas.microsoft.com/wbem/wsman/1/config";
    /// WSManFault.
    pub const FAULT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
    /// The address of an answer on the same connection.
    pub const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
    /// The resource URI of the command shell.
    pub const CMD: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd";
    /// The resource URI of a shell's commands (MS-WSMV 3.1.4.8.2); the action Command has the same.
    pub const COMMANDS: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command";
    /// The dialect of a filter that is a SelectorSet.
    pub const SELECTOR_FILTER: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
}

/// The media type of a SOAP message in UTF-8.
pub const CONTENT_TYPE: &str = "application/soap+xml;charset=UTF-8";

/// Escapes text for XML content and attributes. It drops what XML 1.0 cannot hold.
pub fn escape(text: &str) -> Cow<'_, str> {
    let plain = |c: char| {
        !matches!(c, '&' | '<' | '>' | '"' | '\r') && (c >= ' ' || c == '\n' || c == '\t')
    };
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader would read a bare CR as LF (XML 1.0 section 2.11).
            '\r' => out.push_str("&#13;"),
            c if plain(c) => out.push(c),
            _ => {}
        }
    }
    Cow::Owned(out)
}

/// A GUID as Windows writes it.
pub fn new_guid() -> String {
    uuid::Uuid::new_v4().hyphenated().to_string().to_ascii_uppercase()
}

/// Whether a client's id is a GUID.
pub fn is_guid(id: &str) -> bool {
    uuid::Uuid::try_parse(id).is_ok()
}

/// The start of an envelope, with every prefix of our messages.
pub(crate) fn envelope(header: &str, body: &str) -> String {
    format!(
        r#"<s:Envelope xml:lang="en-US" xmlns:s="{}" xmlns:a="{}" xmlns:x="{}" xmlns:n="{}" xmlns:w="{}" xmlns:rsp="{}" xmlns:p="{}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#,
        ns::SOAP,
        ns::ADDRESSING,
        ns::TRANSFER,
        ns::ENUMERATION,
        ns::WSMAN,
        ns::SHELL,
        ns::WSMV
    )
}

/// Parses a document within bounds and without DTD. The time is linear in its size.
pub(crate) fn parse(text: &str) -> Option<roxmltree::Document<'_>> {
    if !bounds::keeps(text) {
        return None;
    }
    let nodes_limit = bounds::NODES;
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit, ..Default::default() };
    roxmltree::Document::parse_with_options(text, options).ok()
}

/// A client's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Identify.
    Identify,
    /// An operation.
    Request(Box<Request>),
}

impl Message {
    /// Reads an envelope. It parses only once.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let document = parse(text).ok_or_else(Fault::bad_schema)?;
        if identify::is_asked_in(&document) {
            return Ok(Self::Identify);
        }
        Request::of(&document).map(|request| Self::Request(Box::new(request)))
    }
}

/// The encoding of a message. An answer has that of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-16, little endian, with a byte order mark, as Windows writes it.
    Utf16,
}

impl Charset {
    /// The charset of a message, from its byte order mark or else its media type.
    pub fn of(bytes: &[u8], content_type: &str) -> Self {
        let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let declared = content_type.to_ascii_lowercase().contains("utf-16");
        if marked || declared { Self::Utf16 } else { Self::Utf8 }
    }

    /// The media type of a SOAP message.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Utf8 => CONTENT_TYPE,
            Self::Utf16 => "application/soap+xml;charset=UTF-16",
        }
    }

    /// Writes a message.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16 => {
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect()
            }
        }
    }
}

/// Decodes a message by its byte order mark or declared charset (UTF-8 or UTF-16).
pub fn decode_text(bytes: &[u8], content_type: &str) -> Option<String> {
    let utf16 = content_type.to_ascii_lowercase().contains("utf-16");
    let (bytes, big) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        _ if utf16 => (bytes, false),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            return String::from_utf8(bytes.to_vec()).ok();
        }
    };
    let units = bytes.chunks_exact(2);
    if !units.remainder().is_empty() {
        return None;
    }
    let word = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    };
    String::from_utf16(&units.map(word).collect::<Vec<_>>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping() {
        assert_eq!(escape("plain text\n"), "plain text\n");
        assert_eq!(escape("a<b>&\"c\r\u{1}"), "a&lt;b&gt;&amp;&quot;c&#13;");
    }

    #[test]
    fn charsets() {
        let text = "<é/>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bom = [&[0xff, 0xfe][..], &le].concat();
        assert_eq!(decode_text(text.as_bytes(), "x").as_deref(), Some(text));
        assert_eq!(decode_text(&bom, "x").as_deref(), Some(text));
        assert_eq!(decode_text(&le, "a;charset=UTF-16").as_deref(), Some(text));
        assert_eq!(decode_text(&bom[..5], "x"), None);
        assert_eq!(Charset::of(&bom, "x"), Charset::Utf16);
        assert_eq!(Charset::of(&le, "a;charset=\"utf-16\""), Charset::Utf16);
        assert_eq!(Charset::of(text.as_bytes(), CONTENT_TYPE), Charset::Utf8);
        assert_eq!(Charset::Utf16.encode(text), bom);
        assert_eq!(Charset::Utf8.encode(text), text.as_bytes());
        assert_eq!(decode_text(&[0xc3], "x"), None);
    }

    #[test]
    fn guids_look_like_windows() {
        let guid = new_guid();
        assert_eq!(guid.len(), 36);
        assert!(guid.chars().all(|c| c == '-' || c.is_ascii_digit() || c.is_ascii_uppercase()));
        assert!(is_guid(&guid) && is_guid(&guid.to_ascii_lowercase()));
        assert!(!is_guid("") && !is_guid("1") && !is_guid(&format!("{guid}0")));
    }
}
