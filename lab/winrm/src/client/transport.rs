//! One HTTP connection to the endpoint, and the security context that lives on it.

use super::report::{ApStage, Report};
use super::status::Condition;
use crate::gss::{Context, Credential, Mech, Name, Step};
use crate::krb5::ErrorCode;
use crate::multipart::Label;
use crate::seal::{self, SealError, Sequence};
use crate::{soap, token};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, USER_AGENT, WWW_AUTHENTICATE};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
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
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// An answer that is no WS-Management message.
    #[error("unexpected answer: {0}")]
    Answer(String),
    /// A message that cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl TransportError {
    /// What Windows would show.
    pub(crate) fn condition(&self) -> Option<Condition> {
        match self {
            Self::Name(_) => Some(Condition::ComputerNotFound),
            Self::Connect(_) => Some(Condition::CannotConnect),
            Self::TimedOut(_) => Some(Condition::TimedOut),
            Self::Answer(_) | Self::Seal(_) => None,
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
    authority: String,
    pub(crate) url: String,
    context: Context,
}

impl Transport {
    /// Connects; nothing is sent yet.
    pub(crate) async fn connect(
        host: &str,
        port: u16,
    ) -> Result<(Self, SocketAddr), TransportError> {
        let addresses = tokio::net::lookup_host((host, port)).await;
        let addresses: Vec<_> =
            addresses.map_err(|_| TransportError::Name(host.to_owned()))?.collect();
        let connect = TcpStream::connect(addresses.as_slice());
        let broken = |error: std::io::Error| TransportError::Connect(error.to_string());
        let stream = timeout(CONNECT_TIMEOUT, connect)
            .await
            .map_err(|_| TransportError::TimedOut(CONNECT_TIMEOUT))?
            .map_err(broken)?;
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().map_err(broken)?;
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| TransportError::Connect(error.to_string()))?;
        // Errors of the connection also reach the request that is under way.
        tokio::spawn(connection);
        let authority = format!("{host}:{port}");
        let url = format!("http://{authority}/wsman");
        Ok((Self { sender, authority, url, context: Context::default() }, local))
    }

    async fn post(
        &mut self,
        headers: &[(hyper::header::HeaderName, String)],
        body: Vec<u8>,
    ) -> Result<Answer, TransportError> {
        let broken = |error: hyper::Error| TransportError::Connect(error.to_string());
        let mut request = Request::post("/wsman")
            .header(HOST, &self.authority)
            .header(USER_AGENT, "spnlab winrm-client");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request
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
        timeout(ANSWER_TIMEOUT, exchange)
            .await
            .unwrap_or(Err(TransportError::TimedOut(ANSWER_TIMEOUT)))
    }

    /// Stage AP: an empty POST with the token. `false`: refused, and the report says how.
    pub(crate) async fn authenticate(
        &mut self,
        credential: &Credential,
        target: &Name,
        report: &mut Report,
    ) -> Result<bool, TransportError> {
        let token = match self.context.initiate(credential, target, Mech::Spnego, None) {
            Step::Complete(Some(token)) | Step::Continue(token) => token,
            Step::Failed(_, error) => return Err(SealError::Gss(error).into()),
            Step::Complete(None) => return Err(TransportError::Answer("no token".to_owned())),
        };
        let value = format!("Negotiate {}", BASE64_STANDARD.encode(token));
        let answer = self.post(&[(AUTHORIZATION, value)], Vec::new()).await?;
        report.http.status = Some(answer.status.as_u16());
        let reply = reply_token(&answer.headers);
        match (answer.status, reply) {
            (StatusCode::UNAUTHORIZED, reply) => {
                report.ap = self.refused(credential, target, reply.as_deref());
                Ok(false)
            }
            (status, Some(reply)) if status.is_success() => {
                report.ap = self.proven(credential, target, &reply);
                Ok(report.ap.result == "accepted")
            }
            (status, _) if status.is_success() => {
                report.ap.result = "refused-without-token";
                report.ap.text = Some("the endpoint did not prove its identity".to_owned());
                Ok(false)
            }
            (status, _) => Err(TransportError::Answer(format!("HTTP status {}", status.as_u16()))),
        }
    }

    fn refused(&mut self, credential: &Credential, target: &Name, reply: Option<&[u8]>) -> ApStage {
        let Some(reply) = reply else {
            let text = Some("the endpoint gave no reason".to_owned());
            return ApStage { result: "refused-without-token", text, ..ApStage::default() };
        };
        // Stepping the context gives MIT's words for the code; the number is in the token.
        let step = self.context.initiate(credential, target, Mech::Spnego, Some(reply));
        let words = match step {
            Step::Failed(_, error) => Some(error.text),
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
            Err(error) => {
                ApStage { result: "refused", text: Some(error.to_string()), ..ApStage::default() }
            }
        }
    }

    fn proven(&mut self, credential: &Credential, target: &Name, reply: &[u8]) -> ApStage {
        let text = match self.context.initiate(credential, target, Mech::Spnego, Some(reply)) {
            Step::Complete(_) if self.context.is_mutual() => {
                return ApStage { result: "accepted", ..ApStage::default() };
            }
            Step::Complete(_) | Step::Continue(_) => {
                "the endpoint did not prove its identity".to_owned()
            }
            Step::Failed(_, error) => error.text,
        };
        ApStage { result: "refused", text: Some(text), ..ApStage::default() }
    }

    /// Sends one sealed message, and opens the answer. Faults come back as text, too.
    pub(crate) async fn exchange(
        &mut self,
        text: &str,
        report: &mut Report,
    ) -> Result<String, TransportError> {
        let body =
            seal::seal(&mut self.context, Label::Spnego, soap::CONTENT_TYPE, text.as_bytes())?;
        let answer = self.post(&[(CONTENT_TYPE, Label::Spnego.content_type())], body).await?;
        report.http.status = Some(answer.status.as_u16());
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match Label::of_content_type(kind.unwrap_or_default()) {
            Ok(Some(Label::Spnego)) => {
                let opened = seal::open(&mut self.context, &answer.body, Sequence::Lenient)?;
                soap::decode_text(&opened.text, &opened.kind)
                    .ok_or_else(|| TransportError::Answer("it is not text".to_owned()))
            }
            _ => Err(TransportError::Answer(format!(
                "HTTP status {} without a sealed message",
                answer.status.as_u16()
            ))),
        }
    }
}

/// The token of the Negotiate scheme, if the answer carries one.
fn reply_token(headers: &HeaderMap) -> Option<Vec<u8>> {
    headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| {
        let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("Negotiate") {
            return None;
        }
        BASE64_STANDARD.decode(token.trim()).ok().filter(|token| !token.is_empty())
    })
}
