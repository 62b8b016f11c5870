//! One HTTP connection to the endpoint, and its security context.

use super::report::ApStage;
use super::settings::Authentication;
use super::status::Condition;
use super::tickets::ServiceTicket;
use super::tls::TlsError;
use crate::gss::{Context, GssError, Step};
use crate::kerberos::{ErrorCode, token};
use crate::sealing::{self, Label, SealError, Sequence};
use crate::soap;
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

/// Longer than the OperationTimeout of every request (20 s): the endpoint answers by then.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// The endpoint checks a ticket at once, and asks no other host.
const AUTHENTICATION_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_ANSWER: usize = 4 << 20;

/// Why the client cannot talk to the endpoint.
#[derive(Debug, Error)]
pub(crate) enum ConnectionError {
    /// The name does not resolve.
    #[error("the name {0} does not resolve")]
    Name(String),
    /// Nothing listens, or the connection broke.
    #[error("no connection: {0}")]
    Connect(String),
    /// No answer in time.
    #[error("time-out: {what} took longer than {} s", .after.as_secs())]
    TimedOut {
        /// What the client waited for.
        what: &'static str,
        /// How long.
        after: Duration,
    },
    /// An HTTP status outside of WS-Management.
    #[error("HTTP status {0} without a WS-Management message")]
    Status(u16),
    /// An answer that is no WS-Management message.
    #[error("unexpected answer: {0}")]
    Answer(String),
    /// The endpoint refused a further connection of the session.
    #[error("the endpoint refused a further connection: {0}")]
    Refused(String),
    /// A message that cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// TLS failed.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl ConnectionError {
    /// Whether the error is the result of a request.
    pub(crate) fn is_after_request(&self) -> bool {
        matches!(self, Self::Connect(_) | Self::TimedOut { .. } | Self::Status(_))
    }

    /// What Windows would show, if known.
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
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// The endpoint's URL.
    pub(crate) url: String,
    authority: String,
    authentication: Authentication,
    context: Context,
    /// Whether the context seals messages. Over TLS it does not.
    sealed: bool,
    /// HTTP status of the last answer.
    pub(crate) status: Option<u16>,
    /// Schemes that a 401 offered.
    pub(crate) offers: Vec<String>,
}

impl Connection {
    /// Speaks HTTP on a stream.
    pub(crate) async fn over<S>(
        stream: S,
        authentication: Authentication,
        url: String,
        context: Context,
    ) -> Result<Self, ConnectionError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| ConnectionError::Connect(error.to_string()))?;
        // Errors of the connection also reach the pending request.
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
        after: Duration,
    ) -> Result<Answer, ConnectionError> {
        let broken = |error: hyper::Error| ConnectionError::Connect(error.to_string());
        let request = Request::post("/wsman")
            .header(HOST, &self.authority)
            .header(USER_AGENT, "spnlab winrm-client")
            .header(name, value)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| ConnectionError::Answer(error.to_string()))?;
        let sender = &mut self.sender;
        let exchange = async {
            sender.ready().await.map_err(broken)?;
            let answer = sender.send_request(request).await.map_err(broken)?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    ConnectionError::Answer("it is too long".to_owned())
                } else {
                    ConnectionError::Connect(error.to_string())
                }
            })?;
            Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
        };
        let answer = timeout(after, exchange)
            .await
            .unwrap_or(Err(ConnectionError::TimedOut { what, after }))?;
        self.status = Some(answer.status.as_u16());
        Ok(answer)
    }

    /// Stage AP: an empty POST with the token, and the endpoint's answer.
    pub(crate) async fn authenticate(
        &mut self,
        ticket: &ServiceTicket,
    ) -> Result<ApStage, ConnectionError> {
        let token = match self.step(ticket, None) {
            Step::Complete(Some(token)) | Step::Continue(token) => token,
            Step::Failed(_, error) => return Err(SealError::Gss(error).into()),
            Step::Complete(None) => return Err(ConnectionError::Answer("no token".to_owned())),
        };
        let scheme = self.authentication.name();
        let value = format!("{scheme} {}", BASE64_STANDARD.encode(token));
        let (what, header) = ("the answer to the ticket", (AUTHORIZATION, value));
        let answer = self.post(what, header, Vec::new(), AUTHENTICATION_TIMEOUT).await?;
        let reply = reply_token(&answer.headers, scheme);
        match (answer.status, reply) {
            (StatusCode::UNAUTHORIZED, Some(reply)) => Ok(self.refused(ticket, &reply)),
            (StatusCode::UNAUTHORIZED, None) => {
                self.offers = offers(&answer.headers);
                Ok(self.without_token())
            }
            (status, Some(reply)) if status.is_success() => Ok(self.proven(ticket, &reply)),
            (status, None) if status.is_success() => {
                Ok(failed("refused-without-token", "the endpoint did not prove its identity"))
            }
            (status, _) => Err(ConnectionError::Status(status.as_u16())),
        }
    }

    fn step(&mut self, ticket: &ServiceTicket, token: Option<&[u8]>) -> Step {
        self.context.initiate(&ticket.credential, &ticket.target, self.authentication.mech(), token)
    }

    /// A 401 without a token for the requested scheme.
    fn without_token(&self) -> ApStage {
        let scheme = self.authentication.name();
        if self.offers.iter().any(|offer| offer.eq_ignore_ascii_case(scheme)) {
            return failed("refused-without-token", "the endpoint gave no reason");
        }
        let offers = if self.offers.is_empty() { "nothing".into() } else { self.offers.join(", ") };
        let text = format!("the endpoint offers {offers}, not {scheme}; nothing else was tried");
        failed("scheme-not-offered", &text)
    }

    fn refused(&mut self, ticket: &ServiceTicket, reply: &[u8]) -> ApStage {
        // A step of the context gives MIT's text for the code. The number is in the token.
        let words = match self.step(ticket, Some(reply)) {
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

    fn proven(&mut self, ticket: &ServiceTicket, reply: &[u8]) -> ApStage {
        match self.step(ticket, Some(reply)) {
            Step::Complete(_) if self.context.is_mutual() => {
                ApStage { result: "accepted", ..ApStage::default() }
            }
            Step::Complete(_) | Step::Continue(_) => {
                failed("refused", "the endpoint did not prove its identity")
            }
            Step::Failed(_, error) => failed("refused", &error.text),
        }
    }

    /// Sends one message, and opens the answer. A fault is text, too.
    pub(crate) async fn exchange(
        &mut self,
        what: &'static str,
        text: &str,
    ) -> Result<String, ConnectionError> {
        let label = self.authentication.label();
        let (kind, body) = if self.sealed {
            let body =
                sealing::seal(&mut self.context, label, soap::CONTENT_TYPE, text.as_bytes())?;
            (label.content_type(), body)
        } else {
            (soap::CONTENT_TYPE.to_owned(), text.as_bytes().to_vec())
        };
        let answer = self.post(what, (CONTENT_TYPE, kind), body, ANSWER_TIMEOUT).await?;
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default();
        let not_text = || ConnectionError::Answer("it is not text".to_owned());
        match Label::of_content_type(kind) {
            Ok(Some(found)) if self.sealed && found == label => {
                let opened = sealing::open(&mut self.context, &answer.body, Sequence::Lenient)?;
                if opened.label != label {
                    return Err(ConnectionError::Answer("its part has another label".to_owned()));
                }
                soap::decode_text(&opened.text, &opened.kind).ok_or_else(not_text)
            }
            // Without TLS the client accepts nothing in clear.
            Ok(None) if !self.sealed && kind.starts_with("application/soap+xml") => {
                soap::decode_text(&answer.body, kind).ok_or_else(not_text)
            }
            _ => Err(ConnectionError::Status(answer.status.as_u16())),
        }
    }
}

fn failed(result: &'static str, text: &str) -> ApStage {
    ApStage { result, text: Some(text.to_owned()), ..ApStage::default() }
}

/// The token of a scheme, if the answer has one.
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
