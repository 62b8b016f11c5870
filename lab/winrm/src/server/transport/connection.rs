//! One HTTP connection: its authentication state, and from request to response.
//!
//! The state belongs to the TCP connection, as in every WinRM endpoint: no context, or one
//! established context. A new `Authorization` replaces the context. Shells belong to the principal
//! instead, because some clients authenticate every request.

use super::deadline::Phase;
use super::http_head;
use super::http_reply::{Reply, challenge, closing, empty, token_header, with_body, with_token};
use super::quota::{ConnectionQuota, ConnectionSlot};
use crate::gss::Credential;
use crate::sealing::{self, Label, Sequence};
use crate::server::config::Timeouts;
use crate::server::log::{self, Event};
use crate::server::long_work;
use crate::server::security::{
    self, AuthenticatedClient, Caller, ChannelBindings, IncompleteContext, Outcome, Scheme,
};
use crate::server::wsman::Service;
use crate::soap::{self, Charset, identify};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, WWW_AUTHENTICATE};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::Authority;
use hyper::{Method, Request, StatusCode};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// With the value `unauthenticated`, the endpoint answers a stranger's Identify (MS-WSMV
/// 3.1.4.1.23).
const IDENTIFY: HeaderName = HeaderName::from_static("wsmanidentify");

/// What all connections share.
pub(crate) struct Endpoint {
    pub(crate) credential: Credential,
    pub(crate) service: Service,
    pub(crate) timeouts: Timeouts,
}

/// A newly accepted connection.
pub(crate) struct NewConnection {
    pub(crate) peer: SocketAddr,
    pub(crate) phase: Phase,
    /// Its slot among the strangers of its port.
    pub(crate) slot: ConnectionSlot<IpAddr>,
}

struct State {
    client: Option<AuthenticatedClient>,
    incomplete: Option<IncompleteContext>,
    /// Its slot until the peer has authenticated.
    stranger_slot: Option<ConnectionSlot<IpAddr>>,
    /// Its slot after that.
    client_slot: Option<ConnectionSlot<String>>,
}

/// The facts about the body in a request's head.
struct Head<'a> {
    authority: &'a Authority,
    content_type: &'a str,
}

/// A connection.
pub(crate) struct Connection {
    endpoint: Arc<Endpoint>,
    peer: SocketAddr,
    /// `None` without TLS.
    bindings: Option<ChannelBindings>,
    phase: Phase,
    /// Connections whose peer has authenticated.
    authenticated: ConnectionQuota<String>,
    state: Mutex<State>,
}

impl Connection {
    pub(crate) fn new(
        endpoint: Arc<Endpoint>,
        authenticated: ConnectionQuota<String>,
        bindings: Option<ChannelBindings>,
        new: NewConnection,
    ) -> Self {
        let NewConnection { peer, phase, slot } = new;
        let stranger_slot = Some(slot);
        let state = State { client: None, incomplete: None, stranger_slot, client_slot: None };
        Self { endpoint, peer, bindings, phase, authenticated, state: Mutex::new(state) }
    }

    fn transport(&self) -> &'static str {
        if self.bindings.is_some() { "https" } else { "http" }
    }

    /// Answers one request.
    pub(crate) async fn serve(&self, request: Request<Incoming>) -> Reply {
        self.phase.busy();
        let reply = self.reply(request).await;
        self.phase.answered();
        reply
    }

    async fn reply(&self, request: Request<Incoming>) -> Reply {
        let (head, body) = request.into_parts();
        let Some(authority) = http_head::authority(&head, self.transport()) else {
            return closing(StatusCode::BAD_REQUEST);
        };
        if head.uri.path().trim_end_matches('/') != "/wsman" {
            return closing(StatusCode::NOT_FOUND);
        }
        if head.method != Method::POST {
            return closing(StatusCode::METHOD_NOT_ALLOWED);
        }
        let mut state = self.state.lock().await;
        let mut token = None;
        let fresh = head.headers.get(AUTHORIZATION);
        if let Some(value) = fresh {
            match self.authenticate(&mut state, value).await {
                Ok(reply) => token = reply,
                Err(refusal) => return self.refuse(*refusal, body).await,
            }
        }
        let Some(client) = state.client.as_mut() else {
            return self.reply_to_stranger(&head.headers, body).await;
        };
        let content_type = text(&head.headers, CONTENT_TYPE).unwrap_or_default();
        let head = Head { authority: &authority, content_type };
        let mut reply = self.execute(client, &head, body, fresh.is_some()).await;
        if let Some(token) = token {
            reply.headers_mut().insert(WWW_AUTHENTICATE, token);
        }
        reply
    }

    /// Reads a body into one buffer. A client may send it in very small pieces.
    async fn read_body(&self, body: Incoming, limit: usize) -> Result<Vec<u8>, Box<Reply>> {
        let mut body = Limited::new(body, limit);
        let whole = async {
            let mut bytes = Vec::new();
            while let Some(frame) = body.frame().await {
                bytes.extend_from_slice(frame.ok()?.data_ref().map_or(&[][..], |data| data));
            }
            Some(bytes)
        };
        self.phase.awaits_body();
        let bytes = timeout(self.endpoint.timeouts.body, whole).await;
        self.phase.busy();
        match bytes {
            Err(_) => Err(Box::new(closing(StatusCode::REQUEST_TIMEOUT))),
            Ok(None) => Err(Box::new(closing(StatusCode::PAYLOAD_TOO_LARGE))),
            Ok(Some(bytes)) => Ok(bytes),
        }
    }

    /// Answers without using the body, but reads it off the connection. A body that stays there
    /// would end the connection unexpectedly. Most clients send their token next.
    async fn refuse(&self, mut reply: Reply, body: Incoming) -> Reply {
        let mut body = Limited::new(body, largest(self.endpoint.service.limits.envelope));
        let whole = async {
            while let Some(frame) = body.frame().await {
                if frame.is_err() {
                    return false;
                }
            }
            true
        };
        self.phase.awaits_body();
        let all = timeout(self.endpoint.timeouts.body, whole).await == Ok(true);
        self.phase.busy();
        if !all {
            reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        reply
    }

    /// A client without authentication, and without an attempt at it, may send Identify.
    async fn reply_to_stranger(&self, headers: &HeaderMap, body: Incoming) -> Reply {
        let asks = headers
            .get(IDENTIFY)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"unauthenticated"));
        if !asks {
            return self.refuse(challenge(), body).await;
        }
        let body = match self.read_body(body, identify::LARGEST).await {
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

    /// Takes an `Authorization` header. Returns the success token for the response, or a refusal.
    async fn authenticate(
        &self,
        state: &mut State,
        value: &HeaderValue,
    ) -> Result<Option<HeaderValue>, Box<Reply>> {
        state.client = None;
        let incomplete = state.incomplete.take();
        let read = value.to_str().ok().and_then(Scheme::read);
        let Some((scheme, token)) = read else { return Err(Box::new(challenge())) };
        let credential = &self.endpoint.credential;
        let bindings = self.bindings.as_ref();
        let accept =
            || security::accept(credential, self.peer, bindings, incomplete, scheme, &token);
        let outcome = if credential.keeps_replays() {
            long_work::in_turn(accept).await
        } else {
            long_work::by_size(token.len(), accept).await
        };
        match outcome {
            Outcome::Accepted(client, reply) => {
                self.take_client_slot(state, &client.principal)?;
                state.client = Some(client);
                Ok(reply.and_then(|reply| token_header(scheme, &reply)))
            }
            Outcome::Incomplete(incomplete, reply) => {
                state.incomplete = Some(incomplete);
                Err(Box::new(with_token(scheme, &reply)))
            }
            Outcome::Refused(Some(reply)) => Err(Box::new(with_token(scheme, &reply))),
            Outcome::Refused(None) => Err(Box::new(challenge())),
        }
    }

    /// Moves the connection to a slot of its principal. AD compares names without case.
    fn take_client_slot(&self, state: &mut State, principal: &str) -> Result<(), Box<Reply>> {
        let principal = principal.to_lowercase();
        if state.client_slot.as_ref().is_some_and(|slot| *slot.holder() == principal) {
            return Ok(());
        }
        let Some(slot) = self.authenticated.admit(&principal, &self.phase) else {
            self.log_error("there is no place for another connection of this principal");
            return Err(Box::new(closing(StatusCode::SERVICE_UNAVAILABLE)));
        };
        state.client_slot = Some(slot);
        drop(state.stranger_slot.take());
        self.phase.authenticated();
        Ok(())
    }

    /// `fresh`: this request authenticated the connection, so its body may be empty.
    async fn execute(
        &self,
        client: &mut AuthenticatedClient,
        head: &Head<'_>,
        body: Incoming,
        fresh: bool,
    ) -> Reply {
        let service = &self.endpoint.service;
        let envelope = service.largest(&client.principal, &client.groups);
        let body = match self.read_body(body, largest(envelope)).await {
            Ok(body) => body,
            Err(refusal) => return *refusal,
        };
        let size = body.len();
        if body.is_empty() {
            return empty(if fresh { StatusCode::OK } else { StatusCode::BAD_REQUEST });
        }
        let label = match Label::of_content_type(head.content_type) {
            Ok(label) if label.is_none_or(|label| label == client.scheme.label()) => label,
            _ => return empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        };
        let read = || -> Result<_, Box<Reply>> {
            let (charset, text) = self.open(client, label, head.content_type, body)?;
            Ok((charset, service.read(&text, envelope)))
        };
        let opened = long_work::by_size(size, read);
        let (charset, message) = match opened.await {
            Ok(opened) => opened,
            Err(refusal) => return *refusal,
        };
        let transport = self.transport();
        let caller = Caller {
            principal: &client.principal,
            owner: &client.owner,
            groups: &client.groups,
            address: self.peer.ip(),
            transport,
            endpoint: &format!("{transport}://{}/wsman", head.authority),
        };
        let answer = service.answer(caller, message).await;
        let status =
            if answer.is_fault { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
        let seal = || self.seal(client, label, status, charset, &answer.text);
        long_work::by_size(answer.text.len(), seal).await
    }

    /// The envelope in a body, unless the endpoint does not accept this form.
    fn open(
        &self,
        client: &mut AuthenticatedClient,
        label: Option<Label>,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<(Charset, String), Box<Reply>> {
        let clear = self.endpoint.service.allow_unencrypted || self.bindings.is_some();
        let (kind, plain) = match label {
            // As Windows: 500 without text for a plain body.
            None if !clear => return Err(Box::new(empty(StatusCode::INTERNAL_SERVER_ERROR))),
            None => (content_type.to_owned(), body),
            Some(label) => match sealing::open(&mut client.context, &body, Sequence::Strict) {
                Ok(opened) if opened.label == label => (opened.kind, opened.text),
                Ok(_) => {
                    self.log_error("the sealed part has another label than the message");
                    return Err(Box::new(closing(StatusCode::BAD_REQUEST)));
                }
                Err(error) => {
                    self.log_error(&error.to_string());
                    return Err(Box::new(closing(StatusCode::BAD_REQUEST)));
                }
            },
        };
        let text = soap::decode_text(&plain, &kind);
        let text = text.ok_or_else(|| Box::new(empty(StatusCode::BAD_REQUEST)))?;
        Ok((Charset::of(&plain, &kind), text))
    }

    /// The answer, sealed if its request was. Faults too.
    fn seal(
        &self,
        client: &mut AuthenticatedClient,
        label: Option<Label>,
        status: StatusCode,
        charset: Charset,
        text: &str,
    ) -> Reply {
        let (kind, bytes) = (charset.content_type(), charset.encode(text));
        let Some(label) = label else {
            return with_body(status, kind, bytes);
        };
        match sealing::seal(&mut client.context, label, kind, &bytes) {
            Ok(body) => with_body(status, &label.content_type(), body),
            Err(error) => {
                self.log_error(&error.to_string());
                closing(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    fn log_error(&self, text: &str) {
        let error = Event::Error { peer: self.peer.to_string(), text: text.to_owned() };
        log::refused(self.peer.ip(), &error);
    }
}

/// The largest body. Sealing adds a signature and two part headers, and UTF-16 doubles the size.
fn largest(envelope: usize) -> usize {
    2 * envelope + identify::LARGEST
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
