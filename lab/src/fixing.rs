//! The verbs of the core fix library: diagnose, fix, rollback.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use spnfix::{Journal, JournalState};
use spnlab::Engineer;
use spnlab_harness::Lab;

use crate::cli::Fix;
use crate::error::Failure;
use crate::labs::{journals, name_option};
use crate::talk::Talk;

pub(crate) async fn diagnose(name: &str, host: &str, talk: &Talk) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    let found = Engineer::at(&lab).await?.diagnose(host).await?;
    talk.document("diagnose", &found);
    talk.print(found.to_string().trim_end());
    Ok(0)
}

pub(crate) async fn fix(options: &Fix, talk: &Talk) -> Result<u8, Failure> {
    let lab = Lab::attach(&options.lab.name).await?;
    if let Some(journal) = unfinished_journal(&lab.identity().session) {
        return Err(Failure::Unfinished { journal });
    }
    let mut engineer = Engineer::at(&lab).await?;
    let plan = engineer.plan(&options.host, options.option).await?;
    talk.print(plan.to_string().trim_end());
    if plan.is_nothing_to_do() || options.plan_only {
        talk.document("fix", &serde_json::json!({ "plan": plan, "applied": null }));
        return Ok(0);
    }
    if !options.yes {
        ask(talk).await?;
    }
    let journal = next_journal(&lab.identity().session)?;
    talk.say(&format!("\njournal: {}", journal.display()));
    let applied = engineer.apply(&plan, &journal).await?;
    talk.print(applied.to_string().trim_end());
    let verification = engineer.verify(&plan).await?;
    talk.document(
        "fix",
        &serde_json::json!({
            "plan": plan, "applied": applied, "verification": verification, "journal": journal,
        }),
    );
    talk.print(verification.to_string().trim_end());
    if !verification.ok() {
        return Err(Failure::NotVerified);
    }
    let switch = if options.option == 2 { " --include-port-in-spn" } else { "" };
    let lab = name_option(&options.lab.name);
    talk.say(&format!(
        "next: spnlab connect {}{switch}{lab}; back: spnlab rollback{lab}",
        options.host
    ));
    Ok(0)
}

pub(crate) async fn rollback(name: &str, talk: &Talk) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    let Some(journal) = last_journal(&lab.identity().session) else {
        return Err(Failure::NothingToUndo { lab: name.to_owned() });
    };
    let undone = Engineer::at(&lab).await?.rollback(&journal).await?;
    talk.document("rollback", &undone);
    talk.print(undone.to_string().trim_end());
    talk.say(&format!("next: spnlab connect{}", name_option(name)));
    Ok(0)
}

/// Asks on the terminal; without one nothing is changed.
async fn ask(talk: &Talk) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::NobodyToAsk);
    }
    talk.warn("");
    eprint!("Apply this plan? [y/N] ");
    let _ = std::io::stderr().flush();
    // A thread of its own, so that Ctrl-C ends the question too.
    let (answer, asked) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = std::io::stdin().read_line(&mut line);
        let _ = answer.send(line);
    });
    let line = asked.await.unwrap_or_default();
    if matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        Err(Failure::Declined)
    }
}

/// The journals of a lab, oldest first.
fn all_journals(session: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(journals(session)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    found.sort();
    found
}

/// A path for the journal of the next fix; numbered, so that the last one is undone first.
fn next_journal(session: &str) -> Result<PathBuf, Failure> {
    let folder = journals(session);
    create_private(&folder)?;
    let last = all_journals(session)
        .last()
        .and_then(|path| path.file_stem()?.to_str()?.strip_prefix("fix-")?.parse::<u32>().ok());
    Ok(folder.join(format!("fix-{:04}.json", last.unwrap_or_default() + 1)))
}

/// A fix that stopped half-way: another one on top could not be undone cleanly.
fn unfinished_journal(session: &str) -> Option<PathBuf> {
    all_journals(session).into_iter().find(|path| {
        Journal::open(path).is_ok_and(|journal| {
            matches!(journal.state(), JournalState::Applying | JournalState::RollingBack)
        })
    })
}

/// The newest journal that has something to undo.
fn last_journal(session: &str) -> Option<PathBuf> {
    all_journals(session).into_iter().rev().find(|path| {
        // One that cannot be read is for rollback to complain about, not to skip.
        Journal::open(path).map_or(true, |journal| journal.state() != JournalState::RolledBack)
    })
}

/// Makes a folder that only this user may enter.
fn create_private(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| {
        let action = format!("create {}", folder.display());
        Failure::Lab(spnlab_harness::Error::Io { action, source })
    })
}
