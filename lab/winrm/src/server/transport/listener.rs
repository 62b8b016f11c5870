//! Accepts connections, and serves each of them to its end.

use super::connection::{Connection, Endpoint, NewConnection};
use super::deadline::{Deadline, Phase};
use super::quota::ConnectionQuota;
use super::tls::Tls;
use crate::server::peer_network::peer_network;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// A token has at most 64 kB (MaxTokenSize of Windows). Base64 makes four bytes from three.
const LARGEST_HEAD: usize = 128 * 1024;

/// One listening socket, and what its connections need.
pub(crate) struct ListeningPort {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<Tls>,
    /// Connections without authentication. Each port has its own quota for them.
    pub(crate) strangers: ConnectionQuota<IpAddr>,
    pub(crate) all: AllConnections,
}

/// What the connections of all ports share.
#[derive(Clone)]
pub(crate) struct AllConnections {
    pub(crate) endpoint: Arc<Endpoint>,
    /// Authenticated connections.
    pub(crate) authenticated: ConnectionQuota<String>,
    pub(crate) stopping: watch::Receiver<bool>,
    /// Each open connection holds a clone. Nothing is ever sent.
    pub(crate) open: mpsc::Sender<Infallible>,
}

impl ListeningPort {
    pub(crate) async fn accept_all(&self) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    let phase = Phase::default();
                    // Above the quota, the connection ends here.
                    if let Some(slot) = self.strangers.admit(&peer_network(peer.ip()), &phase) {
                        let new = NewConnection { peer, phase, slot };
                        tokio::spawn(serve(stream, new, self.tls.clone(), self.all.clone()));
                    }
                }
                // Out of file descriptors, or the peer has gone: wait a moment, then continue.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// Serves a connection until it ends or is evicted.
async fn serve(stream: TcpStream, new: NewConnection, tls: Option<Tls>, all: AllConnections) {
    let _ = stream.set_nodelay(true);
    let phase = new.phase.clone();
    tokio::select! {
        () = serve_stream(stream, new, tls, all) => {}
        () = phase.evicted() => {}
    }
}

async fn serve_stream(
    stream: TcpStream,
    new: NewConnection,
    tls: Option<Tls>,
    all: AllConnections,
) {
    let AllConnections { endpoint, authenticated, mut stopping, open: _open } = all;
    let (timeouts, phase) = (endpoint.timeouts, new.phase.clone());
    match tls {
        None => {
            let connection = Connection::new(endpoint, authenticated, None, new);
            serve_http(Deadline::new(stream, phase, timeouts), connection, stopping).await;
        }
        Some(tls) => {
            let stream = tokio::select! {
                stream = timeout(timeouts.handshake, tls.acceptor.accept(stream)) => stream,
                () = stopped(&mut stopping) => return,
            };
            let Ok(Ok(stream)) = stream else { return };
            let connection = Connection::new(endpoint, authenticated, Some(tls.bindings), new);
            serve_http(Deadline::new(stream, phase, timeouts), connection, stopping).await;
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stop| *stop).await);
}

async fn serve_http<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    connection: Connection,
    mut stopping: watch::Receiver<bool>,
) {
    let connection = Arc::new(connection);
    let service = service_fn(move |request| {
        let connection = Arc::clone(&connection);
        async move { Ok::<_, Infallible>(connection.serve(request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(LARGEST_HEAD)
        .title_case_headers(true)
        // The stream has its own time-out. It distinguishes an idle connection from a slow request.
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    tokio::select! {
        // Errors come from the peer: a reset, a time-out, bytes that are not HTTP.
        _ = served.as_mut() => {}
        () = stopped(&mut stopping) => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}
