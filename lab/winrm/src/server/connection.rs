//! One HTTP connection: its authentication state, and from request to response.
//!
//! The state belongs to the TCP connection, as in every WinRM endpoint: none, or one established
//! context. A new `Authorization` replaces the context; shells belong to the principal instead,
//! because some clients authenticate every request.

use super::authentication::{self, Outcome, Pending, Scheme, Session};
use super::listener::Shared;
use super::log::{self, Event};
use super::service::{Caller, MAX_ENVELOPE};
use crate::multipart::Label;
use crate::seal::{self, Sequence};
use crate::soap;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
    WWW_AUTHENTICATE,
};
use hyper::{Method, Request, Response, StatusCode};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// Sealing adds a signature and two part headers.
const MAX_BODY: usize = 2 * MAX_ENVELOPE;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) type Reply = Response<Full<Bytes>>;

#[derive(Default)]
struct State {
    session: Option<Session>,
    pending: Option<Pending>,
}

/// A connection.
pub(crate) struct Connection {
    shared: Arc<Shared>,
    peer: SocketAddr,
    state: Mutex<State>,
}

impl Connection {
    pub(crate) fn new(shared: Arc<Shared>, peer: SocketAddr) -> Self {
        Self { shared, peer, state: Mutex::default() }
    }

    /// Answers one request.
    pub(crate) async fn serve(&self, request: Request<Incoming>) -> Reply {
        if request.uri().path().trim_end_matches('/') != "/wsman" {
            return empty(StatusCode::NOT_FOUND);
        }
        if request.method() != Method::POST {
            return empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        let mut state = self.state.lock().await;
        let (head, body) = request.into_parts();
        let mut token = None;
        if let Some(value) = head.headers.get(AUTHORIZATION) {
            match self.authenticate(&mut state, value) {
                Ok(reply) => token = reply,
                Err(refusal) => return *refusal,
            }
        } else if state.session.is_none() {
            return challenge();
        }
        let fresh = head.headers.contains_key(AUTHORIZATION);
        let limited = timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await;
        let mut reply = match limited {
            Err(_) => closing(StatusCode::REQUEST_TIMEOUT),
            Ok(Err(_)) => closing(StatusCode::PAYLOAD_TOO_LARGE),
            Ok(Ok(body)) => match state.session.as_mut() {
                None => challenge(),
                Some(session) => {
                    self.execute(session, &head.headers, &body.to_bytes(), fresh).await
                }
            },
        };
        if let Some(token) = token {
            reply.headers_mut().insert(WWW_AUTHENTICATE, token);
        }
        reply
    }

    /// Takes an `Authorization` header: the success token for the response, or a refusal.
    fn authenticate(
        &self,
        state: &mut State,
        value: &HeaderValue,
    ) -> Result<Option<HeaderValue>, Box<Reply>> {
        state.session = None;
        let pending = state.pending.take();
        let read = value.to_str().ok().and_then(Scheme::read);
        let Some((scheme, token)) = read else { return Err(Box::new(challenge())) };
        match authentication::accept(&self.shared.credential, self.peer, pending, scheme, &token) {
            Outcome::Accepted(session, reply) => {
                state.session = Some(session);
                Ok(reply.and_then(|reply| token_header(scheme, &reply)))
            }
            Outcome::More(pending, reply) => {
                state.pending = Some(pending);
                Err(Box::new(with_token(scheme, &reply)))
            }
            Outcome::Refused(Some(reply)) => Err(Box::new(with_token(scheme, &reply))),
            Outcome::Refused(None) => Err(Box::new(challenge())),
        }
    }

    /// `fresh`: this request authenticated the connection, so its body may be empty.
    async fn execute(
        &self,
        session: &mut Session,
        headers: &HeaderMap,
        body: &[u8],
        fresh: bool,
    ) -> Reply {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        if body.is_empty() {
            return empty(if fresh { StatusCode::OK } else { StatusCode::BAD_REQUEST });
        }
        let content_type = text(CONTENT_TYPE).unwrap_or_default();
        let label = match Label::of_content_type(content_type) {
            Ok(label) if label.is_none_or(|label| label == session.scheme.label()) => label,
            _ => return empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        };
        let (kind, plain) = match label {
            // As Windows: a plain body is answered by 500 without a word.
            None if !self.shared.allow_unencrypted => {
                return empty(StatusCode::INTERNAL_SERVER_ERROR);
            }
            None => (content_type.to_owned(), body.to_vec()),
            Some(_) => match seal::open(&mut session.context, body, Sequence::Strict) {
                Ok(opened) => (opened.kind, opened.text),
                Err(error) => {
                    self.complain(&error.to_string());
                    return closing(StatusCode::BAD_REQUEST);
                }
            },
        };
        let Some(envelope) = soap::decode_text(&plain, &kind) else {
            return empty(StatusCode::BAD_REQUEST);
        };
        let endpoint = format!("http://{}/wsman", text(HOST).unwrap_or("localhost"));
        let caller =
            Caller { principal: &session.principal, address: self.peer.ip(), endpoint: &endpoint };
        let answer = self.shared.service.answer(caller, &envelope).await;
        let status =
            if answer.is_fault { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
        self.finish(session, label, status, &answer.text)
    }

    /// Faults are sealed too.
    fn finish(
        &self,
        session: &mut Session,
        label: Option<Label>,
        status: StatusCode,
        text: &str,
    ) -> Reply {
        let Some(label) = label else {
            return with_body(status, soap::CONTENT_TYPE, text.as_bytes().to_vec());
        };
        match seal::seal(&mut session.context, label, soap::CONTENT_TYPE, text.as_bytes()) {
            Ok(body) => with_body(status, &label.content_type(), body),
            Err(error) => {
                self.complain(&error.to_string());
                closing(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    fn complain(&self, text: &str) {
        log::write(&Event::Error { peer: self.peer.to_string(), text: text.to_owned() });
    }
}

fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status;
    reply
}

fn closing(status: StatusCode) -> Reply {
    let mut reply = empty(status);
    reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}

fn with_body(status: StatusCode, kind: &str, body: Vec<u8>) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = status;
    if let Ok(kind) = HeaderValue::from_str(kind) {
        reply.headers_mut().insert(CONTENT_TYPE, kind);
    }
    reply
}

/// The bare offers, Negotiate first: clients take the first scheme they know.
fn challenge() -> Reply {
    let mut reply = empty(StatusCode::UNAUTHORIZED);
    for scheme in ["Negotiate", "Kerberos"] {
        reply.headers_mut().append(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
    }
    reply
}

fn with_token(scheme: Scheme, token: &[u8]) -> Reply {
    let mut reply = empty(StatusCode::UNAUTHORIZED);
    if let Some(value) = token_header(scheme, token) {
        reply.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    reply
}

fn token_header(scheme: Scheme, token: &[u8]) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{} {}", scheme.name(), BASE64_STANDARD.encode(token))).ok()
}
