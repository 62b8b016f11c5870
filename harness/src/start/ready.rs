//! Waits until a lab is ready. A ready lab shows these facts:
//!
//! - a KDC answers an AS-REQ;
//! - each domain controller accepts an LDAPS bind;
//! - WinRM and the web site answer 401 with Negotiate;
//! - a second domain controller replicates both ways.

use std::time::Duration;

use spnlab_agent::{RanWithTickets, Request, RunWithTickets};
use testcontainers::bollard::Docker;

use super::mem1::registration;
use super::{Engine, http_probe};
use crate::engine::{ADMIN, ExecOutput, Look, Part, READY_WITHIN, logs, refused, wait_for};
use crate::ldap;
use crate::model::ports::KDC;
use crate::model::{Error, Host, Result, WinrmSettings, accounts, hosts};

/// Pause between two looks at whether the containers run.
const PAUSE: Duration = Duration::from_millis(200);

/// Run in dc1: makes each domain controller take the other's changes, and prints how each way
/// ended.
pub(crate) const REPLICATE: [&str; 3] =
    ["/usr/lib/spnlab/replicate", hosts::DC2.fqdn, hosts::DC1.fqdn];
/// Run in each domain controller: saves the directory as the baseline of later resets.
const REMEMBER: [&str; 2] = ["/usr/lib/spnlab/database", "remember"];

/// Waits for every fact of a ready lab, side by side.
pub(super) async fn all_ready(
    engine: Engine<'_>,
    parts: &[Part; 3],
    ca_pem: &str,
    settings: WinrmSettings,
) -> Result<()> {
    let [dc1, mem1, client] = parts;
    let ldaps = dc_answers(&hosts::DC1, dc1, ca_pem);
    let registered = async {
        if settings.register_spns { registration(engine.0, mem1, 0).await } else { Ok(()) }
    };
    let kvno = ["kvno", "HTTP/mem1.contoso.com"];
    let ticket = tickets(engine, client, ("a ticket for HTTP/mem1.contoso.com", None, &kvno));
    tokio::try_join!(ldaps, mem1_answers(mem1), registered, ticket).map(|_| ())
}

/// Waits for an LDAPS bind at this domain controller.
pub(crate) async fn dc_answers(dc: &Host, part: &Part, ca_pem: &str) -> Result<()> {
    wait_for(&format!("an LDAPS bind at {}", part.role), READY_WITHIN, || async {
        Ok(match ldap::answers(dc, part.port(636), ca_pem).await {
            Ok(()) => Look::Ready,
            Err(error) => Look::NotYet(error.to_string()),
        })
    })
    .await
}

/// Waits until CLIENT gets tickets of its user from a KDC, and a program can use them.
async fn tickets(
    (docker, residents): Engine<'_>,
    client: &Part,
    (what, kdc, command): (&str, Option<Host>, &[&str]),
) -> Result<()> {
    let host = kdc.unwrap_or(hosts::DC1).fqdn;
    wait_for(what, READY_WITHIN, || async {
        // If a KDC refuses TCP, kinit sends a datagram. A starting KDC loses the datagram, and
        // kinit waits three seconds for an answer.
        let knock = Request::Knock { host: host.to_owned(), port: KDC };
        match residents.ask::<()>(docker, client.container(), ADMIN, knock).await {
            Ok(()) => {}
            Err(Error::Exec { stderr, .. }) => return Ok(Look::NotYet(stderr)),
            Err(error) => return Err(error),
        }
        let logon = accounts::TRAINER.logon(kdc);
        let command = command.iter().map(|&word| word.to_owned()).collect();
        let request = Request::RunWithTickets(RunWithTickets { logon, command });
        let said = match residents.ask(docker, client.container(), ADMIN, request).await? {
            RanWithTickets::NoTicket { said, .. } => said,
            RanWithTickets::Ran(ran) if ran.status == 0 => return Ok(Look::Ready),
            RanWithTickets::Ran(ran) => ExecOutput::from(ran).stderr,
        };
        Ok(Look::NotYet(said.trim().to_owned()))
    })
    .await
}

/// Waits until WinRM and the web site answer.
pub(crate) async fn mem1_answers(mem1: &Part) -> Result<()> {
    let winrm = wait_for("a 401 with Negotiate from winrmd", READY_WITHIN, || async {
        Ok(http_probe::offers_negotiate(mem1.port(5985), "/wsman").await)
    });
    let web = wait_for("a 401 with Negotiate from the web site", READY_WITHIN, || async {
        Ok(http_probe::offers_negotiate(mem1.port(80), "/").await)
    });
    tokio::try_join!(winrm, web).map(|_| ())
}

/// Waits for the facts of a second domain controller: it accepts a bind, answers an AS-REQ, and
/// changes go both ways.
pub(super) async fn second_dc_ready(
    engine: Engine<'_>,
    (dc2, dc1, client): (&Part, &Part, &Part),
    ca_pem: &str,
) -> Result<()> {
    dc_answers(&hosts::DC2, dc2, ca_pem).await?;
    tickets(engine, client, ("a TGT from dc2", Some(hosts::DC2), &[])).await?;
    let run = async |dc: &Part, command: &[&str]| {
        let (docker, residents) = engine;
        residents.run(docker, dc.container(), None, command, &[]).await
    };
    wait_for("replication between dc1 and dc2, both ways", READY_WITHIN, || async {
        let ran = run(dc1, &REPLICATE).await?;
        Ok(if ran.status == 0 { Look::Ready } else { Look::NotYet(ran.stdout + &ran.stderr) })
    })
    .await?;
    let remember =
        async |dc: &Part| run(dc, &REMEMBER).await?.success(dc.role, "database remember").map(drop);
    tokio::try_join!(remember(dc1), remember(dc2)).map(|_| ())
}

/// Runs until a container of the lab stops. The error names it, and has its last words.
///
/// The start script exits with 97 if a copied program does not start in the container.
pub(crate) async fn watch(docker: &Docker, parts: &[Part]) -> Error {
    loop {
        for part in parts {
            match stopped(docker, part).await {
                Ok(None) => {}
                Ok(Some(error)) | Err(error) => return error,
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Why a lab did not get ready: a part that has stopped, if there is one. Whoever needed that part
/// may have failed first.
pub(crate) async fn cause(docker: &Docker, parts: &[Part], error: Error) -> Error {
    for part in parts {
        if let Ok(Some(stopped)) = stopped(docker, part).await {
            return stopped;
        }
    }
    error
}

async fn stopped(docker: &Docker, part: &Part) -> Result<Option<Error>> {
    let found = docker
        .inspect_container(&part.id, None)
        .await
        .map_err(refused(format!("inspect the container {}", part.role)))?;
    let state = found.state.unwrap_or_default();
    if state.running == Some(true) {
        return Ok(None);
    }
    let status = state.exit_code.unwrap_or(-1);
    let log = logs::tail(docker, &part.id, 20).await.unwrap_or_default();
    Ok(Some(match (status, part.program()) {
        (97, Some(program)) => {
            let words: Vec<&str> = log.lines().filter(|l| !l.starts_with("spnlab:")).collect();
            Error::ProgramDoesNotStart { program, part: part.role, words: words.join("; ") }
        }
        _ => Error::PartDied { part: part.role, status, log },
    }))
}
