//! How a lab comes up: its parts are created and started side by side, and then it is waited for facts.

use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::RenameContainerOptionsBuilder;

use crate::containers::{self, Part, PartSpec};
use crate::error::{Error, Result};
use crate::evidence::EvidenceDir;
use crate::exec::exec;
use crate::guard::InFlight;
use crate::lab::READY_WITHIN;
use crate::labels::{LabIdentity, Role};
use crate::locks::{self, Lock};
use crate::parts::read_ca;
use crate::ready;
use crate::spec::Lifetime;
use crate::topology::{Host, accounts, hosts};
use crate::winrm::{self, WinrmSettings};
use crate::{directory, docker, second_dc, sweep};

/// Runs in CLIENT: asks for a TGT and for a ticket to the endpoint until both are there.
/// The password comes on standard input; a failed try prints what Kerberos said.
const WAIT_FOR_TICKET: &str = r#"
read -r password
cache=$(mktemp)
tries=0
until said=$(printf '%s\n' "$password" | kinit -c "FILE:$cache" trainer 2>&1) \
   && said=$(kvno -c "FILE:$cache" HTTP/mem1.contoso.com 2>&1); do
  tries=$((tries + 1))
  [ "$tries" -lt 600 ] || { printf '%s\n' "$said" >&2; exit 1; }
  sleep 0.05
done
rm -f "$cache"
"#;

pub(crate) fn check_name(name: &str) -> Result<()> {
    let good = (1..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if good { Ok(()) } else { Err(Error::BadLabName { name: name.to_owned() }) }
}

/// Creates network and containers in tasks of their own, which a dropped future does not cancel,
/// and joins all of them before it returns.
async fn start_parts(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &'static str,
    specs: [PartSpec; 3],
    in_flight: &InFlight,
) -> Result<[Part; 3]> {
    let flight = in_flight.enter();
    let (engine, who) = (docker.clone(), identity.clone());
    let network = tokio::spawn(async move {
        let _flight = flight;
        containers::create_network(&engine, &who, lifetime).await
    });
    joined(network.await)?;
    // The DC takes longest to answer, so it gets a head start.
    let (dc1_is_created, created) = tokio::sync::watch::channel(false);
    let mut dc1_is_created = Some(dc1_is_created);
    let [dc1, mem1, client] = specs.map(|spec| {
        let flight = in_flight.enter();
        let (engine, who) = (docker.clone(), identity.clone());
        let (done, mut dc1_created) = (dc1_is_created.take(), created.clone());
        tokio::spawn(async move {
            let _flight = flight;
            if done.is_none() {
                // An error means that dc1's creation failed; its own task tells why.
                let _ = dc1_created.wait_for(|&created| created).await;
            }
            let id = containers::create(&engine, &who, lifetime, &spec).await?;
            if let Some(done) = done {
                done.send_replace(true);
            }
            containers::start(&engine, &who, lifetime, spec, id).await
        })
    });
    let (dc1, mem1, client) = tokio::join!(dc1, mem1, client);
    Ok([joined(dc1)?, joined(mem1)?, joined(client)?])
}

fn joined<T>(result: std::result::Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    result.unwrap_or_else(|error| {
        let source = std::io::Error::other(error.to_string());
        Err(Error::Io { action: "start a part of the lab".to_owned(), source })
    })
}

/// Starts the parts and waits until the lab shows every fact of a ready one.
pub(crate) async fn bring_up(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: Lifetime,
    (specs, dc2, winrm): ([PartSpec; 3], Option<PartSpec>, WinrmSettings),
    in_flight: &InFlight,
) -> Result<([Part; 3], Option<Part>, String)> {
    let parts = start_parts(docker, identity, lifetime.label(), specs, in_flight).await?;
    let ca_pem = read_ca(docker, &parts[0]).await?;
    tokio::select! {
        ready = all_ready(docker, &parts, &ca_pem, winrm) => ready?,
        dead = ready::watch(docker, &parts) => return Err(dead),
    }
    let dc2 = match dc2 {
        Some(spec) => {
            let dc2 = start_part(docker, identity, lifetime.label(), spec, in_flight).await?;
            let all = [parts[0].clone(), dc2.clone()];
            tokio::select! {
                ready = second_dc::ready(docker, (&dc2, &parts[0], &parts[2]), &ca_pem) => ready?,
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
        .map_err(docker::refused("mark the lab as ready"))?;
    Ok((parts, dc2, ca_pem))
}

/// One more part, in a task that a dropped future does not cancel.
async fn start_part(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &'static str,
    spec: PartSpec,
    in_flight: &InFlight,
) -> Result<Part> {
    let flight = in_flight.enter();
    let (engine, who) = (docker.clone(), identity.clone());
    let task = tokio::spawn(async move {
        let _flight = flight;
        let id = containers::create(&engine, &who, lifetime, &spec).await?;
        containers::start(&engine, &who, lifetime, spec, id).await
    });
    joined(task.await)
}

/// Takes the name for a lab that outlives the program.
pub(crate) async fn claim(docker: &Docker, name: &str) -> Result<Lock> {
    let exists = || Error::LabExists { name: name.to_owned() };
    let lock = locks::try_take(&format!("lab-{name}"))?.ok_or_else(exists)?;
    if sweep::list(docker).await?.iter().any(|lab| lab.name == name) {
        return Err(exists());
    }
    Ok(lock)
}

/// Writes down what the parts said, also those that are dead, and adds the folder to the error.
pub(crate) async fn with_logs(docker: &Docker, identity: &LabIdentity, error: Error) -> Error {
    let title = format!("start-{}-{}", identity.name, identity.session);
    let Ok(evidence) = EvidenceDir::create(&title) else { return error };
    let filter = format!("{}={}", crate::labels::LABEL_SESSION, identity.session);
    for (role, id) in sweep::parts_of(docker, &filter).await.unwrap_or_default() {
        let log = crate::logs::all(docker, &id).await.unwrap_or_default();
        let _ = evidence.write(&format!("{role}.log"), &log);
    }
    Error::NotStarted { error: Box::new(error), logs: evidence.path().to_owned() }
}

/// Every fact that a ready lab shows, looked for side by side.
async fn all_ready(
    docker: &Docker,
    parts: &[Part; 3],
    ca_pem: &str,
    settings: WinrmSettings,
) -> Result<()> {
    let [dc1, mem1, client] = parts;
    let ldaps = dc_answers(&hosts::DC1, dc1, ca_pem);
    let registered = async {
        if settings.register_spns { winrm::registration(docker, mem1, 0).await } else { Ok(()) }
    };
    let ticket = ticket_for_endpoint(docker, client);
    tokio::try_join!(ldaps, winrm::answers(mem1), registered, ticket).map(|_| ())
}

/// Waits for an LDAPS bind at this domain controller.
pub(crate) async fn dc_answers(dc: &Host, part: &Part, ca_pem: &str) -> Result<()> {
    ready::wait_for(&format!("an LDAPS bind at {}", part.role), READY_WITHIN, || async {
        Ok(match directory::answers(dc, part.port(636), ca_pem).await {
            Ok(()) => ready::Look::Ready,
            Err(error) => ready::Look::NotYet(error.to_string()),
        })
    })
    .await
}

async fn ticket_for_endpoint(docker: &Docker, client: &Part) -> Result<()> {
    let password = format!("{}\n", accounts::TRAINER.password);
    let command = ["sh", "-c", WAIT_FOR_TICKET];
    let ran = exec(docker, &client.id, Some("admin"), &command, Some(password.as_bytes())).await?;
    let ran = ran.into_text();
    if ran.status == 0 {
        return Ok(());
    }
    Err(Error::NotReady {
        what: "a ticket for HTTP/mem1.contoso.com".to_owned(),
        within: READY_WITHIN,
        last: ran.stderr.trim().to_owned(),
    })
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
