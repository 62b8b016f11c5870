//! The verbs of the core fix library: diagnose, fix, rollback.

use std::io::{IsTerminal, Write};

use spnfix::{
    Diagnosis, FailureDiagnosis, HandOff, Observed, Plan, Recommendation, VerifiedEverywhere,
    diagnose_failure, shown,
};

use crate::cli::Fix;
use crate::error::Failure;
use crate::place::{Foreign, Place};
use crate::talk::{Talk, fit};

/// What `diagnose` finds: the diagnosis, and what to do about it.
#[derive(serde::Serialize)]
struct Diagnosed {
    #[serde(flatten)]
    diagnosis: Diagnosis,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureDiagnosis>,
    recommendation: Recommendation,
}

pub(crate) async fn diagnose(
    place: &Place<'_>,
    host: &str,
    saw: Option<&Observed>,
    talk: &Talk,
) -> Result<u8, Failure> {
    let site = place.open().await?;
    let mut engineer = site.engineer().await?;
    let diagnosis = engineer.diagnose(host).await?;
    let recommendation = engineer.recommend(host).await?;
    talk.print(&fit(&diagnosis.to_string()));
    let failure = saw.map(|saw| diagnose_failure(&diagnosis, saw));
    if let Some(failure) = &failure {
        talk.print(&fit(&format!("\n{failure}")));
    }
    if !diagnosis.verdict.is_healthy() {
        talk.print(&fit(&format!("\n{recommendation}")));
    }
    talk.document("diagnose", &Diagnosed { diagnosis, failure, recommendation });
    Ok(0)
}

pub(crate) async fn fix(options: &Fix, talk: &Talk) -> Result<u8, Failure> {
    let site = Place::of(&options.lab, &options.abroad, &options.client).open().await?;
    let mut engineer = site.engineer().await?;
    let foreign = site.foreign_domain(&mut engineer).await?;
    let journals = site.journals(foreign.as_ref());
    let remedy = options.option.remedy_for(options.account.as_ref());
    let remedy = remedy.ok_or(Failure::AccountOfOptionOne { option: options.option })?;
    let plan = engineer.plan_remedy(&options.host, &remedy).await?;
    if let Some(form) = options.hand_off {
        return hand_off(&plan, form, options.undo, talk);
    }
    if let Some(journal) = journals.unfinished() {
        return Err(Failure::Unfinished { journal });
    }
    // The registry of a client that is not a lab's is out of reach.
    let plan = if foreign.is_some() { plan.with_client_by_hand() } else { plan };
    talk.print(&fit(&plan.to_string()));
    if plan.is_nothing_to_do() || options.plan_only {
        let elsewhere = site.verify_in(&options.also_dc, &mut engineer, &plan).await;
        talk.document(
            "fix",
            &serde_json::json!({ "plan": plan, "applied": null, "elsewhere": elsewhere }),
        );
        return told_elsewhere(&elsewhere, talk);
    }
    match &foreign {
        Some(foreign) => confirmed(foreign, options.confirm.as_deref(), talk).await?,
        None if options.yes => {}
        None => agreed(talk).await?,
    }
    let journal = journals.next()?;
    talk.say(&format!("\njournal: {}", journal.display()));
    let applied = engineer.apply(&plan, &journal).await?;
    talk.print(&fit(&applied.to_string()));
    let verification = engineer.verify(&plan).await?;
    let elsewhere = site.verify_in(&options.also_dc, &mut engineer, &plan).await;
    talk.document(
        "fix",
        &serde_json::json!({
            "plan": plan, "applied": applied, "verification": verification,
            "elsewhere": elsewhere, "journal": journal,
        }),
    );
    talk.print(&fit(&verification.to_string()));
    let everywhere = told_elsewhere(&elsewhere, talk);
    if !verification.ok() {
        return Err(Failure::NotVerified);
    }
    let status = everywhere?;
    talk.say(&site.after_fix(&options.host, options.option));
    Ok(status)
}

/// What the other domain controllers say; none is asked unless one is named.
fn told_elsewhere(elsewhere: &VerifiedEverywhere, talk: &Talk) -> Result<u8, Failure> {
    if elsewhere.witnesses.is_empty() {
        return Ok(0);
    }
    talk.print(&fit(&format!("\n{elsewhere}")));
    if elsewhere.ok() { Ok(0) } else { Err(Failure::NotEverywhere) }
}

/// The plan for another team's tools, as it is; into a file it goes as its program wants it.
fn hand_off(plan: &Plan, form: HandOff, undo: bool, talk: &Talk) -> Result<u8, Failure> {
    let handed = plan.hand_off(form).map_err(spnfix::Error::from)?;
    talk.document("fix", &serde_json::json!({ "plan": plan, "hand_off": handed }));
    let (text, file) =
        if undo { (&handed.undo, handed.undo_file()) } else { (&handed.text, handed.file()) };
    if std::io::stdout().is_terminal() {
        talk.print(text.trim_end());
    } else {
        talk.bytes(&file);
    }
    Ok(0)
}

pub(crate) async fn rollback(
    place: &Place<'_>,
    confirm: Option<&str>,
    talk: &Talk,
) -> Result<u8, Failure> {
    let site = place.open().await?;
    let mut engineer = site.engineer().await?;
    let foreign = site.foreign_domain(&mut engineer).await?;
    let Some(journal) = site.journals(foreign.as_ref()).last() else {
        let whose = match (place, &foreign) {
            (_, Some(foreign)) => format!("the domain {}", foreign.domain),
            (Place::Lab(name), None) => format!("the lab {name}"),
            (Place::Abroad(..), None) => "this domain".to_owned(),
        };
        return Err(Failure::NothingToUndo { whose });
    };
    if let Some(foreign) = &foreign {
        talk.say(&format!("journal: {}", journal.display()));
        confirmed(foreign, confirm, talk).await?;
    }
    let undone = engineer.rollback(&journal).await?;
    talk.document("rollback", &undone);
    talk.print(&fit(&undone.to_string()));
    talk.say(&site.after_rollback());
    Ok(0)
}

/// Asks whether the plan is to be applied; without a terminal nothing is changed.
async fn agreed(talk: &Talk) -> Result<(), Failure> {
    let line = answer("Apply this plan? [y/N] ", talk).await.ok_or(Failure::NobodyToAsk)?;
    if matches!(line.to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        Err(Failure::Declined)
    }
}

/// A directory that is not a lab's is written to only after its domain has been named.
async fn confirmed(foreign: &Foreign, confirm: Option<&str>, talk: &Talk) -> Result<(), Failure> {
    let Foreign { domain, server } = foreign;
    let unconfirmed = || Failure::Unconfirmed { domain: domain.clone() };
    let typed = if let Some(typed) = confirm {
        typed.to_owned()
    } else {
        let question = format!(
            "This writes to the domain {}, through {server}. It is not a lab.\n\
             Type the name of the domain to go on: ",
            shown(domain)
        );
        answer(&question, talk).await.ok_or_else(unconfirmed)?
    };
    if typed.eq_ignore_ascii_case(domain) { Ok(()) } else { Err(unconfirmed()) }
}

/// A line typed on the terminal; none if there is no terminal.
async fn answer(question: &str, talk: &Talk) -> Option<String> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    talk.warn("");
    eprint!("{question}");
    let _ = std::io::stderr().flush();
    // A thread of its own, so that Ctrl-C ends the question too.
    let (said, asked) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = std::io::stdin().read_line(&mut line);
        let _ = said.send(line);
    });
    Some(asked.await.unwrap_or_default().trim().to_owned())
}
