//! The parts of a lab that runs: found again by their names, and files out of them.

use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::DownloadFromContainerOptionsBuilder;

use crate::containers::{self, Part};
use crate::docker;
use crate::error::{Error, Result};
use crate::labels::{LabIdentity, Role};

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

/// A part that not every lab has; one that is there and does not run is an error.
pub(crate) async fn find_part(
    docker: &Docker,
    identity: &LabIdentity,
    role: Role,
) -> Result<Option<Part>> {
    let name = identity.object_name(role);
    let found = match docker.inspect_container(&name, None).await {
        Ok(found) => found,
        Err(error) if docker::is_gone(&error) => return Ok(None),
        Err(error) => return Err(docker::refused("inspect a container")(error)),
    };
    let running = found.state.and_then(|state| state.running) == Some(true);
    let incomplete = || Error::LabIncomplete { name: identity.name.clone(), part: role };
    let id = found.id.filter(|_| running).ok_or_else(incomplete)?;
    Ok(Some(Part { role, ports: containers::published_ports(docker, &id).await?, id }))
}

pub(crate) async fn read_ca(docker: &Docker, dc1: &Part) -> Result<String> {
    let archive = download(docker, dc1, CA_PEM).await?;
    String::from_utf8(archive)
        .map_err(|e| Error::Unreadable { what: CA_PEM.to_owned(), detail: e.to_string() })
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
        .map_err(docker::refused(format!("read {path} from {}", part.role)))?;
    let unreadable =
        |e: std::io::Error| Error::Unreadable { what: path.to_owned(), detail: e.to_string() };
    let mut archive = tar::Archive::new(archive.as_slice());
    let mut contents = Vec::new();
    for entry in archive.entries().map_err(unreadable)? {
        entry.map_err(unreadable)?.read_to_end(&mut contents).map_err(unreadable)?;
    }
    Ok(contents)
}
