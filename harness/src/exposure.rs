//! What a lab's containers may do, and who can reach them, as the engine tells.

use crate::docker::refused;
use crate::error::Result;
use crate::lab::Lab;
use crate::labels::Role;

/// The option of a container in which no program gains rights that it was not started with.
const NO_NEW: &str = "no-new-privileges";

/// What the engine says of one container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Which part of the lab it is.
    pub role: Role,
    /// The addresses of the engine's host on which its ports are published, one a port.
    pub published_on: Vec<String>,
    /// It may do everything (`--privileged`).
    pub privileged: bool,
    /// The capabilities that are given back to it after all were dropped.
    pub capabilities: Vec<String>,
    /// All were dropped, and no program in it can gain others.
    pub confined: bool,
    /// Folders and namespaces of the host that it sees.
    pub of_the_host: Vec<String>,
}

impl Lab {
    /// Asks the engine about each container of the lab.
    pub async fn exposure(&self) -> Result<Vec<Exposure>> {
        let mut all = Vec::new();
        for role in self.hosts() {
            let id = &self.part(role).id;
            let found = self.docker().inspect_container(id, None).await;
            let found = found.map_err(refused("inspect a container"))?;
            let host = found.host_config.unwrap_or_default();
            let ports = found.network_settings.and_then(|network| network.ports);
            let bindings = ports.unwrap_or_default().into_values().flatten().flatten();
            let dropped = host.cap_drop.unwrap_or_default().iter().any(|cap| cap == "ALL");
            let options = host.security_opt.unwrap_or_default();
            let confined = dropped && options.iter().any(|option| option.starts_with(NO_NEW));
            let mounts = found.mounts.unwrap_or_default().into_iter();
            let binds = mounts.filter(|mount| mount.typ.as_deref() == Some("bind"));
            let binds = binds.filter_map(|mount| mount.source);
            let modes = [host.network_mode, host.pid_mode, host.uts_mode];
            let shared = modes.into_iter().flatten().filter(|mode| mode == "host");
            let capabilities = host.cap_add.unwrap_or_default();
            // Newer engines write the prefix out.
            let name = |cap: String| cap.strip_prefix("CAP_").map(str::to_owned).unwrap_or(cap);
            all.push(Exposure {
                role,
                published_on: bindings.map(|port| port.host_ip.unwrap_or_default()).collect(),
                privileged: host.privileged.unwrap_or_default(),
                capabilities: capabilities.into_iter().map(name).collect(),
                confined,
                of_the_host: binds.chain(shared).collect(),
            });
        }
        Ok(all)
    }
}
