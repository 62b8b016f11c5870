//! One HTTP connection to the endpoint, and the security context that lives on it.

use super::peer::Peer;
use super::report::ApStage;
use super::settings::Authentication;
use super::status::Condition;
use super::tls::TlsError;
use crate::gss::{Context, GssError, Step};
use crate::krb5::ErrorCode;
use crate::multipart::Label;
use crate::seal::{self, SealError, Sequence};
use crate::{soap, token};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{
    AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, USER_AGENT, WWW_AUTHENTICATE,
};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

/// Longer than the OperationTimeout of every request (20 s), as the endpoint answers by then.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
const MAX_ANSWER: usize = 4 << 20;

/// Why the endpoint cannot be talked to.
#[derive(Debug, Error)]
pub(crate) enum TransportError {
    /// The name does not resolve.
    #[error("the name {0} does not resolve")]
    Name(String),
    /// Nothing listens, or the connection broke.
    #[error("no connection: {0}")]
    Connect(String),
    /// No answer in time.
    #[error("time-out: {what} took longer than {} s", .after.as_secs())]
    TimedOut {
        /// What was waited for.
        what: &'static str,
        /// How long.
        after: Duration,
    },
    /// An HTTP status that is no answer of WS-Management.
    #[error("HTTP status {0} without a WS-Management message")]
    Status(u16),
    /// An answer that is no WS-Management message.
    #[error("unexpected answer: {0}")]
    Answer(String),
    /// A further connection of the same session was refused.
    #[error("the endpoint refused a further connection: {0}")]
    Refused(String),
    /// A message that cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl TransportError {
    /// What Windows would show, where it is known.
    pub(crate) fn condition(&self) -> Option<Condition> {
        match self {
            Self::Name(_) => Some(Condition::ComputerNotFound),
            Self::Connect(_) => Some(Condition::CannotConnect),
            Self::TimedOut { .. } => Some(Condition::TimedOut),
            Self::Status(status) => Condition::of_http(*status),
            Self::Tls(error) => error.condition(),
            Self::Answer(_) | Self::Refused(_) | Self::Seal(_) => None,
        }
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// The connection.
pub(crate) struct Transport {
    sender: SendRequest<Full<Bytes>>,
    /// The endpoint's URL.
    pub(crate) url: String,
    authority: String,
    authentication: Authentication,
    context: Context,
    /// Messages are sealed, unless TLS does it.
    sealed: bool,
    /// HTTP status of the last answer.
    pub(crate) status: Option<u16>,
    /// Schemes that a 401 offered.
    pub(crate) offers: Vec<String>,
}

impl Transport {
    /// Speaks HTTP on a stream.
    pub(crate) async fn over<S>(
        stream: S,
        authentication: Authentication,
        url: String,
        context: Context,
    ) -> Result<Self, TransportError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| TransportError::Connect(error.to_string()))?;
        // Errors of the connection also reach the request that is under way.
        tokio::spawn(connection);
        let authority = url.split('/').nth(2).unwrap_or_default().to_owned();
        let (status, offers, sealed) = (None, Vec::new(), true);
        Ok(Self { sender, url, authority, authentication, context, sealed, status, offers })
    }

    /// Leaves the protection of messages to TLS, as Windows does.
    pub(crate) fn in_clear(self) -> Self {
        Self { sealed: false, ..self }
    }

    /// Whether the endpoint or a timer has ended the connection.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    async fn post(
        &mut self,
        what: &'static str,
        (name, value): (HeaderName, String),
        body: Vec<u8>,
    ) -> Result<Answer, TransportError> {
        let broken = |error: hyper::Error| TransportError::Connect(error.to_string());
        let request = Request::post("/wsman")
            .header(HOST, &self.authority)
            .header(USER_AGENT, "spnlab winrm-client")
            .header(name, value)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| TransportError::Answer(error.to_string()))?;
        let sender = &mut self.sender;
        let exchange = async {
            sender.ready().await.map_err(broken)?;
            let answer = sender.send_request(request).await.map_err(broken)?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    TransportError::Answer("it is too long".to_owned())
                } else {
                    TransportError::Connect(error.to_string())
                }
            })?;
            Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
        };
        let answer = timeout(ANSWER_TIMEOUT, exchange)
            .await
            .unwrap_or(Err(TransportError::TimedOut { what, after: ANSWER_TIMEOUT }))?;
        self.status = Some(answer.status.as_u16());
        Ok(answer)
    }

    /// Stage AP: an empty POST with the token, and what the endpoint makes of it.
    pub(crate) async fn authenticate(
        &mut self,
        peer: &Peer<'_>,
    ) -> Result<ApStage, TransportError> {
        let token = match self.step(peer, None) {
            Step::Complete(Some(token)) | Step::Continue(token) => token,
            Step::Failed(_, error) => return Err(SealError::Gss(error).into()),
            Step::Complete(None) => return Err(TransportError::Answer("no token".to_owned())),
        };
        let scheme = self.authentication.name();
        let value = format!("{scheme} {}", BASE64_STANDARD.encode(token));
        let answer =
            self.post("the answer to the ticket", (AUTHORIZATION, value), Vec::new()).await?;
        let reply = reply_token(&answer.headers, scheme);
        match (answer.status, reply) {
            (StatusCode::UNAUTHORIZED, Some(reply)) => Ok(self.refused(peer, &reply)),
            (StatusCode::UNAUTHORIZED, None) => {
                self.offers = offers(&answer.headers);
                Ok(self.without_token())
            }
            (status, Some(reply)) if status.is_success() => Ok(self.proven(peer, &reply)),
            (status, None) if status.is_success() => {
                Ok(failed("refused-without-token", "the endpoint did not prove its identity"))
            }
            (status, _) => Err(TransportError::Status(status.as_u16())),
        }
    }

    fn step(&mut self, peer: &Peer<'_>, token: Option<&[u8]>) -> Step {
        self.context.initiate(&peer.credential, &peer.target, peer.authentication.mech(), token)
    }

    /// A 401 that has nothing for the scheme that was asked for.
    fn without_token(&self) -> ApStage {
        let scheme = self.authentication.name();
        if self.offers.iter().any(|offer| offer.eq_ignore_ascii_case(scheme)) {
            return failed("refused-without-token", "the endpoint gave no reason");
        }
        let offers = if self.offers.is_empty() { "nothing".into() } else { self.offers.join(", ") };
        let text = format!("the endpoint offers {offers}, not {scheme}; nothing else was tried");
        failed("scheme-not-offered", &text)
    }

    fn refused(&mut self, peer: &Peer<'_>, reply: &[u8]) -> ApStage {
        // Stepping the context gives MIT's words for the code; the number is in the token.
        let words = match self.step(peer, Some(reply)) {
            Step::Failed(_, GssError { text, .. }) => Some(text),
            Step::Complete(_) | Step::Continue(_) => None,
        };
        match token::krb_error(reply) {
            Ok(error) => ApStage {
                result: "refused",
                code: Some(error.code),
                name: Some(ErrorCode::new(error.code).name),
                text: words,
                server_name: Some(format!("{}@{}", error.sname, error.realm)),
            },
            Err(error) => failed("refused", &error.to_string()),
        }
    }

    fn proven(&mut self, peer: &Peer<'_>, reply: &[u8]) -> ApStage {
        match self.step(peer, Some(reply)) {
            Step::Complete(_) if self.context.is_mutual() => {
                ApStage { result: "accepted", ..ApStage::default() }
            }
            Step::Complete(_) | Step::Continue(_) => {
                failed("refused", "the endpoint did not prove its identity")
            }
            Step::Failed(_, error) => failed("refused", &error.text),
        }
    }

    /// Sends one message, and opens the answer. Faults come back as text, too.
    pub(crate) async fn exchange(
        &mut self,
        what: &'static str,
        text: &str,
    ) -> Result<String, TransportError> {
        let label = self.authentication.label();
        let (kind, body) = if self.sealed {
            let body = seal::seal(&mut self.context, label, soap::CONTENT_TYPE, text.as_bytes())?;
            (label.content_type(), body)
        } else {
            (soap::CONTENT_TYPE.to_owned(), text.as_bytes().to_vec())
        };
        let answer = self.post(what, (CONTENT_TYPE, kind), body).await?;
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default();
        let not_text = || TransportError::Answer("it is not text".to_owned());
        match Label::of_content_type(kind) {
            Ok(Some(found)) if self.sealed && found == label => {
                let opened = seal::open(&mut self.context, &answer.body, Sequence::Lenient)?;
                soap::decode_text(&opened.text, &opened.kind).ok_or_else(not_text)
            }
            // Without TLS nothing in clear is believed.
            Ok(None) if !self.sealed && kind.starts_with("application/soap+xml") => {
                soap::decode_text(&answer.body, kind).ok_or_else(not_text)
            }
            _ => Err(TransportError::Status(answer.status.as_u16())),
        }
    }
}

fn failed(result: &'static str, text: &str) -> ApStage {
    ApStage { result, text: Some(text.to_owned()), ..ApStage::default() }
}

/// The token of a scheme, if the answer carries one.
fn reply_token(headers: &HeaderMap, wanted: &str) -> Option<Vec<u8>> {
    headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| {
        let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case(wanted) {
            return None;
        }
        BASE64_STANDARD.decode(token.trim()).ok().filter(|token| !token.is_empty())
    })
}

/// The names of the schemes that a 401 offers, one header each.
fn offers(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    values.filter_map(|value| value.split_whitespace().next()).map(str::to_owned).collect()
}
