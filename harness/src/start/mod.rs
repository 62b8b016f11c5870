//! Starts and removes a lab:
//!
//! - network and containers;
//! - the facts of a ready lab;
//! - the guard, which removes a lab that ends early;
//! - the sweep, which removes what a killed program left behind;
//! - a lab as a Compose file.
//!
//! Uses: engine, env, evidence, images, ldap, model.

mod compose;
pub(crate) mod containers;
mod guard;
pub(crate) mod http_probe;
mod labels;
mod limits;
pub(crate) mod mem1;
pub(crate) mod network;
mod owner;
pub(crate) mod ready;
pub(crate) mod subnet;
mod survey;
pub(crate) mod sweep;
mod yaml;

use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::RenameContainerOptionsBuilder;

use crate::engine::locks::{self, Lock};
use crate::engine::{Part, Residents, logs, read_ca, refused};
use crate::evidence::EvidenceDir;
use crate::model::{Error, LabIdentity, LabSpec, Result, Role, WinrmSettings};
use containers::PartSpec;
use guard::InFlight;
use network::Network;

pub use compose::compose;
pub(crate) use guard::SessionGuard;
pub use labels::{LABEL_CREATED, LABEL_LAB, LABEL_ROLE, LABEL_SESSION};
pub use survey::{EngineFacts, Survey, check_locks, folder_of_programs, most_memory};
pub use sweep::{LabSummary, list_labs, remove_labs, states_of};

pub(crate) fn check_name(name: &str) -> Result<()> {
    let good = (1..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if good { Ok(()) } else { Err(Error::BadLabName { name: name.to_owned() }) }
}

/// Creates the network and the containers in tasks of their own, and joins all of them before it
/// returns. A dropped future does not cancel these tasks.
async fn start_parts(
    docker: &Docker,
    identity: &LabIdentity,
    lab: &LabSpec,
    specs: [PartSpec; 3],
    in_flight: &InFlight,
) -> Result<([Part; 3], Network)> {
    let flight = in_flight.enter();
    let lifetime = lab.lifetime.label();
    let (engine, who, lab) = (docker.clone(), identity.clone(), lab.clone());
    let network = tokio::spawn(async move {
        let _flight = flight;
        Network::create(&engine, &who, &lab).await
    });
    let network = joined(network.await)?;
    // The DC takes longest to answer, so it starts first.
    let (dc1_is_created, created) = tokio::sync::watch::channel(false);
    let mut dc1_is_created = Some(dc1_is_created);
    let [dc1, mem1, client] = specs.map(|spec| {
        let flight = in_flight.enter();
        let (docker, who, network) = (docker.clone(), identity.clone(), network.clone());
        let (done, mut dc1_created) = (dc1_is_created.take(), created.clone());
        tokio::spawn(async move {
            let _flight = flight;
            if done.is_none() {
                // An error means that dc1's creation failed. Its own task says why.
                let _ = dc1_created.wait_for(|&created| created).await;
            }
            let id = containers::create(&docker, &who, lifetime, &spec, &network).await?;
            if let Some(done) = done {
                done.send_replace(true);
            }
            containers::start(&docker, &who, lifetime, spec, id).await
        })
    });
    let (dc1, mem1, client) = tokio::join!(dc1, mem1, client);
    Ok(([joined(dc1)?, joined(mem1)?, joined(client)?], network))
}

fn joined<T>(result: std::result::Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    result.unwrap_or_else(|error| {
        let source = std::io::Error::other(error.to_string());
        Err(Error::Io { action: "start a part of the lab".to_owned(), source })
    })
}

/// The connection to the engine, and the residents of the lab.
pub(crate) type Engine<'a> = (&'a Docker, &'a Residents);

/// Starts the parts, and waits until the lab shows every fact of a ready lab.
pub(crate) async fn bring_up(
    engine: Engine<'_>,
    identity: &LabIdentity,
    lab: &LabSpec,
    (specs, dc2, winrm): ([PartSpec; 3], Option<PartSpec>, WinrmSettings),
    in_flight: &InFlight,
) -> Result<([Part; 3], Option<Part>, String)> {
    let (docker, lifetime) = (engine.0, lab.lifetime.label());
    let (parts, network) = start_parts(docker, identity, lab, specs, in_flight).await?;
    let ca_pem = read_ca(docker, &parts[0]).await?;
    tokio::select! {
        ready = ready::all_ready(engine, &parts, &ca_pem, winrm) => if let Err(error) = ready {
            return Err(ready::cause(docker, &parts, error).await);
        },
        dead = ready::watch(docker, &parts) => return Err(dead),
    }
    let dc2 = match dc2 {
        Some(spec) => {
            let dc2 = (spec, network);
            let dc2 = start_part(docker, identity, lifetime, dc2, in_flight).await?;
            let all = [parts[0].clone(), dc2.clone()];
            tokio::select! {
                ready = ready::second_dc_ready(engine, (&dc2, &parts[0], &parts[2]), &ca_pem) => ready?,
                dead = ready::watch(docker, &all) => return Err(dead),
            }
            Some(dc2)
        }
        None => None,
    };
    let options =
        RenameContainerOptionsBuilder::new().name(&identity.object_name(Role::Dc1)).build();
    docker
        .rename_container(&parts[0].id, options)
        .await
        .map_err(refused("mark the lab as ready"))?;
    Ok((parts, dc2, ca_pem))
}

/// Starts one more part, in a task that a dropped future does not cancel.
async fn start_part(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &'static str,
    (spec, network): (PartSpec, Network),
    in_flight: &InFlight,
) -> Result<Part> {
    let flight = in_flight.enter();
    let (docker, who) = (docker.clone(), identity.clone());
    let task = tokio::spawn(async move {
        let _flight = flight;
        let id = containers::create(&docker, &who, lifetime, &spec, &network).await?;
        containers::start(&docker, &who, lifetime, spec, id).await
    });
    joined(task.await)
}

/// Claims the name for a lab that outlives the program.
pub(crate) async fn claim(docker: &Docker, name: &str) -> Result<Lock> {
    let exists = || Error::LabExists { name: name.to_owned() };
    let lock = locks::try_take(&format!("lab-{name}"))?.ok_or_else(exists)?;
    if sweep::list(docker).await?.iter().any(|lab| lab.name == name) {
        return Err(exists());
    }
    Ok(lock)
}

/// Keeps the logs of all parts, also of dead ones, and adds the folder to the error.
pub(crate) async fn with_logs(docker: &Docker, identity: &LabIdentity, error: Error) -> Error {
    let title = format!("start-{}-{}", identity.name, identity.session);
    let Ok(evidence) = EvidenceDir::create(&title) else { return error };
    let filter = format!("{}={}", LABEL_SESSION, identity.session);
    for (role, id) in sweep::parts_of(docker, &filter).await.unwrap_or_default() {
        let log = logs::all(docker, &id).await.unwrap_or_default();
        let _ = evidence.write(&format!("{role}.log"), &log);
    }
    Error::NotStarted { error: Box::new(error), logs: evidence.path().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_docker_or_a_folder_would_not_take_are_refused() {
        for good in ["lab", "a", "ci-7", "abcdefghijklmnopqrstuvwxyz012345"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let long = "a".repeat(33);
        for bad in ["", "1lab", "Lab", "a b", "../x", "a_b", "ü", long.as_str()] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
