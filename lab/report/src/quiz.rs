//! A quiz: what the help desk was told, the hints, the verdicts and the debrief, with the attempts.
//!
//! `spnlab quiz` writes this document while the quiz goes on.
//!
//! Uses: attempts, evidence.

use askama::Template;
use serde::{Deserialize, Serialize};
use spnlab_harness::wire::Time;

use crate::attempts::{AttemptBody, bodies, markdown};
use crate::evidence::Entry;

/// The document of a quiz.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiz {
    /// The run of the lab in which it is. A lab that was started again has another.
    pub session: String,
    /// When it began.
    pub began: Time,
    /// These two draw the question.
    pub seed: u64,
    /// From 1 to 3.
    pub level: u8,
    /// What the help desk was told.
    pub heard: Heard,
    /// In their order.
    pub hints: Vec<Hinted>,
    /// In their order.
    pub checks: Vec<Checked>,
}

/// The ticket of the help desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// One paragraph each.
    pub situation: Vec<String>,
    /// The status that a Windows client would report.
    pub would_report: String,
    /// Its message.
    pub message: String,
}

/// A hint that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hinted {
    /// When.
    pub when: Time,
    /// From 1 to 3.
    pub number: usize,
    /// What it says.
    pub lines: Vec<String>,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When.
    pub when: Time,
    /// On the cause, the fix and everything else.
    pub verdicts: Vec<Verdict>,
    /// What there is to learn, after a right answer.
    pub debrief: Vec<Debrief>,
}

/// One verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it is about.
    pub about: String,
    /// Whether it is right.
    pub right: bool,
    /// Why.
    pub because: Vec<String>,
}

/// What there is to learn from one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debrief {
    /// What it was.
    pub condition: String,
    /// Why the connection failed, and why it works now.
    pub why: String,
    /// What the usual wrong fix would have done.
    pub usual_wrong_fix: String,
}

impl Checked {
    /// Whether all verdicts are right.
    pub fn right(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.right)
    }
}

impl Quiz {
    /// The page.
    pub fn html(&self, title: &str, entries: &[Entry]) -> String {
        let page = QuizPage { title, quiz: self, runs: bodies(entries) };
        // Writing to a text does not fail.
        page.render().unwrap_or_default()
    }

    /// The same as Markdown, without pictures.
    pub fn markdown(&self, title: &str, entries: &[Entry]) -> String {
        let told = QuizMarkdown { title, quiz: self }.render().unwrap_or_default();
        format!("{told}\n{}", markdown("Attempts", entries))
    }

    /// How it ended, in one line.
    fn end(&self) -> String {
        let hints = match self.hints.len() {
            0 => "no hint".to_owned(),
            1 => "one hint".to_owned(),
            n => format!("{n} hints"),
        };
        match self.checks.iter().position(Checked::right) {
            Some(at) => format!("right at check {}, with {hints}", at + 1),
            None => format!("not right yet: {} checks, {hints}", self.checks.len()),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "quiz.html")]
struct QuizPage<'a> {
    title: &'a str,
    quiz: &'a Quiz,
    runs: Vec<AttemptBody<'a>>,
}

#[derive(Debug, Template)]
#[template(path = "quiz.md", escape = "none")]
struct QuizMarkdown<'a> {
    title: &'a str,
    quiz: &'a Quiz,
}
