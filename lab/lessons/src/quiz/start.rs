//! Begins a quiz, says what its user sees, and gives hints.

use serde::Serialize;
use spnlab_harness::{ConnectOptions, Lab, Watch};

use super::question::Question;
use super::{rest, texts};
use crate::condition::Condition;
use crate::error::{Error, Result};
use crate::kept::{self, Lesson, Running};
use crate::lesson::{bring_about, present, refuse_during_quiz};

/// The number of hints.
pub const HINTS: usize = 3;

/// What the user of the quiz reports. It is the outcome of a connection in this lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// The ticket of the help desk.
    pub situation: Vec<String>,
    /// The status that a Windows client would report.
    pub would_report: String,
    /// Its message.
    pub message: String,
    /// The command that shows the same.
    pub command: String,
}

/// One hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// From 1 to [`HINTS`].
    pub number: usize,
    /// One line for each thing that is broken.
    pub lines: Vec<String>,
}

/// Breaks the lab as the seed says, and keeps what the lab held then.
///
/// # Errors
/// [`Error::QuizRuns`], and [`Error::Changed`] if the lab is not at its baseline.
pub async fn start(lab: &Lab, level: u8, seed: u64) -> Result<Question> {
    refuse_during_quiz(lab).await?;
    refuse_changed(lab).await?;
    let question = Question::drawn(level, seed);
    // Nothing can be read from a paused domain controller, and pausing changes nothing in it.
    let paused = question.has(Condition::NoDc);
    if !paused {
        bring_about(lab, question.conditions, &[]).await?;
    }
    let running = Running {
        seed,
        level: question.level,
        hints: 0,
        spns: lab.dc1().spns().await?.0,
        differences: rest::differences(lab).await?,
        prefix: lab.client().registry_get("spn_prefix").await?,
    };
    kept::save(lab, &Lesson::Quiz(running)).await?;
    if paused {
        bring_about(lab, question.conditions, &[]).await?;
    }
    Ok(question)
}

async fn refuse_changed(lab: &Lab) -> Result<()> {
    let mut changed: Vec<String> = present(lab).await?.iter().map(ToString::to_string).collect();
    if changed.is_empty() {
        changed = lab.dc1().differences().await?;
    }
    if lab.client().registry_get("spn_prefix").await.ok() != Some(None) {
        changed.push("spn_prefix is set".to_owned());
    }
    if lab.client().klist().await?.is_some() {
        changed.push("tickets are kept".to_owned());
    }
    if changed.is_empty() { Ok(()) } else { Err(Error::Changed { detail: changed.join(", ") }) }
}

impl Question {
    /// Connects as the user does, and says what the user sees. `watch` says where the attempt is
    /// kept.
    ///
    /// # Errors
    /// [`Error::NotThere`] if the user connects.
    pub async fn report(&self, lab: &Lab, watch: &Watch) -> Result<Reported> {
        let options = ConnectOptions::new(self.host(), "hostname")
            .include_port_in_spn(self.includes_port())
            .keep_tickets(self.keeps_tickets());
        let outcome = lab.connect_watched(&options, watch).await?.outcome;
        let Some(seen) = outcome.client_status.filter(|_| !self.conditions.is_empty()) else {
            let detail = "the user connects".to_owned();
            return Err(Error::NotThere { word: "of the quiz", detail });
        };
        Ok(Reported {
            situation: texts::situation(self),
            would_report: seen.would_report,
            message: seen.message,
            command: self.command(),
        })
    }
}

/// The next hint. After the last one, the last one again.
pub async fn hint(lab: &Lab) -> Result<Hint> {
    let Some(Lesson::Quiz(mut running)) = kept::read(lab).await? else {
        return Err(Error::NoQuiz);
    };
    let question = Question::drawn(running.level, running.seed);
    running.hints = (running.hints + 1).min(HINTS);
    let number = running.hints;
    kept::save(lab, &Lesson::Quiz(running)).await?;
    let mut lines: Vec<String> =
        question.conditions.iter().map(|one| texts::hints(*one)[number - 1].to_owned()).collect();
    lines.dedup();
    Ok(Hint { number, lines })
}
