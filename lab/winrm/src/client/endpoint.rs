//! The endpoint from the client's side: its address, the user, and how they talk.

use super::connection::{Connection, ConnectionError};
use super::settings::Authentication;
use super::tickets::ServiceTicket;
use super::tls::{TlsError, Trust};
use crate::gss::{Context, tls_server_end_point};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The endpoint of all connections.
pub(crate) struct Endpoint<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// TLS, with its CAs.
    pub(crate) trust: Option<&'a Trust>,
    /// Whether tickets carry channel bindings.
    pub(crate) channel_binding: bool,
    pub(crate) authentication: Authentication,
    pub(crate) ticket: ServiceTicket,
}

impl Endpoint<'_> {
    /// Connects, and sends nothing yet.
    pub(crate) async fn connect(&self) -> Result<(Connection, SocketAddr), ConnectionError> {
        let (host, port) = (self.host, self.port);
        let addresses = tokio::net::lookup_host((host, port)).await;
        let addresses: Vec<_> =
            addresses.map_err(|_| ConnectionError::Name(host.to_owned()))?.collect();
        let broken = |error: std::io::Error| ConnectionError::Connect(error.to_string());
        let late = |_| ConnectionError::TimedOut { what: "the connection", after: CONNECT_TIMEOUT };
        let stream = timeout(CONNECT_TIMEOUT, TcpStream::connect(addresses.as_slice()));
        let stream = stream.await.map_err(late)?.map_err(broken)?;
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().map_err(broken)?;
        let scheme = if self.trust.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{host}:{port}/wsman");
        let connection = match self.trust {
            None => Connection::over(stream, self.authentication, url, Context::default()).await?,
            Some(trust) => {
                let handshake = timeout(CONNECT_TIMEOUT, trust.connect(host, stream));
                let late = |_| ConnectionError::TimedOut {
                    what: "the TLS handshake",
                    after: CONNECT_TIMEOUT,
                };
                let (stream, certificate) = handshake.await.map_err(late)??;
                let context =
                    if self.channel_binding { bound(&certificate)? } else { Context::default() };
                Connection::over(stream, self.authentication, url, context).await?.in_clear()
            }
        };
        Ok((connection, local))
    }
}

/// A context with the endpoint's certificate as channel binding.
fn bound(certificate: &[u8]) -> Result<Context, TlsError> {
    let data = tls_server_end_point(certificate).map_err(std::io::Error::other)?;
    Ok(data.map_or_else(Context::default, Context::bound_to))
}
