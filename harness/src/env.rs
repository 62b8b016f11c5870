//! Every environment variable that the harness reads, in one place.
//!
//! Uses: no other room.

use std::path::PathBuf;

/// `SPNLAB_PROGRAMS`: the folder of `winrmd`, `winrm-client`, `setspn` and `libspnlab_sockets.so`.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn programs() -> Option<PathBuf> {
    std::env::var_os("SPNLAB_PROGRAMS").map(PathBuf::from)
}

/// The folder for this user's locks: below `XDG_RUNTIME_DIR`, otherwise in the temporary folder.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn locks() -> PathBuf {
    use std::os::unix::fs::MetadataExt;
    if let Some(folder) = std::env::var_os("XDG_RUNTIME_DIR") {
        return PathBuf::from(folder).join("spnlab");
    }
    let user = std::fs::metadata("/proc/self").map_or(0, |me| me.uid());
    std::env::temp_dir().join(format!("spnlab-{user}"))
}

/// `SPNLAB_EVIDENCE`: the folder for evidence.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn evidence() -> Option<PathBuf> {
    std::env::var_os("SPNLAB_EVIDENCE").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Where this user's programs keep what they have seen: `XDG_STATE_HOME`, otherwise
/// `~/.local/state`, otherwise the temporary folder.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn state() -> PathBuf {
    let named = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || Some(std::env::home_dir()?.join(".local/state"));
    named.or_else(home).unwrap_or_else(std::env::temp_dir)
}

/// The default of `SPNLAB_SUBNETS`: private ranges outside of Docker's own pools (172.17.0.0/16 and
/// above, 192.168.0.0/16).
pub(crate) const DEFAULT_SUBNETS: &str = "10.213.0.0/16,172.16.0.0/16";

/// `SPNLAB_SUBNETS`: the ranges from which labs take their networks.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn subnets() -> String {
    std::env::var("SPNLAB_SUBNETS").unwrap_or_else(|_| DEFAULT_SUBNETS.to_owned())
}

/// Docker's own variables. An empty one is unset for `docker`.
#[derive(Debug)]
pub(crate) struct DockerVariables {
    /// `DOCKER_HOST`: the engine's address.
    pub(crate) host: Option<String>,
    /// `DOCKER_CONTEXT`: the context in place of that of `docker context use`.
    pub(crate) context: Option<String>,
    /// `DOCKER_CONFIG`: the folder of `config.json` and the contexts, otherwise `~/.docker`.
    pub(crate) config: Option<PathBuf>,
}

/// Docker's own variables.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn docker() -> DockerVariables {
    let named = std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty());
    DockerVariables {
        host: std::env::var("DOCKER_HOST").ok(),
        context: std::env::var("DOCKER_CONTEXT").ok(),
        config: named.map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".docker"))),
    }
}
