//! A run of the endpoint: from its first port to its last connection.
//!
//! Uses: config, log, registration, start, transport, winrs.

use super::config::Config;
use super::log::{self, Event};
use super::registration::register_spns;
use super::start::{StartError, endpoint};
use super::transport::{AllConnections, ConnectionQuota, ListeningPort, Tls};
use super::winrs::Shells;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

const REAP_EVERY: Duration = Duration::from_secs(1);

/// One peer's share of a port's connections of strangers. A crowd that logs in at once needs many.
/// many.
const PEER_SHARE: (usize, usize) = (1, 2);
/// One principal's share of the authenticated connections.
const PRINCIPAL_SHARE: (usize, usize) = (7, 8);

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listen = |source| StartError::Listen { address, source };
    TcpListener::bind(address).await.map_err(listen)
}

/// Serves until SIGTERM or SIGINT.
pub async fn run(config: &Config) -> Result<(), StartError> {
    let endpoint = Arc::new(endpoint(config)?);
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    let mut end_shells = signal(SignalKind::user_defined1()).map_err(StartError::Signals)?;
    let (stop, stopping) = watch::channel(false);
    let (open, mut all_closed) = mpsc::channel(1);
    let connections = config.limits.connections;
    let authenticated = ConnectionQuota::new(connections, PRINCIPAL_SHARE);
    let all = AllConnections { endpoint: Arc::clone(&endpoint), authenticated, stopping, open };
    let port = |listener, tls| ListeningPort {
        listener,
        tls,
        strangers: ConnectionQuota::new(connections, PEER_SHARE),
        all: all.clone(),
    };
    let http = port(bind(config.listen).await?, None);
    let https = match &config.tls {
        None => None,
        Some(tls) => Some(port(bind(tls.listen).await?, Some(Tls::load(tls)?))),
    };
    drop(all);
    for port in std::iter::once(&http).chain(&https) {
        let address = port.listener.local_addr();
        let address = address.map_or_else(|_| String::new(), |address| address.to_string());
        log::write(&Event::Listening { address, tls: port.tls.is_some() });
    }
    if let Some(registration) = config.registration.clone() {
        tokio::spawn(async move { register_spns(&registration).await });
    }
    let shells = &endpoint.service.shells;
    let reason = tokio::select! {
        () = http.accept_all() => "the listener failed",
        () = accept_if_there(https.as_ref()) => "the listener with TLS failed",
        () = reap(shells) => "the reaper failed",
        () = endpoint.service.spawner.ended() => "the spawner ended",
        () = end_on_demand(shells, &mut end_shells) => "SIGUSR1 failed",
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    log::write(&Event::Stopping { reason });
    drop((http, https));
    let _ = stop.send(true);
    drain(config.timeouts.drain, shells, &mut all_closed).await;
    log::sum_up_all();
    log::flush();
    Ok(())
}

async fn accept_if_there(port: Option<&ListeningPort>) {
    match port {
        Some(port) => port.accept_all().await,
        None => std::future::pending().await,
    }
}

/// Waits until all connections have closed: idle ones at once, busy ones after their response. Then
/// it kills what still runs. So a request that waits for a command's output gets the command's end.
async fn drain(grace: Duration, shells: &Shells, all_closed: &mut mpsc::Receiver<Infallible>) {
    // `None` after the last connection has closed.
    let in_time = timeout(grace, all_closed.recv()).await.is_ok();
    let end_all = || timeout(grace, shells.end_all("stopped"));
    let _ = end_all().await;
    if !in_time {
        let _ = timeout(grace, all_closed.recv()).await;
        // Shells that opened in the meantime.
        let _ = end_all().await;
    }
}

/// SIGUSR1 ends all shells. The log says when none of their processes is left.
async fn end_on_demand(shells: &Shells, demand: &mut Signal) {
    while demand.recv().await.is_some() {
        let count = shells.end_all("ended").await;
        log::write(&Event::ShellsEnded { count });
    }
}

async fn reap(shells: &Shells) {
    let mut ticks = interval(REAP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        shells.reap();
        log::sum_up();
    }
}
