//! What was done in the lab, with the attempts that the page shows.
//!
//! Uses: log.

use spnlab_harness::SpnInventory;
use spnlab_picture::{DoorState, Recorded, Scene};

use crate::log::{Done, clock};

/// What was done in the lab.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// Oldest first.
    done: Vec<Done>,
    pub(crate) last: Option<Last>,
    pub(crate) doors: [Option<Asked>; 2],
    /// The last attempt and the one before, unless a secret came since.
    pub(crate) compared: [Option<Compared>; 2],
}

/// The last attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) time: String,
    pub(crate) line: String,
    pub(crate) scene: Scene,
    /// What was done since.
    pub(crate) since: Vec<String>,
    /// The places of what was done between the attempt before and this one.
    before: std::ops::Range<usize>,
}

/// What a door did when somebody came last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) time: String,
    pub(crate) state: DoorState,
    /// Whether something was done since, so that it may do something else now.
    pub(crate) stale: bool,
}

/// An attempt that the directory is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    pub(crate) spns: SpnInventory,
    pub(crate) prefix: Prefix,
    /// Its place.
    at: usize,
}

/// CLIENT's registry value `spn_prefix`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Prefix {
    /// CLIENT does not answer, or nobody asked.
    #[default]
    Unknown,
    /// Windows' default.
    Unset,
    Set(String),
}

impl Story {
    /// Goes on with what was done now.
    pub(crate) fn take(&mut self, lines: &[String]) {
        let mut done = std::mem::take(&mut self.done);
        done.extend(lines.iter().filter_map(|line| Done::read(line)));
        *self = Self::of(done);
    }

    fn of(done: Vec<Done>) -> Self {
        let mut story = Self::default();
        let secret = |from: usize, to: usize| done[from..to].iter().any(Done::is_secret);
        // The places of attempts, newest first.
        let mut last: Option<(usize, &Recorded)> = None;
        for (at, one) in done.iter().enumerate().rev() {
            let Some(seen) = &one.seen else { continue };
            let comparable = !secret(at, done.len());
            if let Some((newer, newest)) = last {
                if story.last.is_none() {
                    story.compared[1] = compared(seen, at).filter(|_| comparable);
                    let before = if secret(at, newer) { None } else { seen.spns() };
                    story.last = Some(shown(&done, at + 1..newer, newest.scene(before)));
                }
            } else {
                story.compared[0] = compared(seen, at).filter(|_| comparable);
            }
            let door = usize::from(matches!(seen, Recorded::Visit(_)));
            if story.doors[door].is_none() {
                story.doors[door] = Some(Asked {
                    time: clock(one.time),
                    state: seen.scene(None).doors[door].state,
                    stale: !since(&done, at).is_empty(),
                });
            }
            if story.last.is_some() && story.doors.iter().all(Option::is_some) {
                break;
            }
            last = Some((at, seen));
        }
        if let (None, Some((at, only))) = (&story.last, last) {
            story.last = Some(shown(&done, at..at, only.scene(None)));
        }
        Self { done, ..story }
    }

    /// All that was done, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Done> {
        self.done.iter().rev()
    }

    /// What was done since this attempt.
    pub(crate) fn since(&self, compared: &Compared) -> &[Done] {
        &self.done[compared.at + 1..]
    }

    /// What was done between the last attempt and the one before.
    pub(crate) fn before_last(&self) -> &[Done] {
        self.last.as_ref().map_or(&[], |last| &self.done[last.before.clone()])
    }
}

fn compared(seen: &Recorded, at: usize) -> Option<Compared> {
    let prefix = match seen {
        Recorded::Connection(one) => one.outcome.client_settings.spn_prefix.clone().into(),
        Recorded::Visit(_) => Prefix::Unknown,
    };
    Some(Compared { spns: seen.spns()?.clone(), prefix, at })
}

impl From<Option<String>> for Prefix {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Unset, Self::Set)
    }
}

/// The attempt behind these places.
fn shown(done: &[Done], before: std::ops::Range<usize>, scene: Scene) -> Last {
    let Done { time, line, .. } = &done[before.end];
    let since = since(done, before.end);
    Last { time: clock(*time), line: line.clone(), scene, since, before }
}

/// The lines behind this one that may have changed the lab.
fn since(done: &[Done], at: usize) -> Vec<String> {
    let behind = done[at + 1..].iter().filter(|one| one.may_change());
    behind.map(|one| one.line.clone()).collect()
}
