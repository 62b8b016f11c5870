//! Keeps a quiz while it goes on: the question, the hints, the checks, and their attempts. A quiz
//! takes several runs of the program, and all of them write into the folder of the first.

use std::path::{Path, PathBuf};

use spnlab_harness::{EvidenceDir, Result};
use spnlab_picture::Recorded;
use spnlab_report::{Entry, Quiz, entries};

use super::evidence::{is_run_of, runs};

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
        let found = runs(&EvidenceDir::root()).into_iter().rev();
        let mut found = found.filter(|run| is_run_of(run, "quiz", lab));
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

    /// Where it is kept: `spnlab report` reads it there.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the attempt of the next check is kept.
    pub(crate) fn next_check(&self) -> Result<EvidenceDir> {
        let number = self.quiz.checks.len() + 1;
        EvidenceDir::at(self.folder.join(format!("check-{number}")))
    }

    /// Adds an attempt that its user made, and the lines that were typed before.
    pub(crate) fn add(&self, seen: &Recorded, lines: &str) -> Result<()> {
        let folder = EvidenceDir::at(self.folder.clone())?;
        let mut number = 1;
        while folder.path().join(format!("attempt-{number}.json")).exists() {
            number += 1;
        }
        let name = format!("attempt-{number}");
        match seen {
            Recorded::Connection(attempt) => attempt.write_to(&folder, &name)?,
            Recorded::Visit(visit) => visit.write_to(&folder, &name)?,
        }
        folder.write(&format!("{name}.commands.txt"), lines)
    }

    /// The attempts since it began, those of the user and its own, each under the line that made
    /// it.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>> {
        let mut entries = entries(&self.folder)?;
        for Entry { record, done } in &mut entries {
            if let Some(line) = done.last() {
                record.name.clone_from(line);
            }
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use spnlab_report::{Heard, commands_of};

    use super::*;

    const ATTEMPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts");

    fn quiz(began: SystemTime) -> Quiz {
        Quiz {
            session: "s".to_owned(),
            began: began.into(),
            seed: 3,
            level: 1,
            heard: Heard {
                situation: Vec::new(),
                would_report: String::new(),
                message: String::new(),
            },
            hints: Vec::new(),
            checks: Vec::new(),
        }
    }

    #[test]
    fn a_quiz_is_told_with_its_own_attempts_and_those_of_its_user() {
        let root = tempfile::tempdir().unwrap();
        let folder = EvidenceDir::at(root.path().join("quiz")).unwrap();
        let one = KeptQuiz::new(&folder, quiz(SystemTime::UNIX_EPOCH));
        one.save().unwrap();
        let kept = |folder: &EvidenceDir, name: &str, line: &str| {
            let from = Path::new(ATTEMPTS).join(name).with_extension("json");
            let to = folder.path().join("connect.json");
            std::fs::copy(from, &to).unwrap();
            std::fs::write(commands_of(&to), line).unwrap();
        };
        kept(&folder, "ap-refused", "spnlab quiz --level 1\n");
        kept(&one.next_check().unwrap(), "accepted", "spnlab fix --option 1\nspnlab quiz check\n");
        for name in ["ap-refused", "web-accepted"] {
            let text = std::fs::read(format!("{ATTEMPTS}/{name}.json")).unwrap();
            let seen = Recorded::read(&text).unwrap();
            one.add(&seen, &format!("spnlab quiz hint\nspnlab {name}\n")).unwrap();
        }
        let entries = one.entries().unwrap();
        let mut told: Vec<_> = entries.iter().map(|entry| entry.done.join(", ")).collect();
        told.sort();
        assert_eq!(
            told,
            [
                "spnlab fix --option 1, spnlab quiz check",
                "spnlab quiz --level 1",
                "spnlab quiz hint, spnlab ap-refused",
                "spnlab quiz hint, spnlab web-accepted",
            ]
        );
        assert!(entries.iter().all(|entry| entry.done.last() == Some(&entry.record.name)));
    }

    #[test]
    fn a_quiz_is_read_as_it_was_kept() {
        let root = tempfile::tempdir().unwrap();
        assert!(KeptQuiz::at(root.path()).is_none());
        let folder = EvidenceDir::at(root.path().join("quiz")).unwrap();
        let one = KeptQuiz::new(&folder, quiz(SystemTime::UNIX_EPOCH));
        one.save().unwrap();
        assert_eq!(KeptQuiz::at(folder.path()).unwrap().quiz, one.quiz);
        assert!(one.next_check().unwrap().path().ends_with("check-1"));
    }
}
