//! Finds and removes labs by their labels, also those that another program left behind.

use std::collections::{BTreeMap, HashMap};

use futures::future::join_all;
use serde::Serialize;
use testcontainers::bollard::Docker;
use testcontainers::bollard::models::{ContainerSummary, VolumeCreateRequest};
use testcontainers::bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder,
    RemoveContainerOptionsBuilder, RemoveVolumeOptionsBuilder,
};

use super::labels::{
    LABEL_CREATED, LABEL_LAB, LABEL_LIFETIME, LABEL_OWNER, LABEL_ROLE, LABEL_SESSION, labels,
};
use super::owner::Owner;
use crate::engine::{connect, inside, is_going, is_gone, refused};
use crate::images;
use crate::model::{LabIdentity, Lifetime, Result, Role, STARTING, SambaVersion};

/// One lab, read from its labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabSummary {
    /// Name of the lab.
    pub name: String,
    /// Identifies this start of the lab.
    pub session: String,
    /// When it was started (RFC 3339).
    pub created: String,
    /// The Samba version in dc1's image; `None` if this build does not make that image.
    pub samba: Option<SambaVersion>,
    /// State of each part in the engine's words: `running`, `exited`, …
    pub parts: BTreeMap<String, String>,
}

/// The labs on this machine, by name and session. Also removes what killed runs left behind.
pub async fn list_labs() -> Result<Vec<LabSummary>> {
    let docker = connect().await?;
    remove_orphans(&docker).await?;
    list(&docker).await
}

/// The same over an existing connection.
pub(crate) async fn list(docker: &Docker) -> Result<Vec<LabSummary>> {
    Ok(summaries(containers(docker, LABEL_LAB).await?, images::samba_of))
}

/// The state of each part of a lab, in the engine's words; by its name or session.
pub async fn states_of(name: &str) -> Result<BTreeMap<String, String>> {
    let labs = list(&connect().await?).await?;
    let found = labs.into_iter().rev().find(|lab| lab.name == name || lab.session == name);
    Ok(found.map(|lab| lab.parts).unwrap_or_default())
}

fn summaries(
    containers: Vec<ContainerSummary>,
    samba_of: impl Fn(&str) -> Option<SambaVersion>,
) -> Vec<LabSummary> {
    let mut labs: BTreeMap<(String, String), LabSummary> = BTreeMap::new();
    for container in containers {
        let labels = container.labels.unwrap_or_default();
        let get = |key: &str| labels.get(key).cloned().unwrap_or_default();
        let (name, session) = (get(LABEL_LAB), get(LABEL_SESSION));
        let lab = labs.entry((name.clone(), session.clone())).or_insert_with(|| LabSummary {
            name,
            session,
            created: get(LABEL_CREATED),
            samba: None,
            parts: BTreeMap::new(),
        });
        let role = get(LABEL_ROLE);
        if role == Role::Dc1.as_str() {
            lab.samba = container.image.as_deref().and_then(&samba_of);
        }
        lab.parts.insert(role, container.state.map(|s| s.to_string()).unwrap_or_default());
    }
    labs.into_values().collect()
}

/// Removes one lab by name, or every lab (`None`). Returns what it removed.
///
/// If the lab does not exist, the list is empty.
pub async fn remove_labs(name: Option<&str>) -> Result<Vec<String>> {
    let docker = connect().await?;
    let filter = match name {
        Some(name) => format!("{LABEL_LAB}={name}"),
        None => LABEL_LAB.to_owned(),
    };
    remove_matching(&docker, &filter).await
}

/// Removes what killed programs left behind.
pub(crate) async fn remove_orphans(docker: &Docker) -> Result<()> {
    for session in orphans(docker).await? {
        remove_matching(docker, &format!("{LABEL_SESSION}={session}")).await?;
    }
    Ok(())
}

/// The sessions of labs whose process has ended, if the lab was to end with its process, or never
/// became ready. A ready lab that lost a part is none, so that its user can look at it.
pub(crate) async fn orphans(docker: &Docker) -> Result<Vec<String>> {
    let mut sessions: BTreeMap<String, Orphan> = BTreeMap::new();
    for container in containers(docker, LABEL_OWNER).await? {
        let names = container.names.unwrap_or_default();
        let starting = names.iter().any(|name| name.ends_with(STARTING));
        note(&mut sessions, &container.labels.unwrap_or_default(), Some(starting));
    }
    let options = ListNetworksOptionsBuilder::new().filters(&label_filter(LABEL_OWNER)).build();
    let networks =
        docker.list_networks(Some(options)).await.map_err(refused("list the networks"))?;
    for network in networks {
        note(&mut sessions, &network.labels.unwrap_or_default(), None);
    }
    let options = ListVolumesOptionsBuilder::new().filters(&label_filter(LABEL_OWNER)).build();
    let volumes = docker.list_volumes(Some(options)).await.map_err(refused("list the volumes"))?;
    for volume in volumes.volumes.unwrap_or_default() {
        note(&mut sessions, &volume.labels, None);
    }
    let mut left = Vec::new();
    for (session, orphan) in sessions {
        let unneeded = !orphan.detached || orphan.starting || orphan.containers == 0;
        if unneeded && is_gone_for_good(docker, orphan.owner.as_ref()).await? {
            left.push(session);
        }
    }
    Ok(left)
}

/// Whether the process has ended, or the engine does not run its container any more.
async fn is_gone_for_good(docker: &Docker, owner: Option<&Owner>) -> Result<bool> {
    let Some(owner) = owner else { return Ok(false) };
    match owner.other_container() {
        Some(container) => Ok(!inside::runs(docker, container).await?),
        None => Ok(owner.is_gone()),
    }
}

/// What the labels of one session say about its owner.
#[derive(Debug, Default)]
struct Orphan {
    owner: Option<Owner>,
    /// Whether an object says that the lab outlives its process. In a lab that was kept, only one
    /// does.
    detached: bool,
    /// Whether its dc1 still has the name of a lab that is not ready.
    starting: bool,
    /// How many containers it has. dc1 is the first one created.
    containers: usize,
}

/// Notes one object of a session, and for a container, whether its lab is not ready.
fn note(
    sessions: &mut BTreeMap<String, Orphan>,
    labels: &HashMap<String, String>,
    container: Option<bool>,
) {
    let Some(session) = labels.get(LABEL_SESSION) else { return };
    let orphan = sessions.entry(session.clone()).or_default();
    orphan.owner = labels.get(LABEL_OWNER).and_then(|label| Owner::parse(label));
    orphan.detached |=
        labels.get(LABEL_LIFETIME).is_some_and(|lifetime| lifetime == Lifetime::Detached.label());
    orphan.starting |= container == Some(true);
    orphan.containers += usize::from(container.is_some());
}

/// Makes the one object of a lab that says that the lab outlives its process: an empty volume.
/// Labels never change, so the others still say that it ends with it.
pub(crate) async fn mark_kept(docker: &Docker, identity: &LabIdentity) -> Result<()> {
    let labels = labels(identity, Role::Network, Lifetime::Detached.label());
    let request = VolumeCreateRequest {
        name: Some(format!("{}-kept", identity.object_name(Role::Network))),
        labels: Some(labels.into_iter().collect()),
        ..Default::default()
    };
    docker.create_volume(request).await.map(drop).map_err(refused("mark the lab as kept"))
}

async fn containers(docker: &Docker, label: &str) -> Result<Vec<ContainerSummary>> {
    let filters = label_filter(label);
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    docker.list_containers(Some(options)).await.map_err(refused("list the containers"))
}

fn label_filter(label: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([("label".to_owned(), vec![label.to_owned()])])
}

/// The containers of one lab, running or not: role and id.
pub(crate) async fn parts_of(docker: &Docker, label: &str) -> Result<Vec<(Role, String)>> {
    let found = containers(docker, label).await?;
    let mut parts: Vec<(Role, String)> = found
        .into_iter()
        .filter_map(|c| Some((Role::parse(c.labels?.get(LABEL_ROLE)?)?, c.id?)))
        .collect();
    parts.sort();
    Ok(parts)
}

/// Removes the containers, then the networks, then the volumes whose label matches. It goes on past
/// each failure and reports the first one at the end.
pub(crate) async fn remove_matching(docker: &Docker, label: &str) -> Result<Vec<String>> {
    let mut removed = Vec::new();
    let mut failure = None;
    let found = containers(docker, label).await?;
    let ids = found.into_iter().filter_map(|c| {
        let name = c.names.and_then(|names| names.into_iter().next()).unwrap_or_default();
        c.id.map(|id| (id, name.trim_start_matches('/').to_owned()))
    });
    let results =
        join_all(ids.map(|(id, name)| async move { (name, remove_container(docker, &id).await) }))
            .await;
    for (name, result) in results {
        keep(&mut removed, &mut failure, format!("container {name}"), result);
    }
    for name in networks(docker, label).await? {
        let result = match docker.remove_network(&name).await {
            Err(error) if !is_gone(&error) => Err(refused(format!("remove network {name}"))(error)),
            _ => Ok(()),
        };
        keep(&mut removed, &mut failure, format!("network {name}"), result);
    }
    for name in volumes(docker, label).await? {
        let options = RemoveVolumeOptionsBuilder::new().force(true).build();
        let result = match docker.remove_volume(&name, Some(options)).await {
            Err(error) if !is_gone(&error) => Err(refused(format!("remove volume {name}"))(error)),
            _ => Ok(()),
        };
        keep(&mut removed, &mut failure, format!("volume {name}"), result);
    }
    failure.map_or(Ok(removed), Err)
}

fn keep(
    removed: &mut Vec<String>,
    failure: &mut Option<crate::Error>,
    what: String,
    result: Result<()>,
) {
    match result {
        Ok(()) => removed.push(what),
        Err(error) => {
            failure.get_or_insert(error);
        }
    }
}

/// Removes one container with its anonymous volumes, running or not.
pub(crate) async fn remove_container(docker: &Docker, id: &str) -> Result<()> {
    let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    match docker.remove_container(id, Some(options)).await {
        Err(error) if !is_gone(&error) && !is_going(&error) => {
            Err(refused(format!("remove the container {id}"))(error))
        }
        _ => Ok(()),
    }
}

async fn networks(docker: &Docker, label: &str) -> Result<Vec<String>> {
    let filters = label_filter(label);
    let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
    let found = docker.list_networks(Some(options)).await.map_err(refused("list the networks"))?;
    Ok(found.into_iter().filter_map(|n| n.name).collect())
}

async fn volumes(docker: &Docker, label: &str) -> Result<Vec<String>> {
    let filters = label_filter(label);
    let options = ListVolumesOptionsBuilder::new().filters(&filters).build();
    let found = docker.list_volumes(Some(options)).await.map_err(refused("list the volumes"))?;
    Ok(found.volumes.unwrap_or_default().into_iter().map(|v| v.name).collect())
}

#[cfg(test)]
mod tests {
    use testcontainers::bollard::models::ContainerSummaryStateEnum;

    use super::*;

    fn part(lab: &str, role: Role, image: &str) -> ContainerSummary {
        let labels = [
            (LABEL_LAB, lab),
            (LABEL_ROLE, role.as_str()),
            (LABEL_SESSION, "0123"),
            (LABEL_CREATED, "2026-01-01T00:00:00Z"),
        ];
        ContainerSummary {
            labels: Some(labels.map(|(k, v)| (k.to_owned(), v.to_owned())).into()),
            image: Some(image.to_owned()),
            state: Some(ContainerSummaryStateEnum::RUNNING),
            ..Default::default()
        }
    }

    #[test]
    fn a_lab_is_told_with_the_samba_of_its_first_domain_controller() {
        let [new, old] = SambaVersion::ALL.map(images::dc1_tag);
        let found = summaries(
            vec![
                part("new", Role::Dc1, &new),
                part("new", Role::Mem1, "spnlab/mem1:0"),
                part("old", Role::Mem1, "spnlab/mem1:0"),
                part("old", Role::Dc1, &old),
                part("other-build", Role::Dc1, "spnlab/dc1:0123456789ab"),
                part("no-dc", Role::Client, &new),
            ],
            images::samba_of,
        );
        let told: Vec<_> = found.iter().map(|lab| (lab.name.as_str(), lab.samba)).collect();
        let (new, old) = (Some(SambaVersion::V4_22), Some(SambaVersion::V4_17));
        assert_eq!(told, [("new", new), ("no-dc", None), ("old", old), ("other-build", None)]);
        assert_eq!(found[0].parts.keys().collect::<Vec<_>>(), ["dc1", "mem1"]);
    }
}
