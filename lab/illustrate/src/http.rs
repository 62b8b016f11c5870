//! HTTP in clear: a field for each line of a head, for the token in it, and for the body.
//!
//! Uses: field.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use httparse::{EMPTY_HEADER, Request, Response, Status};

use crate::field::{Field, FieldPart};

/// How many header fields a message may have.
const FIELDS: usize = 100;

/// One HTTP message.
#[derive(Debug)]
pub(crate) struct HttpMessage {
    /// Where it is in the stream.
    pub(crate) range: Range<usize>,
    /// Its first line.
    pub(crate) title: String,
    /// Its fields, from its own beginning.
    pub(crate) fields: Vec<Field>,
    /// The token of the Kerberos or Negotiate scheme, decoded.
    pub(crate) token: Option<Vec<u8>>,
}

/// The messages of a stream. What is no HTTP becomes one message without names.
pub(crate) fn messages(stream: &[u8], requests: bool) -> Vec<HttpMessage> {
    let mut all = Vec::new();
    let mut place = 0;
    while let Some(rest) = stream.get(place..).filter(|rest| !rest.is_empty()) {
        let message = one(rest, requests);
        let range = place..place + message.range.end;
        place = range.end;
        all.push(HttpMessage { range, ..message });
    }
    all
}

fn one(rest: &[u8], requests: bool) -> HttpMessage {
    let mut headers = [EMPTY_HEADER; FIELDS];
    let (parsed, empty) = if requests {
        (Request::new(&mut headers).parse(rest), true)
    } else {
        let mut answer = Response::new(&mut headers);
        let parsed = answer.parse(rest);
        (parsed, matches!(answer.code, Some(100..=199 | 204 | 304)))
    };
    let Ok(Status::Complete(head)) = parsed else {
        let unknown =
            field(0..rest.len(), "HTTP", FieldPart::Unknown, rest, "These bytes are no HTTP.");
        let title = "bytes that are no HTTP".to_owned();
        return HttpMessage { range: 0..rest.len(), title, fields: vec![unknown], token: None };
    };
    let mut fields = Vec::new();
    let (mut place, mut title, mut token) = (0, String::new(), None);
    let mut length = if empty { Some(0) } else { None };
    while place < head {
        let line = rest[place..head].windows(2).position(|two| two == b"\r\n");
        let end = line.map_or(head, |at| place + at + 2);
        let text = String::from_utf8_lossy(&rest[place..end]).trim_end().to_owned();
        if place == 0 {
            let sentence = "The first line: what is asked, or how it is answered.";
            fields.push(field(place..end, "HTTP/start line", FieldPart::Value, rest, sentence));
            title = text;
        } else if text.is_empty() {
            let sentence = "An empty line ends the head.";
            fields.push(field(
                place..end,
                "HTTP/end of the head",
                FieldPart::Value,
                rest,
                sentence,
            ));
        } else {
            let (name, value) = text.split_once(':').unwrap_or((&text, ""));
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok();
            }
            let found = scheme(name, value);
            token = found.or(token);
            fields.push(header(place..end, name, rest));
        }
        place = end;
    }
    let body = length.unwrap_or(rest.len()).min(rest.len() - head);
    if body > 0 {
        let sentence = "The body: SOAP, a page, or SOAP that GSSAPI seals with the session key.";
        fields.push(field(head..head + body, "HTTP/body", FieldPart::Value, rest, sentence));
    }
    HttpMessage { range: 0..head + body, title, fields, token }
}

/// The token of a header field, if it has one.
fn scheme(name: &str, value: &str) -> Option<Vec<u8>> {
    if !["authorization", "www-authenticate"].contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let (scheme, token) = value.trim().split_once(' ')?;
    ["Kerberos", "Negotiate"].contains(&scheme).then(|| STANDARD.decode(token.trim()).ok())?
}

fn header(range: Range<usize>, name: &str, bytes: &[u8]) -> Field {
    let sentence = match name.to_ascii_lowercase().as_str() {
        "authorization" => "Carries the AP-REQ, in base64: the box below has it decoded.",
        "www-authenticate" => "Names a scheme, or carries the server's answer in base64.",
        "host" => "The host that the client wants.",
        "content-length" => "How many bytes the body has.",
        "content-type" => "What the body is.",
        "user-agent" => "The program that asks.",
        "server" => "The program that answers.",
        _ => "A header field of HTTP.",
    };
    field(range, &format!("HTTP/{name}"), FieldPart::Value, bytes, sentence)
}

fn field(
    range: Range<usize>,
    path: &str,
    part: FieldPart,
    bytes: &[u8],
    sentence: &'static str,
) -> Field {
    let own = &bytes[range.clone()];
    let value = match std::str::from_utf8(own) {
        Ok(text) if own.len() <= 400 => text.trim_end().to_owned(),
        _ => format!("{} bytes", own.len()),
    };
    Field { range, path: path.to_owned(), part, value, sentence }
}
