//! `spnlab fix`.

use std::io::IsTerminal;

use serde_json::json;
use spnfix::{HandOff, Plan, VerifiedEverywhere};

use super::question::{confirm_domain, confirm_plan};
use crate::cli::Fix;
use crate::console::{Console, escaped};
use crate::directory::DirectoryChoice;
use crate::failure::Failure;

pub(super) async fn fix(options: &Fix, console: &Console) -> Result<u8, Failure> {
    let choice = DirectoryChoice::new(&options.lab, &options.external, &options.client);
    let directory = choice.open().await?;
    let mut engineer = directory.engineer().await?;
    let domain = directory.external_domain(&mut engineer).await?;
    let journals = directory.journals(domain.as_ref());
    let remedy = options.option.remedy_for(options.account.as_ref(), options.client.spn_port);
    let remedy = remedy.ok_or(Failure::AccountOfOptionOne { option: options.option })?;
    let plan = engineer.plan_remedy(&options.host, &remedy).await?;
    if let Some(form) = options.hand_off {
        return hand_off(&plan, form, options.undo, console);
    }
    if let Some(journal) = journals.unfinished() {
        return Err(Failure::Unfinished { journal });
    }
    // The engineer cannot reach the registry of an external client.
    let plan = if domain.is_some() { plan.with_client_by_hand() } else { plan };
    console.print(&escaped(&plan.to_string()));
    if plan.is_nothing_to_do() || options.plan_only {
        let elsewhere = directory.verify_in(&options.also_dc, &mut engineer, &plan).await;
        console.document("fix", &json!({ "plan": plan, "applied": null, "elsewhere": elsewhere }));
        return show_elsewhere(&elsewhere, console);
    }
    match &domain {
        Some(external) => confirm_domain(external, options.confirm.as_deref(), console).await?,
        None if options.yes => {}
        None => confirm_plan(console).await?,
    }
    let journal = journals.next()?;
    console.say(&format!("\njournal: {}", journal.display()));
    let applied = engineer.apply(&plan, &journal).await?;
    console.print(&escaped(&applied.to_string()));
    let verification = engineer.verify(&plan).await?;
    let elsewhere = directory.verify_in(&options.also_dc, &mut engineer, &plan).await;
    console.document(
        "fix",
        &json!({
            "plan": plan, "applied": applied, "verification": verification,
            "elsewhere": elsewhere, "journal": journal,
        }),
    );
    console.print(&escaped(&verification.to_string()));
    let everywhere = show_elsewhere(&elsewhere, console);
    if !verification.ok() {
        return Err(Failure::NotVerified);
    }
    let status = everywhere?;
    console.say(&directory.next_after_fix(&options.host, &remedy));
    Ok(status)
}

/// Shows what the other domain controllers hold, if `--also-dc` names any.
fn show_elsewhere(elsewhere: &VerifiedEverywhere, console: &Console) -> Result<u8, Failure> {
    if elsewhere.dcs.is_empty() {
        return Ok(0);
    }
    console.print(&escaped(&format!("\n{elsewhere}")));
    if elsewhere.ok() { Ok(0) } else { Err(Failure::NotEverywhere) }
}

/// Prints the plan for another team's tools. On a terminal it is text; a file gets the bytes that
/// the tool reads.
fn hand_off(plan: &Plan, form: HandOff, undo: bool, console: &Console) -> Result<u8, Failure> {
    let handed = plan.hand_off(form).map_err(spnfix::Error::from)?;
    console.document("fix", &json!({ "plan": plan, "hand_off": handed }));
    let (text, file) =
        if undo { (&handed.undo, handed.undo_file()) } else { (&handed.text, handed.file()) };
    if std::io::stdout().is_terminal() {
        console.print(text.trim_end());
    } else {
        console.bytes(&file);
    }
    Ok(0)
}
