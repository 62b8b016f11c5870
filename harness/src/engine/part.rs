//! The running containers of a lab, found again by their names, and where their ports are reached.

use std::sync::Arc;

use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::DownloadFromContainerOptionsBuilder;

use super as engine;
use super::reach::Reach;
use crate::model::{Error, LabIdentity, Result, Role};

/// A part's role, and the id of its container.
pub(crate) type Container<'a> = (Role, &'a str);

/// A running container of a lab.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) role: Role,
    pub(crate) id: String,
    reach: Arc<Reach>,
}

impl Part {
    /// The port of 127.0.0.1 behind which this program reaches a port of the part.
    pub(crate) fn port(&self, inside: u16) -> u16 {
        self.reach.port(inside)
    }

    /// Whether the ports are the engine's, for any program of this machine. Otherwise this program
    /// has opened them for itself.
    pub(crate) fn is_published(&self) -> bool {
        self.reach.is_published()
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
    if found.state.as_ref().and_then(|state| state.running) != Some(true) {
        return Err(Error::LabIncomplete { name: identity.name.clone(), part: role });
    }
    let id = found.id.clone().unwrap_or_default();
    // What the engine says about a container is large, and futures of this one are kept.
    let reach = Arc::new(Box::pin(Reach::of(docker, found)).await?);
    Ok(Some(Part { role, id, reach }))
}

pub(crate) async fn read_ca(docker: &Docker, dc1: &Part) -> Result<String> {
    let archive = download(docker, dc1, CA_PEM).await?;
    String::from_utf8(archive)
        .map_err(|e| Error::Unreadable { what: CA_PEM.to_owned(), detail: e.to_string() })
}

/// The part in a container that this program has started.
pub(crate) async fn part_of(docker: &Docker, (role, id): Container<'_>) -> Result<Part> {
    let found = docker.inspect_container(id, None).await;
    let found = found.map_err(engine::refused("inspect a container"))?;
    let reach = Arc::new(Box::pin(Reach::of(docker, found)).await?);
    Ok(Part { role, id: id.to_owned(), reach })
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
