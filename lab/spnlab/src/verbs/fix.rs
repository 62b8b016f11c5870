//! `spnlab fix`.

use std::io::IsTerminal;

use serde_json::json;
use spnfix::{ClientEdit, HandOff, Plan, VerifiedEverywhere};

use super::question::{confirm_domain, confirm_plan};
use crate::cli::Fix;
use crate::console::{Console, escaped};
use crate::directory::DirectoryChoice;
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn fix(options: &Fix, console: &Console) -> Result<u8, Failure> {
    let choice = DirectoryChoice::new(&options.lab, &options.external, &options.client);
    let directory = choice.open().await?;
    if !options.plan_only && options.hand_off.is_none() {
        directory.works_for(console);
    }
    let mut engineer = directory.engineer().await?;
    let domain = directory.external_domain(&mut engineer).await?;
    let journals = directory.journals(domain.as_ref());
    let remedy = options.option.remedy_for(options.account.as_ref(), options.client.spn_port);
    let remedy = remedy.ok_or(Failure::AccountOfOptionOne { option: options.option })?;
    let plan = engineer.plan_remedy(&options.host, &remedy).await?;
    if let Some(form) = options.hand_off {
        let changes = [!plan.edits.is_empty(), writes_registry(&plan)];
        if says_nothing(form, changes) {
            return Err(Failure::EmptyHandOff { form });
        }
        return hand_off(&plan, form, options.undo, console);
    }
    if let Some(journal) = journals.unfinished().await? {
        return Err(Failure::Unfinished { journal });
    }
    // The engineer cannot reach the registry of an external client.
    let plan = if domain.is_some() { plan.with_client_by_hand() } else { plan };
    let columns = console.columns();
    let asks = match &domain {
        Some(_) => options.confirm.is_none(),
        None => !options.yes,
    };
    // A fix that nobody is asked about changes something: its exit status says it.
    if !console.is_quiet() || options.plan_only || asks {
        console.pass_on(&escaped(&format!("{plan:columns$}")));
    }
    if plan.is_nothing_to_do() || options.plan_only {
        let elsewhere = directory.verify_in(&options.also_dc, &mut engineer, &plan).await;
        console.document("fix", &json!({ "plan": plan, "applied": null, "elsewhere": elsewhere }));
        return show_elsewhere(&elsewhere, console);
    }
    match &domain {
        Some(external) => confirm_domain(external, options.confirm.as_deref(), console).await?,
        None if options.yes => {}
        None => {
            // Whoever is asked must see the plan, also if standard output goes elsewhere.
            if !std::io::stdout().is_terminal() {
                console.warn(&escaped(&format!("{plan:columns$}")));
            }
            confirm_plan(console).await?;
        }
    }
    if let Some(error) = console.unwritable() {
        return Err(error.into());
    }
    console.begins(Doing::WRITING);
    let (journal, mut entries) = journals.begin(&plan).await?;
    console.say(&format!("\njournal: {}", journal.display()));
    let applied = engineer.apply_journal(&mut entries).await;
    let applied = applied.map_err(|error| directory.failure(error))?;
    console.begins(Doing::Looking);
    console.done(&escaped(&applied.to_string()));
    let verification = engineer.verify(&plan).await?;
    let elsewhere = directory.verify_in(&options.also_dc, &mut engineer, &plan).await;
    console.document(
        "fix",
        &json!({
            "plan": plan, "applied": applied, "verification": verification,
            "elsewhere": elsewhere, "journal": journal,
        }),
    );
    show_verified(&verification.to_string(), verification.ok(), console);
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
    show_verified(&format!("\n{elsewhere}"), elsewhere.ok(), console);
    if elsewhere.ok() { Ok(0) } else { Err(Failure::NotEverywhere) }
}

/// Shows what was verified. `--quiet` hides only what is well.
fn show_verified(text: &str, is_well: bool, console: &Console) {
    let text = escaped(text);
    if is_well { console.done(&text) } else { console.print(&text) }
}

fn writes_registry(plan: &Plan) -> bool {
    plan.client.iter().any(|edit| matches!(edit, ClientEdit::Registry(_)))
}

/// Whether this form would be comments only, although there are changes: of the directory, of the
/// client's registry.
fn says_nothing(form: HandOff, [directory, registry]: [bool; 2]) -> bool {
    match form {
        HandOff::Reg => directory && !registry,
        HandOff::Ldif => registry && !directory,
        HandOff::Setspn | HandOff::PowerShell => false,
    }
}

/// Prints the plan for another team's tools. On a terminal it is text; a file gets the bytes that
/// the tool reads.
fn hand_off(plan: &Plan, form: HandOff, undo: bool, console: &Console) -> Result<u8, Failure> {
    let handed = plan.hand_off(form).map_err(spnfix::Error::from)?;
    console.document("fix", &json!({ "plan": plan, "hand_off": handed }));
    let (text, file) =
        if undo { (&handed.undo, handed.undo_file()) } else { (&handed.text, handed.file()) };
    if std::io::stdout().is_terminal() {
        console.pass_on(text.trim_end());
    } else {
        console.bytes(&file);
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_says_nothing_of_a_plan_is_known() {
        assert!(says_nothing(HandOff::Reg, [true, false]));
        assert!(says_nothing(HandOff::Ldif, [false, true]));
        for changes in [[true, true], [false, false]] {
            assert!(HandOff::ALL.iter().all(|form| !says_nothing(*form, changes)));
        }
        assert!(!says_nothing(HandOff::Setspn, [true, false]));
    }
}
