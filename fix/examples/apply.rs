//! Applies a way out with a journal, verifies it, and rolls it back from the journal, even after
//! a crash in between.
//!
//! ```console
//! kinit you@YOUR.DOMAIN
//! cargo run --example apply -- apply web7.your.domain port-spns fix.json
//! cargo run --example apply -- verify fix.json
//! cargo run --example apply -- roll-back fix.json
//! ```
//!
//! Exit status: 0 if it is done, 1 if the directory is not as planned, 2 after an error.

mod common;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use common::{Failure, Given};
use spnfix::{
    ClientProfile, DirectorySnapshot, Journal, LdapDirectory, NoClientSettings, Plan, Remedy,
    Target, WINRM_PORT, apply, plan, rollback, verify,
};

const USAGE: &str = "apply apply HOST remove-registration|port-spns|wsman-prefix JOURNAL
       apply verify|roll-back JOURNAL";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::end(run().await)
}

async fn run() -> Result<ExitCode, Failure> {
    let given = Given::read(USAGE, 2..=4)?;
    let words: Vec<&str> = given.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["apply", host, way, journal] => {
            let mut directory = given.connect().await?;
            let plan = planned(&mut directory, host, way).await?;
            println!("{plan}");
            if plan.is_nothing_to_do() {
                return Ok(ExitCode::SUCCESS);
            }
            confirmed()?;
            // Each write is in the journal, on disk, before it happens.
            let mut journal = Journal::create(Path::new(journal), &plan)?;
            let done = apply(&mut directory, &mut NoClientSettings, &mut journal).await?;
            println!("{done}");
            verified(&mut directory, &plan).await
        }
        ["verify", journal] => {
            let journal = Journal::open(Path::new(journal))?;
            verified(&mut given.connect().await?, journal.plan()).await
        }
        ["roll-back", journal] => {
            let mut journal = Journal::open(Path::new(journal))?;
            let mut directory = given.connect().await?;
            // It refuses if another program has changed one of the accounts since.
            let back = rollback(&mut directory, &mut NoClientSettings, &mut journal).await?;
            println!("{back}");
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(Failure::Own(format!("this is not one of\nusage: {USAGE}"))),
    }
}

async fn planned(directory: &mut LdapDirectory, host: &str, way: &str) -> Result<Plan, Failure> {
    let (host, client): (Target, _) = (host.parse()?, ClientProfile::default());
    let remedy = match way {
        "remove-registration" => Remedy::RemoveRegistration { account: None },
        "port-spns" => Remedy::PortSpns { port: WINRM_PORT },
        "wsman-prefix" => Remedy::WsmanPrefix,
        other => return Err(Failure::Own(format!("there is no remedy {other}\nusage: {USAGE}"))),
    };
    let seen = DirectorySnapshot::take_for(directory, &host, &client, &remedy).await?;
    // This program reaches no client's registry: the plan names what is left to do there.
    Ok(plan(&seen, &host, &remedy, &client)?.with_client_by_hand())
}

/// Asks on standard input.
fn confirmed() -> Result<(), Failure> {
    eprint!("Type yes to apply this plan: ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|error| Failure::Own(error.to_string()))?;
    match answer.trim() {
        "yes" => Ok(()),
        _ => Err(Failure::Own("the plan was not confirmed, and nothing was changed".to_owned())),
    }
}

/// Reads back. Only a connection shows whether the host can decrypt the ticket.
async fn verified(directory: &mut LdapDirectory, plan: &Plan) -> Result<ExitCode, Failure> {
    let verification = verify(directory, &mut NoClientSettings, plan).await?;
    println!("{verification}");
    Ok(if verification.ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
