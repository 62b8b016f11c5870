//! The running containers of a lab, found again by their names, with their published ports.

use std::collections::BTreeMap;

use testcontainers::bollard::Docker;
use testcontainers::bollard::models::NetworkSettings;
use testcontainers::bollard::query_parameters::DownloadFromContainerOptionsBuilder;

use super as engine;
use crate::model::{Error, LabIdentity, Result, Role};

/// A part's role, and the id of its container.
pub(crate) type Container<'a> = (Role, &'a str);

/// A running container of a lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) role: Role,
    pub(crate) id: String,
    /// Container port to port on 127.0.0.1 of the host.
    pub(crate) ports: BTreeMap<u16, u16>,
}

impl Part {
    /// The published port, or 0 if it is not published. Nothing answers on port 0.
    pub(crate) fn port(&self, container_port: u16) -> u16 {
        self.ports.get(&container_port).copied().unwrap_or_default()
    }

    /// The program of the host that the container tries when it starts.
    pub(crate) fn program(&self) -> Option<&'static str> {
        match self.role {
            Role::Mem1 => Some("winrmd"),
            Role::Client => Some("winrm-client"),
            Role::Dc1 | Role::Dc2 | Role::Network => None,
        }
    }

    /// Its role, and the id of its container.
    pub(crate) fn container(&self) -> Container<'_> {
        (self.role, &self.id)
    }
}

/// The lab CA's certificate in the DC.
const CA_PEM: &str = "/var/lib/spnlab/pki/ca.pem";

pub(crate) async fn attach_part(
    docker: &Docker,
    identity: &LabIdentity,
    role: Role,
) -> Result<Part> {
    let incomplete = || Error::LabIncomplete { name: identity.name.clone(), part: role };
    find_part(docker, identity, role).await?.ok_or_else(incomplete)
}

/// Finds a part that only some labs have. A part that is there but does not run is an error.
pub(crate) async fn find_part(
    docker: &Docker,
    identity: &LabIdentity,
    role: Role,
) -> Result<Option<Part>> {
    let name = identity.object_name(role);
    let found = match docker.inspect_container(&name, None).await {
        Ok(found) => found,
        Err(error) if engine::is_gone(&error) => return Ok(None),
        Err(error) => return Err(engine::refused("inspect a container")(error)),
    };
    let running = found.state.and_then(|state| state.running) == Some(true);
    let incomplete = || Error::LabIncomplete { name: identity.name.clone(), part: role };
    let id = found.id.filter(|_| running).ok_or_else(incomplete)?;
    Ok(Some(Part { role, id, ports: published(found.network_settings) }))
}

pub(crate) async fn read_ca(docker: &Docker, dc1: &Part) -> Result<String> {
    let archive = download(docker, dc1, CA_PEM).await?;
    String::from_utf8(archive)
        .map_err(|e| Error::Unreadable { what: CA_PEM.to_owned(), detail: e.to_string() })
}

/// The published ports of a container, as the engine reports them.
pub(crate) async fn published_ports(docker: &Docker, id: &str) -> Result<BTreeMap<u16, u16>> {
    let found =
        docker.inspect_container(id, None).await.map_err(engine::refused("inspect a container"))?;
    Ok(published(found.network_settings))
}

fn published(network: Option<NetworkSettings>) -> BTreeMap<u16, u16> {
    let ports = network.and_then(|network| network.ports).unwrap_or_default();
    ports
        .into_iter()
        .filter_map(|(inside, bindings)| {
            let inside = inside.strip_suffix("/tcp")?.parse().ok()?;
            let outside = bindings?.into_iter().next()?.host_port?.parse().ok()?;
            Some((inside, outside))
        })
        .collect()
}

/// One file out of a container.
async fn download(docker: &Docker, part: &Part, path: &str) -> Result<Vec<u8>> {
    use futures::TryStreamExt;
    use std::io::Read;
    let options = DownloadFromContainerOptionsBuilder::new().path(path).build();
    let archive: Vec<u8> = docker
        .download_from_container(&part.id, Some(options))
        .try_fold(Vec::new(), |mut all, chunk| async move {
            all.extend_from_slice(&chunk);
            Ok(all)
        })
        .await
        .map_err(engine::refused(format!("read {path} from {}", part.role)))?;
    let unreadable =
        |e: std::io::Error| Error::Unreadable { what: path.to_owned(), detail: e.to_string() };
    let mut archive = tar::Archive::new(archive.as_slice());
    let mut contents = Vec::new();
    for entry in archive.entries().map_err(unreadable)? {
        entry.map_err(unreadable)?.read_to_end(&mut contents).map_err(unreadable)?;
    }
    Ok(contents)
}
