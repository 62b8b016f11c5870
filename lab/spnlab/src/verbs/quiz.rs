//! `spnlab quiz`.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use spnlab_harness::Lab;
use spnlab_lessons::{Grade, HINTS, Reported, Verdict, check, hint, start};

use crate::cli::{Quiz, QuizAction, name_option};
use crate::console::{BAD, BOLD, Console, GOOD, escaped};
use crate::doing::Doing;
use crate::exit_status;
use crate::failure::Failure;

pub(super) async fn quiz(options: &Quiz, console: &Console) -> Result<u8, Failure> {
    let lab = Lab::attach(&options.lab.name).await?;
    console.works_in(&lab.identity().session);
    match options.action {
        None => begin(options, &lab, console).await,
        Some(QuizAction::Hint) => give_hint(options, &lab, console).await,
        Some(QuizAction::Check) => grade(options, &lab, console).await,
    }
}

async fn begin(options: &Quiz, lab: &Lab, console: &Console) -> Result<u8, Failure> {
    let name = options.lab.name.as_str();
    let failed = Failure::of_lesson(name);
    let seed = options.seed.unwrap_or_else(some_seed);
    console.begins(Doing::CHANGING_LAB);
    console.explain("breaking the lab, and connecting as its user does");
    let question = start(lab, options.level, seed).await.map_err(&failed)?;
    let reported = question.report(lab).await.map_err(&failed)?;
    console.begins(Doing::Looking);
    console
        .document("quiz", &json!({ "seed": seed, "level": question.level, "reported": reported }));
    show(&reported, console);
    let option = name_option(name);
    console.explain(&format!(
        "level {} of 3, seed {seed}. Find the cause and fix it with spnlab's other verbs. spnlab mend \
         does what an administrator does on the machines.",
        question.level
    ));
    console.say(&format!("next: {}{option}", reported.command));
    console.say(&format!("then: spnlab quiz check{option}, or spnlab quiz hint{option}"));
    Ok(0)
}

/// A seed that nobody has chosen.
fn some_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_millis().try_into().unwrap_or(u64::MAX) % 1_000_000
}

fn show(reported: &Reported, console: &Console) {
    console.print(&format!("{BOLD}Ticket of the help desk{BOLD:#}"));
    for line in &reported.situation {
        console.print(&format!("  {line}"));
    }
    console.print(&format!("\n{BOLD}A Windows client would report{BOLD:#}"));
    console.print(&escaped(&format!("  {}", reported.would_report)));
    for line in reported.message.lines() {
        console.print(&escaped(&format!("  {line}")));
    }
    console.print("");
}

async fn give_hint(options: &Quiz, lab: &Lab, console: &Console) -> Result<u8, Failure> {
    let hint = hint(lab).await.map_err(Failure::of_lesson(&options.lab.name))?;
    console.document("quiz", &json!({ "hint": hint, "hints": HINTS }));
    console.print(&format!("{BOLD}Hint {} of {HINTS}{BOLD:#}", hint.number));
    for line in &hint.lines {
        console.print(&format!("  - {line}"));
    }
    Ok(0)
}

async fn grade(options: &Quiz, lab: &Lab, console: &Console) -> Result<u8, Failure> {
    console.explain("connecting, visiting the web site and comparing the directory");
    let failed = Failure::of_lesson(&options.lab.name);
    let grade = check(lab, options.host.as_deref()).await.map_err(failed)?;
    console.document("quiz", &json!({ "grade": grade, "right": grade.right() }));
    for verdict in &grade.verdicts {
        show_verdict(verdict, console);
    }
    let option = name_option(&options.lab.name);
    if !grade.right() {
        console.say(&format!("next: spnlab quiz hint{option}; spnlab reset{option} ends the quiz"));
        return Ok(exit_status::NOT_RIGHT);
    }
    show_debrief(&grade, console);
    console.say(&format!("next: spnlab reset{option}, then spnlab quiz{option}"));
    Ok(0)
}

fn show_verdict(verdict: &Verdict, console: &Console) {
    let (style, word) = if verdict.right { (GOOD, "yes") } else { (BAD, "no ") };
    console.print(&format!("{style}{word}{style:#}  {}", verdict.about));
    for line in &verdict.because {
        console.print(&escaped(&format!("     - {line}")));
    }
}

fn show_debrief(grade: &Grade, console: &Console) {
    console.print(&format!("\n{BOLD}What it was{BOLD:#}"));
    for debrief in &grade.debrief {
        console.print(&format!("  {}: {}", debrief.condition, debrief.condition.is()));
        console.print(&format!("  - {}", debrief.why));
        console.print(&format!("  - The usual wrong fix: {}", debrief.usual_wrong_fix));
    }
}
