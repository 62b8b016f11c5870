//! How the endpoint is set up.

use super::registration::Registration;
use crate::sid::Sid;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What an endpoint expects of a client's channel bindings (CbtHardeningLevel). They exist on
/// connections with TLS only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// They are not looked at.
    None,
    /// They may be missing, but must not be wrong.
    #[default]
    Relaxed,
    /// They must be there, and right.
    Strict,
}

impl ChannelBinding {
    /// As `winrm/config` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Relaxed => "Relaxed",
            Self::Strict => "Strict",
        }
    }
}

/// The listener with TLS.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The certificate and its chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
    /// What is expected of clients.
    pub channel_binding: ChannelBinding,
}

/// How much a client may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest envelope in bytes (MaxEnvelopeSizekb).
    pub envelope: usize,
    /// Connections at one time; more wait in the kernel's queue.
    pub connections: usize,
    /// Shells of one principal (MaxShellsPerUser).
    pub shells_per_principal: usize,
    /// Shells of everybody.
    pub shells: usize,
    /// Commands of one shell (MaxProcessesPerShell).
    pub commands_per_shell: usize,
    /// Processes that one account may have (RLIMIT_NPROC, counted by the kernel per account).
    pub processes: u64,
    /// Files that one process may have open (RLIMIT_NOFILE).
    pub open_files: u64,
    /// How long a shell may be, used or not.
    pub lifetime: Duration,
    /// How long a shell may be unused if its client names no time-out (IdleTimeout).
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            envelope: 500 * 1024,
            connections: 256,
            shells_per_principal: 30,
            shells: 300,
            commands_per_shell: 25,
            processes: 1024,
            open_files: 1024,
            lifetime: Duration::from_secs(24 * 3600),
            idle: Duration::from_secs(7200),
        }
    }
}

/// How long a connection may take for each part of its work.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// The TLS handshake.
    pub handshake: Duration,
    /// A request's head, from its first byte on.
    pub head: Duration,
    /// A request's body.
    pub body: Duration,
    /// Between requests, and before the first. Clients re-use connections for two minutes.
    pub idle: Duration,
    /// How long the client may take none of an answer's bytes.
    pub write: Duration,
    /// How long running requests may take when the service stops.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            handshake: seconds(10),
            head: seconds(10),
            body: seconds(30),
            idle: seconds(150),
            write: seconds(30),
            drain: seconds(3),
        }
    }
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen without TLS.
    pub listen: SocketAddr,
    /// The listener with TLS.
    pub tls: Option<TlsConfig>,
    /// The keytab of the computer account.
    pub keytab: PathBuf,
    /// Principals that may use the service; without a realm, of the default realm.
    pub allow: Vec<String>,
    /// Groups whose members may use the service, as the ticket's PAC names them.
    pub allow_groups: Vec<Sid>,
    /// Whether messages may be sent in clear without TLS.
    pub allow_unencrypted: bool,
    /// Where the service registers its SPNs when it starts; `None` as the article has it.
    pub registration: Option<Registration>,
    /// How much a client may use.
    pub limits: Limits,
    /// How long a connection may take.
    pub timeouts: Timeouts,
}
