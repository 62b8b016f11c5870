//! The configuration of the endpoint. It is data only.
//!
//! Uses: no other room.

use crate::kerberos::Sid;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What an endpoint expects of a client's channel bindings. Only connections with TLS have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CbtHardeningLevel {
    /// The endpoint ignores them.
    None,
    /// A client may send none, but no wrong ones.
    #[default]
    Relaxed,
    /// A client must send the right ones.
    Strict,
}

impl CbtHardeningLevel {
    /// The word for it in `winrm/config`.
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
    /// Its address and port.
    pub listen: SocketAddr,
    /// The certificate and its chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
    /// What it expects of a client's channel bindings.
    pub hardening: CbtHardeningLevel,
}

/// The limits of what a client may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest envelope in bytes (MaxEnvelopeSizekb).
    pub envelope: usize,
    /// Connections of authenticated users at one time. Strangers have as many on each port.
    pub connections: usize,
    /// Shells of one principal (MaxShellsPerUser).
    pub shells_per_principal: usize,
    /// Shells of all principals. It is larger than the maximum of one principal, so that one cannot
    /// lock out all others.
    pub shells: usize,
    /// Commands of one shell (MaxProcessesPerShell).
    pub commands_per_shell: usize,
    /// Running commands of one principal.
    pub commands_per_principal: usize,
    /// Running commands of all principals. One principal has at most half of them.
    pub commands: usize,
    /// Processes of one account (RLIMIT_NPROC, which the kernel counts per account).
    pub processes: u64,
    /// Open files of one process (RLIMIT_NOFILE).
    pub open_files: u64,
    /// The lifetime of a shell, in use or not.
    pub lifetime: Duration,
    /// The idle time-out of a shell if its client names none (IdleTimeout).
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
            commands_per_principal: 60,
            commands: 600,
            processes: 1024,
            open_files: 1024,
            lifetime: Duration::from_secs(24 * 3600),
            idle: Duration::from_secs(7200),
        }
    }
}

/// Time limits for each part of a connection's work.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// The TLS handshake.
    pub handshake: Duration,
    /// A request's head, from its first byte on. A stranger's time begins with the connection, or
    /// with the last answer.
    pub head: Duration,
    /// A request's body.
    pub body: Duration,
    /// Between the requests of an authenticated user. Clients use a connection again for two
    /// minutes.
    pub idle: Duration,
    /// The longest time in which the client takes no byte of an answer.
    pub write: Duration,
    /// Time for running requests when the service stops.
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

/// The directory and the account of the service's SPNs.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The directory, such as `ldap://dc1.contoso.com`.
    pub directory: String,
    /// The computer account, such as `MEM1$`.
    pub account: String,
    /// Its keytab.
    pub keytab: PathBuf,
}

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port without TLS.
    pub listen: SocketAddr,
    /// The listener with TLS.
    pub tls: Option<TlsConfig>,
    /// The keytab of the computer account.
    pub keytab: PathBuf,
    /// Principals that may use the service. A name without a realm is in the default realm.
    pub allow: Vec<String>,
    /// Groups whose members may use the service, as the ticket's PAC names them.
    pub allow_groups: Vec<Sid>,
    /// Whether clients may send messages in clear without TLS.
    pub allow_unencrypted: bool,
    /// Registration of the service's SPNs at its start. `None`: no registration, as in the article.
    pub registration: Option<Registration>,
    /// The limits of what a client may use.
    pub limits: Limits,
    /// The time limits of a connection.
    pub timeouts: Timeouts,
}
