//! The endpoint as this client sees it: where it is, who asks, and how.

use super::settings::Authentication;
use super::tls::{TlsError, Trust};
use super::transport::{Transport, TransportError};
use crate::channel;
use crate::gss::{Context, Credential, Mech, Name};
use crate::multipart::Label;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl Authentication {
    /// What the tokens are made of.
    pub(crate) fn mech(self) -> Mech {
        match self {
            Self::Kerberos => Mech::Krb5,
            Self::Negotiate => Mech::Spnego,
        }
    }

    /// How sealed messages are marked (MS-WSMV 2.2.9.1).
    pub(crate) fn label(self) -> Label {
        match self {
            Self::Kerberos => Label::Kerberos,
            Self::Negotiate => Label::Spnego,
        }
    }
}

/// An endpoint that connections are made to.
pub(crate) struct Peer<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// TLS, with the CAs that are trusted.
    pub(crate) trust: Option<&'a Trust>,
    /// Whether tickets are bound to TLS.
    pub(crate) channel_binding: bool,
    pub(crate) authentication: Authentication,
    pub(crate) credential: Credential,
    /// The SPN.
    pub(crate) target: Name,
}

impl Peer<'_> {
    /// Connects; nothing is sent yet.
    pub(crate) async fn connect(&self) -> Result<(Transport, SocketAddr), TransportError> {
        let (host, port) = (self.host, self.port);
        let addresses = tokio::net::lookup_host((host, port)).await;
        let addresses: Vec<_> =
            addresses.map_err(|_| TransportError::Name(host.to_owned()))?.collect();
        let broken = |error: std::io::Error| TransportError::Connect(error.to_string());
        let late = |_| TransportError::TimedOut { what: "the connection", after: CONNECT_TIMEOUT };
        let stream = timeout(CONNECT_TIMEOUT, TcpStream::connect(addresses.as_slice()));
        let stream = stream.await.map_err(late)?.map_err(broken)?;
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().map_err(broken)?;
        let scheme = if self.trust.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{host}:{port}/wsman");
        let transport = match self.trust {
            None => Transport::over(stream, self.authentication, url, Context::default()).await?,
            Some(trust) => {
                let handshake = timeout(CONNECT_TIMEOUT, trust.connect(host, stream));
                let late = |_| TransportError::TimedOut {
                    what: "the TLS handshake",
                    after: CONNECT_TIMEOUT,
                };
                let (stream, certificate) = handshake.await.map_err(late)??;
                let context =
                    if self.channel_binding { bound(&certificate)? } else { Context::default() };
                Transport::over(stream, self.authentication, url, context).await?.in_clear()
            }
        };
        Ok((transport, local))
    }
}

/// A context that is bound to the endpoint's certificate.
fn bound(certificate: &[u8]) -> Result<Context, TlsError> {
    let data = channel::tls_server_end_point(certificate).map_err(std::io::Error::other)?;
    Ok(data.map_or_else(Context::default, Context::bound_to))
}
