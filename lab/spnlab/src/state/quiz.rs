//! Keeps a quiz while it goes on: the question, the hints, the checks, and their attempts. A quiz
//! takes several runs of the program, and all of them write into the folder of the first.

use std::path::{Path, PathBuf};

use spnlab_console::Done;
use spnlab_harness::{EvidenceDir, Result};
use spnlab_report::{Entry, Quiz, records};

use super::evidence::runs;
use super::log::log_of;

/// The document in the folder.
const DOCUMENT: &str = "quiz.json";

/// A quiz and its folder.
#[derive(Debug)]
pub(crate) struct KeptQuiz {
    folder: PathBuf,
    /// What is known of it.
    pub(crate) quiz: Quiz,
}

impl KeptQuiz {
    /// A quiz that begins.
    pub(crate) fn new(folder: &EvidenceDir, quiz: Quiz) -> Self {
        Self { folder: folder.path().to_owned(), quiz }
    }

    /// The quiz that runs in this lab, if its folder is still there.
    pub(crate) fn running(lab: &str, session: &str) -> Option<Self> {
        let of_lab = format!("Z-quiz-{lab}-");
        let found = runs(&EvidenceDir::root()).into_iter().rev();
        let mut found = found.filter(|run| run.to_string_lossy().contains(&of_lab));
        found.find_map(|folder| Self::at(&folder).filter(|kept| kept.quiz.session == session))
    }

    /// The quiz in this folder.
    pub(crate) fn at(folder: &Path) -> Option<Self> {
        let text = std::fs::read(folder.join(DOCUMENT)).ok()?;
        Some(Self { folder: folder.to_owned(), quiz: serde_json::from_slice(&text).ok()? })
    }

    /// Writes what is known of it.
    pub(crate) fn save(&self) -> Result<()> {
        EvidenceDir::at(self.folder.clone())?.write_json(DOCUMENT, &self.quiz)
    }

    /// Where the attempt of the next check is kept.
    pub(crate) fn next_check(&self) -> Result<EvidenceDir> {
        EvidenceDir::at(self.check(self.quiz.checks.len() + 1))
    }

    fn check(&self, number: usize) -> PathBuf {
        self.folder.join(format!("check-{number}"))
    }

    /// The attempts since it began, those of the user and its own, each with what was typed before.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>> {
        let log = Done::all(&log_of(&self.quiz.session));
        let since = log.into_iter().filter(|done| done.when >= self.quiz.began);
        let (mut entries, mut typed, mut checks) = (Vec::new(), Vec::new(), 0);
        for done in since {
            typed.push(done.line.clone());
            let folder = if done.line.starts_with("spnlab quiz check") {
                checks += 1;
                self.check(checks)
            } else if done.line.starts_with("spnlab quiz") {
                self.folder.join("connect.json")
            } else {
                match done.evidence {
                    Some(folder) => folder,
                    None => continue,
                }
            };
            // Newer runs may have taken its place.
            for record in if folder.exists() { records(&folder)? } else { Vec::new() } {
                entries.push(Entry { record, done: std::mem::take(&mut typed) });
            }
        }
        Ok(entries)
    }
}
