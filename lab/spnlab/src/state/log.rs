//! The log of a lab: what this user did in it, from whichever terminal.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use spnlab_console::{Done, typed};

use super::create_private;
use crate::console::Console;
use crate::env;

/// How many labs have a log.
const LOGS_KEPT: usize = 100;

fn folder() -> PathBuf {
    env::state_folder().join("labs")
}

/// Where the log of the lab of this session is.
pub(crate) fn log_of(session: &str) -> PathBuf {
    folder().join(format!("{session}.log"))
}

/// Notes that this run has done its work in its lab, if it has one. A second call notes nothing.
pub(crate) fn note_done(status: u8, console: &Console) {
    let Some(work) = console.take_work() else { return };
    let log = log_of(&work.session);
    let done = Done {
        when: SystemTime::now().into(),
        line: typed(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned())),
        status,
        evidence: work.evidence,
    };
    let folder = folder();
    // A log that cannot be kept costs a line of the page, and nothing else.
    if create_private(&folder).is_ok() {
        let _ = done.append(&log);
        prune(&folder, LOGS_KEPT);
    }
}

/// What was done in labs, from all logs.
#[derive(Debug)]
pub(crate) struct History(Vec<Vec<Done>>);

impl History {
    /// Reads the logs.
    pub(crate) fn read() -> Self {
        Self::of(&folder())
    }

    fn of(folder: &Path) -> Self {
        let Ok(entries) = std::fs::read_dir(folder) else { return Self(Vec::new()) };
        Self(entries.flatten().map(|entry| Done::all(&entry.path())).collect())
    }

    /// What was typed in a lab since the attempt before this one: the last line made the attempt
    /// that is kept here. Empty if no log knows it.
    pub(crate) fn until(&self, evidence: &Path) -> Vec<String> {
        let evidence = std::path::absolute(evidence).unwrap_or_default();
        let made = |done: &Done| done.evidence.as_ref() == Some(&evidence);
        let found = self.0.iter().find_map(|log| Some((log, log.iter().position(made)?)));
        let Some((log, at)) = found else { return Vec::new() };
        let before = log[..at].iter().rposition(|done| done.evidence.is_some());
        let since = before.map_or(0, |before| before + 1);
        log[since..=at].iter().map(|done| done.line.clone()).collect()
    }
}

/// Removes all but the logs that were written last. Most of the others are of labs that are gone.
fn prune(folder: &Path, kept: usize) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let dated = entries.flatten().filter_map(|entry| {
        let written = entry.metadata().and_then(|data| data.modified()).ok()?;
        Some((written, entry.path()))
    });
    let mut logs: Vec<(SystemTime, PathBuf)> = dated.collect();
    logs.sort();
    for (_, log) in &logs[..logs.len().saturating_sub(kept)] {
        // Another run may remove it, too.
        let _ = std::fs::remove_file(log);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_an_attempt_are_those_since_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let done = |line: &str, evidence: Option<&str>| Done {
            when: SystemTime::UNIX_EPOCH.into(),
            line: line.to_owned(),
            status: 0,
            evidence: evidence.map(PathBuf::from),
        };
        let log = [
            done("up", None),
            done("connect", Some("/e/1")),
            done("break article", None),
            done("fix --option 1", None),
            done("connect", Some("/e/2")),
            done("down", None),
        ];
        for one in &log {
            one.append(&folder.path().join("lab.log")).unwrap();
        }
        let history = History::of(folder.path());
        assert_eq!(history.until(Path::new("/e/1")), ["up", "connect"]);
        let second = ["break article", "fix --option 1", "connect"];
        assert_eq!(history.until(Path::new("/e/2")), second);
        assert_eq!(history.until(Path::new("/e/3")), [""; 0]);
    }

    #[test]
    fn the_logs_that_were_written_last_stay() {
        let folder = tempfile::tempdir().unwrap();
        for (name, second) in [("c", 1), ("a", 2), ("b", 3)] {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            let written = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(second);
            file.set_modified(written).unwrap();
        }
        prune(folder.path(), 2);
        let there = ["a", "b", "c"].map(|name| folder.path().join(name).exists());
        assert_eq!(there, [true, true, false]);
        prune(&folder.path().join("nowhere"), 2);
    }
}
