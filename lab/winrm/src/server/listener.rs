//! Listening, accepting, and stopping in good order.

use super::account::Allowed;
use super::connection::Connection;
use super::log::{self, Event};
use super::service::Service;
use super::shell::Shells;
use crate::gss::{Credential, GssError, Name};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Connections at one time; more wait in the kernel's queue.
const CONNECTIONS: usize = 256;
/// Also the longest time an idle connection is kept: hyper counts from the last response.
/// Clients re-use connections for two minutes.
const HEADER_TIMEOUT: Duration = Duration::from_secs(150);
const REAP_EVERY: Duration = Duration::from_secs(5);
/// How long running requests may take when the service stops.
const DRAIN: Duration = Duration::from_secs(3);

/// How the endpoint is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The keytab of the computer account.
    pub keytab: PathBuf,
    /// Principals that may use the service; without a realm, of the default realm.
    pub allow: Vec<String>,
    /// Whether messages may be sent in clear.
    pub allow_unencrypted: bool,
}

/// Why the endpoint does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The keytab is missing, empty or unreadable.
    #[error("keytab {path}: {source}")]
    Keytab {
        /// The file.
        path: String,
        /// GSSAPI's reason.
        source: GssError,
    },
    /// An allowed principal cannot be read.
    #[error("principal {principal}: {source}")]
    Principal {
        /// As given.
        principal: String,
        /// GSSAPI's reason.
        source: GssError,
    },
    /// The address is taken or not ours.
    #[error("address {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Signals cannot be watched.
    #[error("signals: {0}")]
    Signals(std::io::Error),
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) credential: Credential,
    pub(crate) service: Service,
    pub(crate) allow_unencrypted: bool,
}

fn shared(config: &Config) -> Result<Shared, StartError> {
    let path = config.keytab.display().to_string();
    // A replay cache costs a locked and synchronised file write per AP-REQ. A replayed AP-REQ
    // alone gives nothing: its sender cannot seal a message without the session key. Only when
    // plain bodies are allowed would a replay be executed, so there the default cache stays.
    let replay_cache = (!config.allow_unencrypted).then_some("none:");
    let credential = Credential::acceptor(&format!("FILE:{path}"), replay_cache)
        .map_err(|source| StartError::Keytab { path, source })?;
    let principal = |given: &String| {
        Name::principal(given)
            .and_then(|name| name.display())
            .map_err(|source| StartError::Principal { principal: given.clone(), source })
    };
    let allowed = config.allow.iter().map(principal).collect::<Result<Vec<_>, _>>()?;
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let service = Service {
        shells: Shells::default(),
        allowed: Allowed::new(allowed),
        machine: machine.trim().to_owned(),
    };
    Ok(Shared { credential, service, allow_unencrypted: config.allow_unencrypted })
}

/// Serves until SIGTERM or SIGINT.
pub async fn run(config: &Config) -> Result<(), StartError> {
    let shared = Arc::new(shared(config)?);
    let listen = |source| StartError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    log::write(&Event::Listening { address: address.to_string() });

    let (stop, stopping) = watch::channel(false);
    let limit = Arc::new(Semaphore::new(CONNECTIONS));
    let accepting = accept_all(listener, Arc::clone(&shared), Arc::clone(&limit), stopping);
    let reaping = reap(Arc::clone(&shared));
    let reason = tokio::select! {
        () = accepting => "the listener failed",
        () = reaping => "the reaper failed",
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    log::write(&Event::Stopping { reason });
    let _ = stop.send(true);
    let everybody = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
    // Idle connections close at once; busy ones after their response.
    let _ = timeout(DRAIN, limit.acquire_many(everybody)).await;
    shared.service.shells.close_all();
    Ok(())
}

async fn reap(shared: Arc<Shared>) {
    let mut ticks = interval(REAP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        shared.service.shells.reap();
    }
}

async fn accept_all(
    listener: TcpListener,
    shared: Arc<Shared>,
    limit: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
) {
    loop {
        let Ok(permit) = Arc::clone(&limit).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let connection = Connection::new(Arc::clone(&shared), peer);
                tokio::spawn(serve(stream, connection, stopping.clone(), permit));
            }
            // Out of file descriptors, or the peer has gone: wait a moment, then go on.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve(
    stream: TcpStream,
    connection: Connection,
    mut stopping: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let connection = Arc::new(connection);
    let service = service_fn(move |request| {
        let connection = Arc::clone(&connection);
        async move { Ok::<_, Infallible>(connection.serve(request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .title_case_headers(true)
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    tokio::select! {
        // Errors are the peer's: a reset, a time-out, bytes that are not HTTP.
        _ = served.as_mut() => {}
        () = async { drop(stopping.wait_for(|stop| *stop).await) } => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}
