//! `spnlab quiz`.

use std::time::{SystemTime, UNIX_EPOCH};

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use spnlab_harness::{Error, Lab, Watch};
use spnlab_lessons::{Grade, HINTS, Hint, Reported, Verdict, check, hint, start};
use spnlab_picture::Recorded;
use spnlab_report::{Checked, Heard, Hinted, Quiz as Story};

use crate::cli::{Quiz, QuizAction, name_option};
use crate::console::{BAD, BOLD, Console, GOOD, escaped};
use crate::doing::Doing;
use crate::exit_status;
use crate::failure::Failure;
use crate::state::{KeptQuiz, RunEvidence};

pub(super) async fn quiz(options: &Quiz, console: &Arc<Console>) -> Result<u8, Failure> {
    let lab = console.works_in(Lab::attach(&options.lab.name).await?);
    match options.action {
        None => begin(options, &lab, console).await,
        Some(QuizAction::Hint) => give_hint(options, &lab, console).await,
        Some(QuizAction::Check) => grade(options, &lab, console).await,
    }
}

async fn begin(options: &Quiz, lab: &Lab, console: &Arc<Console>) -> Result<u8, Failure> {
    let name = options.lab.name.as_str();
    let failed = Failure::of_lesson(name);
    let seed = options.seed.unwrap_or_else(some_seed);
    console.begins(Doing::CHANGING_LAB);
    console.explain("breaking the lab, and connecting as its user does");
    let began = SystemTime::now().into();
    let question = start(lab, options.level, seed).await.map_err(&failed)?;
    let evidence = RunEvidence::open("quiz", name, None, console)?;
    let reported = question.report(lab, &evidence.watch(console)).await.map_err(&failed)?;
    if let Some(folder) = evidence.folder() {
        let Reported { situation, would_report, message, .. } = reported.clone();
        let heard = Heard { situation, would_report, message };
        let session = lab.identity().session.clone();
        let (hints, checks) = (Vec::new(), Vec::new());
        let level = question.level;
        let story = Story { session, began, seed, level, heard, hints, checks };
        KeptQuiz::new(folder, story).save()?;
        console.keeps(folder.path().join(Recorded::FILES[0]));
    }
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
    if let Some(mut kept) = KeptQuiz::running(&options.lab.name, &lab.identity().session) {
        let Hint { number, lines } = hint.clone();
        kept.quiz.hints.push(Hinted { when: SystemTime::now().into(), number, lines });
        kept.save()?;
    }
    console.document("quiz", &json!({ "hint": hint, "hints": HINTS }));
    console.print(&format!("{BOLD}Hint {} of {HINTS}{BOLD:#}", hint.number));
    for line in &hint.lines {
        console.print(&format!("  - {line}"));
    }
    Ok(0)
}

async fn grade(options: &Quiz, lab: &Lab, console: &Arc<Console>) -> Result<u8, Failure> {
    console.explain("connecting, visiting the web site and comparing the directory");
    let failed = Failure::of_lesson(&options.lab.name);
    let kept = KeptQuiz::running(&options.lab.name, &lab.identity().session);
    let evidence = kept.as_ref().map(KeptQuiz::next_check).transpose()?;
    let watch = Watch { evidence, progress: console.progress() };
    let grade = check(lab, options.host.as_deref(), &watch).await.map_err(failed)?;
    if let Some(folder) = &watch.evidence {
        console.keeps(folder.path().join(Recorded::FILES[0]));
    }
    if let Some(mut kept) = kept {
        let (verdicts, debrief) = (as_kept(&grade.verdicts)?, as_kept(&grade.debrief)?);
        kept.quiz.checks.push(Checked { when: SystemTime::now().into(), verdicts, debrief });
        kept.save()?;
        console.explain(&format!("evidence: {}", kept.folder().display()));
    }
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

/// The same in the form in which it is kept.
fn as_kept<T: DeserializeOwned>(one: &impl Serialize) -> Result<T, Error> {
    serde_json::to_value(one).and_then(serde_json::from_value).map_err(|error| Error::Unreadable {
        what: "the grade".to_owned(),
        detail: error.to_string(),
    })
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
