//! One HTTP connection: its authentication state, and from request to response.
//!
//! The state belongs to the TCP connection, as in every WinRM endpoint: none, or one established
//! context. A new `Authorization` replaces the context; shells belong to the principal instead,
//! because some clients authenticate every request.

use super::authentication::{self, Outcome, Pending, Session};
use super::config::ChannelBinding;
use super::deadline::Phase;
use super::http_reply::{Reply, challenge, closing, empty, token_header, with_body, with_token};
use super::log::{self, Event};
use super::scheme::Scheme;
use super::service::Caller;
use super::start::Shared;
use crate::multipart::Label;
use crate::seal::{self, Sequence};
use crate::soap::{self, Charset, identify};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// With the value `unauthenticated`, Identify is answered to strangers (MS-WSMV 3.1.4.1.23).
const IDENTIFY: HeaderName = HeaderName::from_static("wsmanidentify");
/// An Identify request is small; a stranger gets no memory for more.
const MAX_IDENTIFY: usize = 16 * 1024;

/// What lies below HTTP.
#[derive(Debug, Clone)]
pub(crate) enum Channel {
    Plain,
    /// TLS with its channel bindings, and what is expected of clients.
    Tls {
        bindings: Vec<u8>,
        expected: ChannelBinding,
    },
}

impl Channel {
    fn transport(&self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls { .. } => "https",
        }
    }
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    pending: Option<Pending>,
}

/// A connection.
pub(crate) struct Connection {
    shared: Arc<Shared>,
    peer: SocketAddr,
    channel: Channel,
    phase: Phase,
    state: Mutex<State>,
}

impl Connection {
    pub(crate) fn new(
        shared: Arc<Shared>,
        peer: SocketAddr,
        channel: Channel,
        phase: Phase,
    ) -> Self {
        Self { shared, peer, channel, phase, state: Mutex::default() }
    }

    /// Answers one request.
    pub(crate) async fn serve(&self, request: Request<Incoming>) -> Reply {
        self.phase.request();
        let reply = self.reply(request).await;
        self.phase.answered();
        reply
    }

    async fn reply(&self, request: Request<Incoming>) -> Reply {
        if request.uri().path().trim_end_matches('/') != "/wsman" {
            return closing(StatusCode::NOT_FOUND);
        }
        if request.method() != Method::POST {
            return closing(StatusCode::METHOD_NOT_ALLOWED);
        }
        let mut state = self.state.lock().await;
        let (head, body) = request.into_parts();
        let mut token = None;
        let fresh = head.headers.get(AUTHORIZATION);
        if let Some(value) = fresh {
            match self.authenticate(&mut state, value) {
                Ok(reply) => token = reply,
                Err(refusal) => return self.refuse(*refusal, body).await,
            }
        } else if state.session.is_none() {
            return self.stranger(&head.headers, body).await;
        }
        let body = self.body(body, self.largest()).await;
        let mut reply = match (body, state.session.as_mut()) {
            (Err(refusal), _) => *refusal,
            (Ok(_), None) => challenge(),
            (Ok(body), Some(session)) => {
                self.execute(session, &head.headers, &body, fresh.is_some()).await
            }
        };
        if let Some(token) = token {
            reply.headers_mut().insert(WWW_AUTHENTICATE, token);
        }
        reply
    }

    async fn body(&self, body: Incoming, limit: usize) -> Result<Bytes, Box<Reply>> {
        let whole = Limited::new(body, limit).collect();
        match timeout(self.shared.timeouts.body, whole).await {
            Err(_) => Err(Box::new(closing(StatusCode::REQUEST_TIMEOUT))),
            Ok(Err(_)) => Err(Box::new(closing(StatusCode::PAYLOAD_TOO_LARGE))),
            Ok(Ok(body)) => Ok(body.to_bytes()),
        }
    }

    /// Answers without looking at the body. It is taken off the connection all the same: what is left
    /// there would end it behind the client's back, and most clients send their token next.
    async fn refuse(&self, mut reply: Reply, body: Incoming) -> Reply {
        let mut body = Limited::new(body, self.largest());
        let whole = async {
            while let Some(frame) = body.frame().await {
                if frame.is_err() {
                    return false;
                }
            }
            true
        };
        if timeout(self.shared.timeouts.body, whole).await != Ok(true) {
            reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        reply
    }

    /// How large a body may be. Sealing adds a signature and two part headers, UTF-16 doubles.
    fn largest(&self) -> usize {
        2 * self.shared.service.limits.envelope + MAX_IDENTIFY
    }

    /// Somebody who has not authenticated, and does not try to, may ask who is here.
    async fn stranger(&self, headers: &HeaderMap, body: Incoming) -> Reply {
        let asks = headers
            .get(IDENTIFY)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"unauthenticated"));
        if !asks {
            return self.refuse(challenge(), body).await;
        }
        let body = match self.body(body, MAX_IDENTIFY).await {
            Ok(body) => body,
            Err(refusal) => return *refusal,
        };
        let content_type = text(headers, CONTENT_TYPE).unwrap_or_default();
        let charset = Charset::of(&body, content_type);
        match soap::decode_text(&body, content_type) {
            Some(envelope) if identify::is_identify(&envelope) => {
                let answer = charset.encode(&identify::response(None));
                with_body(StatusCode::OK, charset.content_type(), answer)
            }
            _ => challenge(),
        }
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
        let credential = &self.shared.credential;
        match authentication::accept(credential, self.peer, &self.channel, pending, scheme, &token)
        {
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
        if body.is_empty() {
            return empty(if fresh { StatusCode::OK } else { StatusCode::BAD_REQUEST });
        }
        let content_type = text(headers, CONTENT_TYPE).unwrap_or_default();
        let label = match Label::of_content_type(content_type) {
            Ok(label) if label.is_none_or(|label| label == session.scheme.label()) => label,
            _ => return empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        };
        let clear =
            self.shared.service.allow_unencrypted || matches!(self.channel, Channel::Tls { .. });
        let (kind, plain) = match label {
            // As Windows: a plain body is answered by 500 without a word.
            None if !clear => return empty(StatusCode::INTERNAL_SERVER_ERROR),
            None => (content_type.to_owned(), body.to_vec()),
            Some(_) => match seal::open(&mut session.context, body, Sequence::Strict) {
                Ok(opened) => (opened.kind, opened.text),
                Err(error) => {
                    self.complain(&error.to_string());
                    return closing(StatusCode::BAD_REQUEST);
                }
            },
        };
        let charset = Charset::of(&plain, &kind);
        let Some(envelope) = soap::decode_text(&plain, &kind) else {
            return empty(StatusCode::BAD_REQUEST);
        };
        let transport = self.channel.transport();
        let host = text(headers, HOST).unwrap_or("localhost");
        let caller = Caller {
            principal: &session.principal,
            groups: &session.groups,
            address: self.peer.ip(),
            transport,
            endpoint: &format!("{transport}://{host}/wsman"),
        };
        let answer = self.shared.service.answer(caller, &envelope).await;
        let status =
            if answer.is_fault { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
        self.finish(session, label, status, charset, &answer.text)
    }

    /// Faults are sealed too.
    fn finish(
        &self,
        session: &mut Session,
        label: Option<Label>,
        status: StatusCode,
        charset: Charset,
        text: &str,
    ) -> Reply {
        let (kind, bytes) = (charset.content_type(), charset.encode(text));
        let Some(label) = label else {
            return with_body(status, kind, bytes);
        };
        match seal::seal(&mut session.context, label, kind, &bytes) {
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

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
