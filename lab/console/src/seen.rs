//! What there is to see: the last attempt, the doors, who holds which SPN, and what was done.
//!
//! Uses: log.

use std::path::Path;

use spnlab_harness::SpnInventory;
use spnlab_picture::{DoorState, Recorded, Scene};

use crate::log::Done;

/// What was done in the lab, with the evidence of the attempts that the page shows.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// Oldest first.
    pub(crate) done: Vec<Done>,
    last: Option<Last>,
    doors: [Option<Asked>; 2],
    /// Who held which SPN at the last attempt and at the one before, unless a secret came since.
    compared: [Option<SpnInventory>; 2],
}

/// The last attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) time: String,
    pub(crate) line: String,
    pub(crate) scene: Scene,
    /// What was done since.
    pub(crate) since: Vec<String>,
}

/// What a door did when somebody came last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) time: String,
    pub(crate) state: DoorState,
    /// Whether something was done since, so that it may do something else now.
    pub(crate) stale: bool,
}

/// All that the page shows of the lab.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    /// Newest first.
    pub(crate) done: Vec<Done>,
    pub(crate) last: Option<Last>,
    /// WinRM and the web site.
    pub(crate) doors: [Option<Asked>; 2],
    /// `None`: the directory does not answer.
    pub(crate) spns: Option<SpnInventory>,
    /// What changed. `None`: there is nothing to compare with, or a secret to keep.
    pub(crate) changes: Option<Changes>,
}

/// What changed in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Since when: the last attempt, or the one before if nothing changed since the last.
    pub(crate) since: &'static str,
    /// One line for each value, as [`SpnInventory::difference`] says it.
    pub(crate) lines: Vec<String>,
}

impl Story {
    /// Reads the evidence of what was done.
    pub(crate) fn read(done: Vec<Done>) -> Self {
        let mut story = Self::default();
        let secret = |from: usize, to: usize| done[from..to].iter().any(Done::is_secret);
        // The places of attempts in the log, newest first.
        let mut last: Option<(usize, Recorded)> = None;
        for (at, one) in done.iter().enumerate().rev() {
            let Some(record) = one.evidence.as_deref().and_then(read) else {
                continue;
            };
            if let Some((newer, newest)) = last.take() {
                if story.last.is_none() {
                    if !secret(at, done.len()) {
                        story.compared[1] = record.spns().cloned();
                    }
                    let before = if secret(at, newer) { None } else { record.spns() };
                    story.last = Some(shown(&done, newer, newest.scene(before)));
                }
            } else if !secret(at, done.len()) {
                story.compared[0] = record.spns().cloned();
            }
            let door = usize::from(matches!(record, Recorded::Visit(_)));
            if story.doors[door].is_none() {
                let did = record.scene(None).doors[door].state;
                let stale = !since(&done, at).is_empty();
                story.doors[door] = Some(Asked { time: one.time(), state: did, stale });
            }
            if story.last.is_some() && story.doors.iter().all(Option::is_some) {
                break;
            }
            last = Some((at, record));
        }
        if let (None, Some((at, only))) = (&story.last, last) {
            story.last = Some(shown(&done, at, only.scene(None)));
        }
        Self { done, ..story }
    }

    /// Together with who holds which SPN now.
    pub(crate) fn seen(&self, spns: Option<SpnInventory>) -> Seen {
        let changes = spns.as_ref().and_then(|spns| self.changes(spns));
        Seen {
            done: self.done.iter().rev().cloned().collect(),
            last: self.last.clone(),
            doors: self.doors.clone(),
            changes,
            spns,
        }
    }

    fn changes(&self, now: &SpnInventory) -> Option<Changes> {
        let [last, before] = &self.compared;
        let lines = now.difference(last.as_ref()?);
        let changes = Changes { since: "the last attempt", lines };
        let Some(before) = before.as_ref().filter(|_| changes.lines.is_empty()) else {
            return Some(changes);
        };
        Some(Changes { since: "the attempt before", lines: now.difference(before) })
    }
}

fn shown(done: &[Done], at: usize, scene: Scene) -> Last {
    let Done { line, .. } = &done[at];
    Last { time: done[at].time(), line: line.clone(), scene, since: since(done, at) }
}

/// The lines behind this one, except attempts: those change nothing.
fn since(done: &[Done], at: usize) -> Vec<String> {
    let behind = done[at + 1..].iter().filter(|one| one.evidence.is_none());
    behind.map(|one| one.line.clone()).collect()
}

/// The attempt in a folder of evidence. `None`: the judge reached no outcome, or newer runs have
/// taken its place.
fn read(folder: &Path) -> Option<Recorded> {
    let read = |name| Recorded::read(&std::fs::read(folder.join(name)).ok()?);
    Recorded::FILES.into_iter().find_map(read)
}

#[cfg(test)]
pub(crate) mod tests {
    use spnlab_harness::wire::Time;

    use super::*;

    const ATTEMPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts");

    /// A log in which each of these lines has, or has not, a recorded attempt.
    pub(crate) fn story(folder: &Path, lines: &[(&str, Option<&str>)]) -> Story {
        let done = lines.iter().enumerate().map(|(at, (line, attempt))| Done {
            when: Time::EPOCH,
            line: (*line).to_owned(),
            status: 0,
            evidence: attempt.map(|name| {
                let evidence = folder.join(at.to_string());
                std::fs::create_dir_all(&evidence).unwrap();
                let kind = if name.starts_with("web") { "browse.json" } else { "connect.json" };
                let from = Path::new(ATTEMPTS).join(name).with_extension("json");
                std::fs::copy(from, evidence.join(kind)).unwrap();
                evidence
            }),
        });
        Story::read(done.collect())
    }

    #[test]
    fn the_last_attempt_is_shown_with_what_changed_and_what_was_done_since() {
        let folder = tempfile::tempdir().unwrap();
        let article = [
            ("spnlab connect", Some("accepted")),
            ("spnlab break article", None),
            ("spnlab browse", Some("web-accepted")),
            ("spnlab connect", Some("ap-refused")),
        ];
        let told = story(folder.path(), &article);
        let last = told.last.as_ref().unwrap();
        assert!(last.since.is_empty() && last.scene.sentence.contains("wrong door"));
        let state = |door: &Option<Asked>| door.as_ref().map(|door| (door.state, door.stale));
        assert_eq!(state(&told.doors[0]), Some((DoorState::Refused, false)));
        assert_eq!(state(&told.doors[1]), Some((DoorState::Opened, false)));
        // The visit and the connection have one directory, so a change is one since the last.
        let spns = told.compared[0].clone().unwrap();
        let changes = told.seen(Some(spns)).changes.unwrap();
        assert!(changes.lines.iter().all(|line| line.starts_with('+')), "{changes:?}");
        let changes = told.seen(Some(SpnInventory::default())).changes.unwrap();
        assert!(changes.since == "the last attempt" && !changes.lines.is_empty());
        assert_eq!(told.seen(None).changes, None);
        let lines = [&article[..], &[("spnlab reset", None)]].concat();
        let told = story(folder.path(), &lines);
        assert_eq!(told.last.as_ref().unwrap().since, ["spnlab reset"]);
        assert_eq!(state(&told.doors[1]), Some((DoorState::Opened, true)));
    }

    #[test]
    fn a_secret_is_not_told_by_a_comparison() {
        let folder = tempfile::tempdir().unwrap();
        let tells = |secret: &'static str| {
            let lines = [("spnlab connect", Some("accepted")), (secret, None)];
            let before = story(folder.path(), &lines);
            let lines = [&lines[..], &[("spnlab connect", Some("ap-refused"))]].concat();
            let scene = story(folder.path(), &lines).last.unwrap().scene;
            let drawn = !scene.lookup.unwrap().changes.is_empty();
            (before.seen(Some(SpnInventory::default())).changes.is_some(), drawn)
        };
        assert_eq!(tells("spnlab break article"), (true, true));
        assert_eq!(tells("spnlab quiz"), (false, false));
        assert_eq!(tells("spnlab break --secret"), (false, false));
    }
}
