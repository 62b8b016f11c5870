//! From the configuration to what all connections share.

use super::account::Allowed;
use super::config::{ChannelBinding, Config, Timeouts};
use super::enumerating::Enumerations;
use super::service::Service;
use super::shells::Shells;
use super::tls::TlsError;
use crate::gss::{Credential, GssError, Name};
use std::net::SocketAddr;
use thiserror::Error;

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
    /// The certificate or its key cannot be used.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// Signals cannot be watched.
    #[error("signals: {0}")]
    Signals(std::io::Error),
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) credential: Credential,
    pub(crate) service: Service,
    pub(crate) timeouts: Timeouts,
}

/// The host's name without its domain.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

pub(crate) fn shared(config: &Config) -> Result<Shared, StartError> {
    let path = config.keytab.display().to_string();
    // A replay cache costs a locked and synchronised file write per AP-REQ. A replayed AP-REQ
    // alone gives nothing: its sender cannot seal a message without the session key. Where plain
    // bodies are taken, a replay would be executed, so there the default cache stays: with
    // AllowUnencrypted, and with TLS, which a replayed AP-REQ from elsewhere could otherwise enter.
    let sealed_only = !config.allow_unencrypted && config.tls.is_none();
    let replay_cache = sealed_only.then_some("none:");
    let credential = Credential::acceptor(&format!("FILE:{path}"), replay_cache)
        .map_err(|source| StartError::Keytab { path, source })?;
    let principal = |given: &String| {
        Name::principal(given)
            .and_then(|name| name.display())
            .map_err(|source| StartError::Principal { principal: given.clone(), source })
    };
    let principals = config.allow.iter().map(principal).collect::<Result<Vec<_>, _>>()?;
    let service = Service {
        shells: Shells::default(),
        enumerations: Enumerations::default(),
        allowed: Allowed { principals, groups: config.allow_groups.clone() },
        limits: config.limits,
        machine: machine(),
        allow_unencrypted: config.allow_unencrypted,
        channel_binding: config
            .tls
            .as_ref()
            .map_or_else(ChannelBinding::default, |tls| tls.channel_binding)
            .name(),
    };
    Ok(Shared { credential, service, timeouts: config.timeouts })
}
