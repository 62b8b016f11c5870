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

    /// Where it is kept: `spnlab report` reads it there.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
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
        self.entries_in(Done::all(&log_of(&self.quiz.session)))
    }

    fn entries_in(&self, log: Vec<Done>) -> Result<Vec<Entry>> {
        let since = log.into_iter().filter(|done| done.when >= self.quiz.began);
        let (mut entries, mut typed, mut checks) = (Vec::new(), Vec::new(), 0);
        for Done { line, evidence, .. } in since {
            let mut words = line.split(' ').skip(1);
            let folder = match (words.next(), words.next(), evidence) {
                // A reset ends the quiz.
                (Some("reset"), ..) => break,
                (Some("quiz"), Some("hint"), _) => None,
                (Some("quiz"), Some("check"), _) => {
                    checks += 1;
                    Some(self.check(checks))
                }
                (Some("quiz"), ..) => Some(self.folder.join("connect.json")),
                (.., evidence) => evidence,
            };
            typed.push(line.clone());
            // Newer runs may have taken its place.
            let Some(folder) = folder.filter(|folder| folder.exists()) else { continue };
            for mut record in records(&folder)? {
                record.name.clone_from(&line);
                entries.push(Entry { record, done: std::mem::take(&mut typed) });
            }
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use spnlab_report::Heard;

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
    fn a_quiz_is_told_with_its_own_attempts_and_those_of_its_user_until_the_reset() {
        let root = tempfile::tempdir().unwrap();
        let at = |second| SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        let kept = |folder: &Path, name: &str| {
            std::fs::create_dir_all(folder).unwrap();
            let from = Path::new(ATTEMPTS).join(name).with_extension("json");
            std::fs::copy(from, folder.join("connect.json")).unwrap();
        };
        let folder = root.path().join("quiz");
        let one = KeptQuiz { folder: folder.clone(), quiz: quiz(at(2)) };
        let (mine, later) = (root.path().join("mine"), root.path().join("later"));
        for (folder, name) in [(&folder, "ap-refused"), (&mine, "ap-refused")] {
            kept(folder, name);
        }
        kept(&folder.join("check-1"), "accepted");
        kept(&later, "accepted");
        let done = |second, line: &str, evidence: Option<&PathBuf>| Done {
            when: at(second).into(),
            line: format!("spnlab {line}"),
            status: 0,
            evidence: evidence.cloned(),
        };
        let log = vec![
            done(1, "connect", Some(&later)),
            done(3, "quiz --level 1", None),
            done(4, "quiz hint", None),
            done(5, "connect -c hostname", Some(&mine)),
            done(6, "fix --option 1", None),
            done(7, "quiz check", None),
            done(8, "reset", None),
            done(9, "connect", Some(&later)),
        ];
        let entries = one.entries_in(log).unwrap();
        let told: Vec<_> = entries.iter().map(|entry| entry.done.join(", ")).collect();
        assert_eq!(
            told,
            [
                "spnlab quiz --level 1",
                "spnlab quiz hint, spnlab connect -c hostname",
                "spnlab fix --option 1, spnlab quiz check",
            ]
        );
        assert_eq!(entries[1].record.name, "spnlab connect -c hostname");
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
