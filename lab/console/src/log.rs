//! What was done in a lab, from whichever terminal: one line of a file for each verb.
//!
//! Uses: no other room.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use spnlab_harness::wire::Time;

/// The log of one lab is no longer than this. What is behind is not read.
const LONGEST: u64 = 1 << 20;

/// One verb that worked on a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When it ended.
    pub when: Time,
    /// What was typed, without what names the lab and without what a quiz keeps secret.
    pub line: String,
    /// Its exit status.
    pub status: u8,
    /// The evidence of the attempt that it made.
    pub evidence: Option<PathBuf>,
}

impl Done {
    /// Adds it to the log.
    pub fn append(&self, log: &Path) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        let mut options = OpenOptions::new();
        // One write, so that lines of two terminals stay whole.
        options.create(true).append(true).mode(0o600).open(log)?.write_all(&line)
    }

    /// Reads the log, oldest first. A line that is none, such as one half written, is left out.
    pub fn all(log: &Path) -> Vec<Self> {
        let mut text = Vec::new();
        // A lab in which nothing was done has no log.
        let _ = File::open(log).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
        text.split(|byte| *byte == b'\n').filter_map(|l| serde_json::from_slice(l).ok()).collect()
    }

    /// Whether it broke the lab secretly. Then the page must not mark what changed.
    pub(crate) fn is_secret(&self) -> bool {
        let mut words = self.line.split(' ').skip(1);
        let verb = words.next().unwrap_or_default();
        verb == "quiz" || verb == "break" && words.any(|word| word == "--secret")
    }

    /// The time of day, in UTC.
    pub(crate) fn time(&self) -> String {
        self.when.to_string().get(11..19).unwrap_or_default().to_owned()
    }
}

/// The line that was typed, as the log keeps it: without the lab's name, without switches that
/// change the output alone, and without the number that says what a secret is.
pub fn typed(words: impl IntoIterator<Item = String>) -> String {
    let mut line = "spnlab".to_owned();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let (name, value) = word.split_once('=').unzip();
        match name.unwrap_or(&word) {
            "--json" | "--quiet" | "-q" => {}
            "--name" if value.is_some() => {}
            "--name" => drop(words.next()),
            secret @ ("--secret" | "--seed") => {
                line.push(' ');
                line.push_str(secret);
                if value.is_none() {
                    words.next();
                }
            }
            _ => {
                line.push(' ');
                line.push_str(&quoted(&word));
            }
        }
    }
    line
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@$,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.contains('$') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[&str]) -> String {
        typed(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn a_line_keeps_what_was_done_and_no_secret() {
        assert_eq!(line(&["break", "article", "--name", "x", "--json"]), "spnlab break article");
        assert_eq!(line(&["--name=x", "connect", "-q", "mem1"]), "spnlab connect mem1");
        for words in [&["break", "--secret", "7"][..], &["break", "--secret=7"]] {
            assert_eq!(line(words), "spnlab break --secret");
        }
        assert_eq!(line(&["quiz", "--seed", "7", "--level", "3"]), "spnlab quiz --seed --level 3");
        let word = "it's";
        assert_eq!(
            line(&["connect", "-c", word, "CLIENT$"]),
            r"spnlab connect -c 'it'\''s' 'CLIENT$'"
        );
    }

    #[test]
    fn lines_are_read_as_written_and_half_a_line_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        assert_eq!(Done::all(&log), []);
        let done = |line: &str| Done {
            when: Time::EPOCH,
            line: line.to_owned(),
            status: 10,
            evidence: Some(folder.path().to_owned()),
        };
        let both = [done("spnlab connect"), done("spnlab quiz")];
        both[0].append(&log).unwrap();
        let half = OpenOptions::new().append(true).open(&log).unwrap().write_all(b"{\"when\":\n");
        half.unwrap();
        both[1].append(&log).unwrap();
        assert_eq!(Done::all(&log), both);
        assert!(!both[0].is_secret() && both[1].is_secret());
        assert!(done("spnlab break --secret").is_secret() && !done("spnlab break x").is_secret());
        assert_eq!(both[0].time(), "00:00:00");
    }
}
