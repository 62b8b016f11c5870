//! From the configuration to the endpoint: everything that must succeed before it listens.
//!
//! Uses: config, security, spawner, transport, winrs, wsman.

use super::config::{CbtHardeningLevel, Config, Limits};
use super::security::Allowed;
use super::spawner::{DESCRIPTORS_PER_COMMAND, Spawner};
use super::transport::{Endpoint, TlsError};
use super::winrs::Shells;
use super::wsman::{Enumerations, Service};
use crate::gss::{Credential, GssError, Name};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
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
    /// An allowed principal is unreadable.
    #[error("principal {principal}: {source}")]
    Principal {
        /// As given.
        principal: String,
        /// GSSAPI's reason.
        source: GssError,
    },
    /// The address is in use, or not this host's.
    #[error("address {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The certificate or its key is unusable.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// The spawner does not start.
    #[error("spawner: {0}")]
    Spawner(std::io::Error),
    /// The service cannot watch for signals.
    #[error("signals: {0}")]
    Signals(std::io::Error),
}

/// Descriptors of the service itself: listeners, the runtime's, the log, the spawner's socket, and
/// those that libkrb5 opens for a moment.
const OWN_DESCRIPTORS: usize = 64;

/// Lowers the number of commands to the descriptors that connections and the service itself leave.
fn within(limits: Limits, descriptors: u64) -> Limits {
    let all = usize::try_from(descriptors).unwrap_or(usize::MAX);
    let free = all.saturating_sub(limits.connections + OWN_DESCRIPTORS);
    let commands = limits.commands.min(free / DESCRIPTORS_PER_COMMAND).max(2);
    let commands_per_principal = limits.commands_per_principal.min(commands / 2);
    Limits { commands_per_principal, commands, ..limits }
}

/// The host's name without its domain.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

/// Raises the limit of descriptors to its maximum, and returns it.
fn descriptors() -> u64 {
    let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 0 };
    let _ = setrlimit(Resource::RLIMIT_NOFILE, most, most);
    most
}

/// Starts the spawner, then opens the keytab.
pub(crate) fn endpoint(config: &Config) -> Result<Endpoint, StartError> {
    // First of all: the spawner must inherit nothing that is opened or read later.
    let spawner = Spawner::start().map_err(StartError::Spawner)?;
    let limits = within(config.limits, descriptors());
    let path = config.keytab.display().to_string();
    // A replay cache costs a locked and synchronised file write for each AP-REQ. A replayed AP-REQ
    // alone gives nothing: its sender cannot seal a message without the session key. In two cases
    // the endpoint would execute a replay, so the default cache stays. With AllowUnencrypted, the
    // endpoint accepts plain bodies. With TLS, a replayed AP-REQ from another connection could
    // enter.
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
        spawner,
        shells: Shells::default(),
        enumerations: Enumerations::default(),
        allowed: Allowed { principals, groups: config.allow_groups.clone() },
        limits,
        machine: machine(),
        allow_unencrypted: config.allow_unencrypted,
        hardening: config.tls.as_ref().map_or_else(CbtHardeningLevel::default, |tls| tls.hardening),
    };
    Ok(Endpoint { credential, service, timeouts: config.timeouts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_descriptors_and_nobody_has_all_of_them() {
        let of = |descriptors| {
            let limits = within(Limits::default(), descriptors);
            (limits.commands_per_principal, limits.commands)
        };
        assert_eq!(of(1_048_576), (60, 600));
        assert_eq!(of(1024), (60, 176));
        assert_eq!(of(400), (10, 20));
        assert_eq!(of(0), (1, 2));
    }
}
