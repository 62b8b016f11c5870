//! The HTTP answers without a message, and the headers of the others.

use crate::server::security::Scheme;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};

pub(crate) type Reply = Response<Full<Bytes>>;

pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status;
    reply
}

pub(crate) fn closing(status: StatusCode) -> Reply {
    let mut reply = empty(status);
    reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}

pub(crate) fn with_body(status: StatusCode, kind: &str, body: Vec<u8>) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = status;
    if let Ok(kind) = HeaderValue::from_str(kind) {
        reply.headers_mut().insert(CONTENT_TYPE, kind);
    }
    reply
}

/// The bare offers, Negotiate first: clients take the first scheme that they know.
pub(crate) fn challenge() -> Reply {
    let mut reply = empty(StatusCode::UNAUTHORIZED);
    for scheme in ["Negotiate", "Kerberos"] {
        reply.headers_mut().append(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
    }
    reply
}

pub(crate) fn with_token(scheme: Scheme, token: &[u8]) -> Reply {
    let mut reply = empty(StatusCode::UNAUTHORIZED);
    if let Some(value) = token_header(scheme, token) {
        reply.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    reply
}

pub(crate) fn token_header(scheme: Scheme, token: &[u8]) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{} {}", scheme.name(), BASE64_STANDARD.encode(token))).ok()
}
