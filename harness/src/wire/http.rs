//! Kerberos in the header fields of HTTP (RFC 4559): `Authorization: Negotiate|Kerberos <token>` in
//! requests, `WWW-Authenticate:` in answers. Also the status of the last answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use httparse::{EMPTY_HEADER, Header, Request, Response, Status};

use super::gss::{self, Token};
use super::kerberos;
use super::message::Body;

/// How many header fields a message may have.
const FIELDS: usize = 100;

/// How many messages the judge looks for in one head.
const TOKENS: usize = 16;

/// Which direction of a connection a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// From the client.
    Requests,
    /// From the server.
    Answers,
}

/// A Kerberos message and where the head that carried it ends in the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) end: usize,
    pub(super) body: Body,
}

/// The head of one HTTP message.
#[derive(Debug)]
struct Head {
    length: usize,
    /// Status of an answer. Requests have none.
    status: Option<u16>,
    /// The Kerberos messages in the fields of authentication.
    bodies: Vec<Body>,
    content: Content,
}

/// How long the content is (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Bytes(usize),
    Chunked,
    ToTheEnd,
}

/// Every Kerberos message in a stream, up to the first bytes that are not HTTP.
pub(super) fn messages(stream: &[u8], side: Side) -> impl Iterator<Item = Found> {
    heads(stream, side).flat_map(|(end, head)| {
        let bodies =
            head.map_or_else(|reason| vec![kerberos::unreadable(reason)], |head| head.bodies);
        bodies.into_iter().map(move |body| Found { end, body })
    })
}

/// The status of the last complete answer in a stream, and where that answer ends. An interim
/// answer (1xx) does not count.
pub(super) fn last_status(stream: &[u8]) -> Option<(usize, u16)> {
    let answers = heads(stream, Side::Answers).filter_map(|(end, head)| {
        let head = head.ok()?;
        let end = match head.content {
            Content::ToTheEnd => stream.len(),
            content => after_content(stream, end, content)?,
        };
        head.status.filter(|&status| status >= 200).map(|status| (end, status))
    });
    answers.last()
}

/// The heads in a stream, each with the place where it ends.
fn heads(stream: &[u8], side: Side) -> impl Iterator<Item = (usize, Result<Head, String>)> {
    let mut place = Some(0);
    std::iter::from_fn(move || {
        let start = place?;
        let rest = stream.get(start..).filter(|rest| !rest.is_empty())?;
        let head = head(rest, side);
        let end = head.as_ref().map_or(stream.len(), |head| start + head.length);
        place = head.as_ref().ok().and_then(|head| after_content(stream, end, head.content));
        Some((end, head))
    })
}

fn head(rest: &[u8], side: Side) -> Result<Head, String> {
    let mut fields = [EMPTY_HEADER; FIELDS];
    let (parsed, content, name, status) = match side {
        Side::Requests => {
            let mut request = Request::new(&mut fields);
            let parsed = request.parse(rest);
            (parsed, content(request.headers, Content::Bytes(0)), "authorization", None)
        }
        Side::Answers => {
            let mut answer = Response::new(&mut fields);
            let parsed = answer.parse(rest);
            let content = match answer.code {
                Some(100..=199 | 204 | 304) => Content::Bytes(0),
                _ => content(answer.headers, Content::ToTheEnd),
            };
            (parsed, content, "www-authenticate", answer.code)
        }
    };
    match parsed {
        Ok(Status::Complete(length)) => {
            Ok(Head { length, status, bodies: tokens(&fields, name), content })
        }
        Ok(Status::Partial) => Err("the head of an HTTP message is cut short".to_owned()),
        Err(error) => Err(format!("no head of an HTTP message: {error}")),
    }
}

fn content(fields: &[Header<'_>], otherwise: Content) -> Content {
    let value = |name: &str| {
        let field = fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(field.value).ok().map(str::trim)
    };
    let coding = value("transfer-encoding").unwrap_or_default();
    if coding.to_ascii_lowercase().ends_with("chunked") {
        return Content::Chunked;
    }
    match value("content-length").map(str::parse) {
        Some(Ok(length)) => Content::Bytes(length),
        // The length is invalid, so the place of the next head is unknown.
        Some(Err(_)) => Content::ToTheEnd,
        None => otherwise,
    }
}

/// Where the next message begins; `None` if the stream ends before it.
fn after_content(stream: &[u8], end: usize, content: Content) -> Option<usize> {
    match content {
        Content::Bytes(length) => end.checked_add(length).filter(|&next| next <= stream.len()),
        Content::ToTheEnd => None,
        Content::Chunked => {
            let mut place = end;
            loop {
                let parsed = httparse::parse_chunk_size(stream.get(place..)?).ok()?;
                let Status::Complete((size_line, size)) = parsed else { return None };
                place += size_line;
                if size == 0 {
                    return after_trailers(stream, place);
                }
                // The chunk, and the CR LF behind it.
                place = place.checked_add(usize::try_from(size).ok()?)?.checked_add(2)?;
            }
        }
    }
}

fn after_trailers(stream: &[u8], place: usize) -> Option<usize> {
    let mut fields = [EMPTY_HEADER; FIELDS];
    match httparse::parse_headers(stream.get(place..)?, &mut fields).ok()? {
        Status::Complete((length, _)) => Some(place + length),
        Status::Partial => None,
    }
}

/// The messages in all fields of this name. One field may list several challenges. Neither base64
/// nor a scheme has a comma.
fn tokens(fields: &[Header<'_>], name: &str) -> Vec<Body> {
    fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case(name))
        .filter_map(|field| std::str::from_utf8(field.value).ok())
        .flat_map(|value| value.split(','))
        .filter_map(challenge)
        .take(TOKENS)
        .collect()
}

fn challenge(text: &str) -> Option<Body> {
    let (scheme, token) = text.trim().split_once(' ')?;
    let known = ["Negotiate", "Kerberos"];
    if !known.iter().any(|name| scheme.eq_ignore_ascii_case(name)) {
        return None;
    }
    let Ok(token) = STANDARD.decode(token.trim()) else {
        return Some(kerberos::unreadable("the token is not base64"));
    };
    match gss::open(&token) {
        Token::Kerberos(message) => Some(kerberos::read(message)),
        Token::Other => None,
        Token::Damaged(reason) => Some(kerberos::unreadable(reason)),
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
