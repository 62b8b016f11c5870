//! The grader of the quiz against attempts whose grade is known by construction.
//!
//! `cargo test -p spnlab-scenarios --test quiz` makes 50 attempts. Another number, a number of labs
//! and the first seed may follow: `-- 1000 2 0`.

#![expect(clippy::unwrap_used, reason = "a test program: a panic is a failure")]

mod acts;
mod attempts;
mod more_attempts;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use spnlab_harness::{Lab, LabSpec, Lifetime, Progress, Watch, WinrmSettings};
use spnlab_lessons::{Grade, LEVELS, Question, check, start};
use spnlab_scenarios::samba;
use tokio::sync::Mutex;

use attempts::{Attempt, of};

/// One attempt at a question.
struct Job {
    question: Question,
    attempt: Attempt,
}

/// Seeds draw the questions of all levels in turn. A question that comes again gets its next
/// attempt, so that every attempt has its turn.
fn jobs(count: u64, first: u64) -> Vec<Job> {
    let mut turns: BTreeMap<String, usize> = BTreeMap::new();
    let job = |at: u64| {
        let level = u8::try_from(at % u64::from(LEVELS)).unwrap() + 1;
        let question = Question::drawn(level, first + at);
        let attempts = of(&question);
        let key = format!("{:?} {:?}", question.conditions, question.site_under);
        // Each question begins at another attempt, so that few attempts are of every kind.
        let first_turn = turns.len();
        let turn = turns.entry(key).or_insert(first_turn);
        let attempt = attempts[*turn % attempts.len()].clone();
        *turn += 1;
        Job { question, attempt }
    };
    (0..count).map(job).rev().collect()
}

/// The verdicts as three letters.
fn letters(grade: &Grade) -> String {
    grade.verdicts.iter().map(|verdict| if verdict.right { 'y' } else { 'n' }).collect()
}

async fn play(lab: &Lab, job: &Job) -> Result<(), String> {
    let Job { question, attempt } = job;
    let text = |error: &dyn std::fmt::Display| error.to_string();
    lab.mend().await.map_err(|e| text(&e))?;
    lab.reset().await.map_err(|e| text(&e))?;
    start(lab, question.level, question.seed).await.map_err(|e| text(&e))?;
    for act in &attempt.acts {
        act.perform(lab).await.map_err(|error| format!("{act:?}: {error}"))?;
    }
    let grade = check(lab, attempt.told, &Watch::default()).await.map_err(|e| text(&e))?;
    let given = letters(&grade);
    if given == attempt.expected && grade.right() != grade.debrief.is_empty() {
        return Ok(());
    }
    Err(format!("expected {}, graded {given}: {:#?}", attempt.expected, grade.verdicts))
}

#[tokio::main]
async fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let number = |at: usize, default| numbers.get(at).copied().unwrap_or(default);
    let jobs = Arc::new(Mutex::new(jobs(number(0, 50), number(2, 0))));
    let workers: Vec<_> =
        (1..=number(1, 2)).map(|number| tokio::spawn(work(number, Arc::clone(&jobs)))).collect();
    let (mut passed, mut failed) = (0, 0);
    for worker in workers {
        let (good, bad) = worker.await.unwrap();
        passed += good;
        failed += bad;
    }
    println!("scenarios: {passed} passed, {failed} failed, 0 skipped");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays jobs in a lab of its own, and returns how many were graded as expected, and how many not.
async fn work(number: u64, jobs: Arc<Mutex<Vec<Job>>>) -> (usize, usize) {
    let progress = Progress::new(|text| eprintln!("{text}"));
    let name = format!("quiz-{number}");
    let spec = LabSpec { samba: samba(), ..LabSpec::new(&name, Lifetime::Scope) };
    let lab = Lab::start_with(&spec, WinrmSettings::default(), &progress).await.unwrap();
    let (mut passed, mut failed) = (0, 0);
    loop {
        let Some(job) = jobs.lock().await.pop() else { break };
        let Job { question, attempt } = &job;
        let what = format!(
            "level {} seed {} {:?} {:?}: {}",
            question.level, question.seed, question.conditions, question.site_under, attempt.name
        );
        match Box::pin(play(&lab, &job)).await {
            Ok(()) => {
                passed += 1;
                println!("ok: {what}: {}", attempt.expected);
            }
            Err(error) => {
                failed += 1;
                println!("FAILED: {what}: {error}");
            }
        }
    }
    lab.shutdown().await.unwrap();
    (passed, failed)
}
