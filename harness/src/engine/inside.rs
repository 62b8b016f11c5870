//! Whether this program runs in a container of the engine that it uses.

use std::sync::OnceLock;

use testcontainers::bollard::Docker;

use super::{is_gone, refused};
use crate::model::Result;

/// The mounts of this process. In a container, the engine's own files among them name it.
const MOUNTS: &str = "/proc/self/mountinfo";
/// The folder in which the engine keeps a container's files, before the container's id.
const KEPT_IN: &str = "/containers/";
/// The file that an engine mounts into each of its containers.
const HOST_NAME: &str = "/etc/hostname";
/// Length of a container's id.
const ID: usize = 64;

/// The container that this program runs in. A program uses one engine.
static CONTAINER: OnceLock<Option<String>> = OnceLock::new();

/// The id of the container that this program runs in, if it is one of its engine's.
pub(crate) fn container() -> Option<&'static str> {
    CONTAINER.get()?.as_deref()
}

/// Finds out, once. The engine confirms the id, because the container may be another engine's.
pub(super) async fn find_out(docker: &Docker) -> Result<()> {
    if CONTAINER.get().is_some() {
        return Ok(());
    }
    let mounts = tokio::fs::read_to_string(MOUNTS).await.unwrap_or_default();
    let found = match id(&mounts) {
        Some(id) if runs(docker, id).await? => Some(id.to_owned()),
        _ => None,
    };
    CONTAINER.get_or_init(|| found);
    Ok(())
}

/// Whether the engine runs a container of this id.
pub(crate) async fn runs(docker: &Docker, id: &str) -> Result<bool> {
    match docker.inspect_container(id, None).await {
        Ok(found) => Ok(found.state.and_then(|state| state.running) == Some(true)),
        Err(error) if is_gone(&error) => Ok(false),
        Err(error) => Err(refused("inspect a container")(error)),
    }
}

/// Whether a text is the id of a container.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == ID && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The id in the mounts of a container's process: the engine mounts a file of its own over
/// `/etc/hostname`. The engine's host has mounts of all containers, below other names.
fn id(mounts: &str) -> Option<&str> {
    let source = mounts.lines().find_map(|mount| {
        // The fourth field is the mount's root, the fifth where it is mounted (proc(5)).
        let mut fields = mount.split(' ').skip(3);
        let root = fields.next()?;
        (fields.next() == Some(HOST_NAME)).then_some(root)
    })?;
    let (_, rest) = source.rsplit_once(KEPT_IN)?;
    rest.split('/').next().filter(|text| is_id(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_known_by_the_files_that_the_engine_mounts_into_it() {
        let known = "0123456789abcdef".repeat(4);
        let mount = |source: &str| {
            format!("1 2 0:3 / / rw - overlay overlay rw\n4 5 8:1 {source} /etc/hostname rw\n")
        };
        let docker = mount(&format!("/var/lib/docker/containers/{known}/hostname"));
        assert_eq!(id(&docker), Some(known.as_str()));
        assert_eq!(id(&mount("/srv/containers/notes/hostname")), None);
        let shm = format!("/var/lib/docker/containers/{known}/mounts/shm");
        let on_the_host =
            format!("1 2 0:3 / / rw - ext4 /dev/vda rw\n4 5 0:9 / {shm} rw - tmpfs shm rw\n");
        assert_eq!(id(&on_the_host), None, "the engine's host is in none of its containers");
        assert_eq!(id(""), None);
    }
}
