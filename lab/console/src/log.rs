//! What was done in a lab, from whichever terminal: one line of the lab's log for each verb.
//!
//! Uses: no other room.

use serde::{Deserialize, Serialize};
use spnlab_harness::wire::Time;
use spnlab_harness::{Client, Result};
use spnlab_picture::Recorded;

/// One thing that was done in a lab.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done {
    /// When it ended.
    pub time: Time,
    /// When it began.
    pub began: Time,
    /// What was typed, without what names the lab and without what a quiz keeps secret.
    #[serde(rename = "event")]
    pub line: String,
    /// Who typed it: a user of the host.
    pub who: String,
    /// Its exit status.
    pub status: u8,
    /// The attempt that it made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Recorded>,
}

impl Done {
    /// Adds it to the lab's log.
    pub async fn note(&self, client: Client<'_>) -> Result<()> {
        // It has no map whose keys are no texts, so it is always JSON.
        client.log(&serde_json::to_string(self).unwrap_or_default()).await
    }

    /// Reads a line of the lab's log. `None`: a mark of the judge.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// Whether it broke the lab secretly. Then the page must not mark what changed.
    pub(crate) fn is_secret(&self) -> bool {
        let mut words = self.line.split(' ').skip(1);
        let verb = words.next().unwrap_or_default();
        verb == "quiz" || verb == "break" && words.any(|word| word == "--secret")
    }

    /// Whether it may have changed the lab. An attempt, a plan and a question change nothing.
    pub(crate) fn may_change(&self) -> bool {
        let mut words = self.line.split(' ').map(str::to_lowercase);
        let asks = match words.find(|word| matches!(&**word, "setspn" | "fix")).as_deref() {
            Some("fix") => words.any(|word| word == "--plan-only"),
            Some(_) => !words.any(|word| matches!(&*word, "-s" | "-a" | "-d" | "-r")),
            None => false,
        };
        self.seen.is_none() && !asks
    }
}

/// The time of day, in UTC.
pub(crate) fn clock(time: Time) -> String {
    time.to_string().get(11..19).unwrap_or_default().to_owned()
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
    fn a_line_is_read_as_it_was_noted_and_a_mark_is_none() {
        let noted = done("spnlab quiz");
        let read = Done::read(&serde_json::to_string(&noted).unwrap()).unwrap();
        assert_eq!((read.line, read.time, read.status), (noted.line, noted.time, 10));
        assert!(Done::read("spnlab: read until here 0").is_none());
        assert!(done("spnlab quiz").is_secret() && !done("spnlab break x").is_secret());
        assert!(done("spnlab break --secret").is_secret());
        assert_eq!(clock(Time::EPOCH), "00:00:00");
    }

    #[test]
    fn a_question_changes_nothing() {
        for line in
            ["spnlab setspn -q HTTP/x", "CLIENT> Setspn -L svc_web", "spnlab fix --plan-only"]
        {
            assert!(!done(line).may_change(), "{line}");
        }
        for line in ["CLIENT> Setspn -S HTTP/x svc_web", "spnlab fix --option 1", "spnlab reset"] {
            assert!(done(line).may_change(), "{line}");
        }
    }

    fn done(line: &str) -> Done {
        let (time, who) = (Time::EPOCH, "me".to_owned());
        Done { time, began: time, line: line.to_owned(), who, status: 10, seen: None }
    }
}
