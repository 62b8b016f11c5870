//! What a lab's containers may do and who can reach them, as the engine reports it.

use crate::engine::refused;
use crate::lab::Lab;
use crate::model::{Result, Role};
use crate::start::network::{DEFAULT_GATEWAY, MASQUERADE};

/// The container option that keeps programs from gaining rights that they did not start with.
const NO_NEW: &str = "no-new-privileges";

/// What the engine reports about one container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Which part of the lab it is.
    pub role: Role,
    /// The addresses of the engine's host on which its ports are published, one for each port.
    pub published_on: Vec<String>,
    /// It may do everything (`--privileged`).
    pub privileged: bool,
    /// The capabilities that it got back after all were dropped.
    pub capabilities: Vec<String>,
    /// All capabilities were dropped, and no program in it can gain others.
    pub confined: bool,
    /// Folders and namespaces of the host that it can see.
    pub of_the_host: Vec<String>,
    /// It can write only to its folders in memory and to the folder of its programs.
    pub read_only: bool,
    /// Its folders in memory, each with its size in MiB; 0 for a folder without a size.
    pub in_memory: Vec<(String, u32)>,
    /// How many processes it may have; 0 for no limit.
    pub processes: i64,
    /// How much memory it may have, in MiB and without swap; 0 for no such limit.
    pub memory: i64,
    /// Its processor quota: microseconds of processor time in each 100 ms; 0 for no limit.
    pub processors: i64,
    /// Its weight against other containers when the processors are busy.
    pub weight: i64,
    /// How large its log may become.
    pub log: Option<String>,
}

/// A folder in memory with its size in MiB.
fn sized((folder, options): (String, String)) -> (String, u32) {
    let size = options.split(',').find_map(|option| option.strip_prefix("size="));
    let size = size.and_then(|size| size.strip_suffix('m')?.parse().ok());
    (folder, size.unwrap_or_default())
}

/// What the engine reports about a lab's network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkExposure {
    /// Its addresses, `10.213.4.32/27`.
    pub subnet: String,
    /// The engine's own address.
    pub bridge: String,
    /// The default gateway of its containers, if that is another address.
    pub gateway: Option<String>,
    /// Docker translates addresses: what leaves the network gets an address of the host.
    pub translates: bool,
}

impl Lab {
    /// Asks the engine about the lab's network.
    pub async fn network_exposure(&self) -> Result<NetworkExposure> {
        let found = self.docker().inspect_network(&self.network_name(), None).await;
        let found = found.map_err(refused("inspect the lab's network"))?;
        let config = found.ipam.and_then(|ipam| ipam.config).unwrap_or_default();
        let config = config.into_iter().next().unwrap_or_default();
        let options = found.options.unwrap_or_default();
        Ok(NetworkExposure {
            subnet: config.subnet.unwrap_or_default(),
            bridge: config.gateway.unwrap_or_default(),
            gateway: config.auxiliary_addresses.and_then(|mut kept| kept.remove(DEFAULT_GATEWAY)),
            translates: options.get(MASQUERADE).is_none_or(|value| value != "false"),
        })
    }

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
            let memory = host.memory.filter(|memory| host.memory_swap == Some(*memory));
            // Newer engines report the name with its prefix.
            let name = |cap: String| cap.strip_prefix("CAP_").map(str::to_owned).unwrap_or(cap);
            all.push(Exposure {
                role,
                published_on: bindings.map(|port| port.host_ip.unwrap_or_default()).collect(),
                privileged: host.privileged.unwrap_or_default(),
                capabilities: capabilities.into_iter().map(name).collect(),
                confined,
                of_the_host: binds.chain(shared).collect(),
                read_only: host.readonly_rootfs.unwrap_or_default(),
                in_memory: host.tmpfs.unwrap_or_default().into_iter().map(sized).collect(),
                processes: host.pids_limit.unwrap_or_default(),
                memory: memory.unwrap_or_default() >> 20,
                processors: host.cpu_quota.unwrap_or_default(),
                weight: host.cpu_shares.unwrap_or_default(),
                log: host.log_config.and_then(|log| log.config?.remove("max-size")),
            });
        }
        Ok(all)
    }
}
