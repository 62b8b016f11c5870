//! Listening, accepting, and stopping in good order.

use super::config::{ChannelBinding, Config};
use super::connection::{Channel, Connection};
use super::deadline::{Deadline, Phase};
use super::log::{self, Event};
use super::start::{Shared, StartError, shared};
use super::tls::Tls;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

const REAP_EVERY: Duration = Duration::from_secs(1);

/// One listening socket with what its connections need.
struct Door {
    listener: TcpListener,
    tls: Option<(Tls, ChannelBinding)>,
    shared: Arc<Shared>,
    limit: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listen = |source| StartError::Listen { address, source };
    TcpListener::bind(address).await.map_err(listen)
}

/// Serves until SIGTERM or SIGINT.
pub async fn run(config: &Config) -> Result<(), StartError> {
    let shared = Arc::new(shared(config)?);
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    let (stop, stopping) = watch::channel(false);
    let limit = Arc::new(Semaphore::new(config.limits.connections));
    let door = |listener, tls| Door {
        listener,
        tls,
        shared: Arc::clone(&shared),
        limit: Arc::clone(&limit),
        stopping: stopping.clone(),
    };
    let plain = door(bind(config.listen).await?, None);
    let sealed = match &config.tls {
        None => None,
        Some(tls) => {
            Some(door(bind(tls.listen).await?, Some((Tls::load(tls)?, tls.channel_binding))))
        }
    };
    for door in std::iter::once(&plain).chain(&sealed) {
        let address = door.listener.local_addr();
        let address = address.map_or_else(|_| String::new(), |address| address.to_string());
        log::write(&Event::Listening { address, tls: door.tls.is_some() });
    }
    if let Some(registration) = config.registration.clone() {
        tokio::spawn(async move { registration.run().await });
    }
    let reason = tokio::select! {
        () = plain.accept_all() => "the listener failed",
        () = maybe(sealed.as_ref()) => "the listener with TLS failed",
        () = reap(Arc::clone(&shared)) => "the reaper failed",
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    log::write(&Event::Stopping { reason });
    drop((plain, sealed));
    let _ = stop.send(true);
    drain(config, &shared, &limit).await;
    Ok(())
}

async fn maybe(door: Option<&Door>) {
    match door {
        Some(door) => door.accept_all().await,
        None => std::future::pending().await,
    }
}

/// Idle connections close at once; busy ones after their response. A request that waits for a
/// command's output gets the command's end, because what is still running then is killed.
async fn drain(config: &Config, shared: &Shared, limit: &Semaphore) {
    let everybody = u32::try_from(config.limits.connections).unwrap_or(u32::MAX);
    let grace = config.timeouts.drain;
    let in_time = timeout(grace, limit.acquire_many(everybody)).await.is_ok();
    shared.service.shells.close_all();
    if !in_time {
        let _ = timeout(grace, limit.acquire_many(everybody)).await;
        // What slipped in between.
        shared.service.shells.close_all();
    }
}

async fn reap(shared: Arc<Shared>) {
    let mut ticks = interval(REAP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        shared.service.shells.reap();
    }
}

impl Door {
    async fn accept_all(&self) {
        loop {
            let Ok(permit) = Arc::clone(&self.limit).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    let shared = Arc::clone(&self.shared);
                    let stopping = self.stopping.clone();
                    tokio::spawn(enter(stream, peer, self.tls.clone(), shared, stopping, permit));
                }
                // Out of file descriptors, or the peer has gone: wait a moment, then go on.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

async fn enter(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<(Tls, ChannelBinding)>,
    shared: Arc<Shared>,
    stopping: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let phase = Phase::default();
    let timeouts = shared.timeouts;
    match tls {
        None => {
            let connection = Connection::new(shared, peer, Channel::Plain, phase.clone());
            serve(Deadline::new(stream, phase, timeouts), connection, stopping).await;
        }
        Some((tls, expected)) => {
            let Ok(Ok(stream)) = timeout(timeouts.handshake, tls.acceptor.accept(stream)).await
            else {
                return;
            };
            let channel = Channel::Tls { bindings: tls.bindings, expected };
            let connection = Connection::new(shared, peer, channel, phase.clone());
            serve(Deadline::new(stream, phase, timeouts), connection, stopping).await;
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
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
        .title_case_headers(true)
        // The stream has its own, which tells an idle connection from a slow request.
        .header_read_timeout(None)
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
