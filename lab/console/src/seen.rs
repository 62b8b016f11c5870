//! What there is to see: the last attempt, the doors, who holds which SPN, and what was done.
//!
//! Uses: changes, log, story.

use spnlab_harness::wire::Time;
use spnlab_harness::{SpnInventory, SpnWrite};

use crate::changes::{Changed, Changes, Moment, Moments, Writer, origin};
use crate::log::clock;
use crate::story::{Asked, Last, Prefix, Story};

/// How much of what was done the page has.
const LINES: usize = 100;

/// What the console has seen of the lab.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    pub(crate) story: Story,
    /// The last answer of the directory.
    spns: Option<SpnInventory>,
    /// Whether the directory answers.
    answers: bool,
    prefix: Prefix,
    /// When the console saw that a value came or went.
    moments: Moments,
}

/// All that the page shows of the lab.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    /// Newest first.
    pub(crate) done: Vec<Entry>,
    pub(crate) last: Option<Last>,
    /// WinRM and the web site.
    pub(crate) doors: [Option<Asked>; 2],
    /// `None`: the directory does not answer.
    pub(crate) spns: Option<SpnInventory>,
    /// What changed. `None`: there is nothing to compare with, or a secret to keep.
    pub(crate) changes: Option<Changes>,
    pub(crate) prefix: Prefix,
    /// Whether the last attempt had another value.
    pub(crate) new_prefix: bool,
}

/// A line of what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) time: String,
    pub(crate) line: String,
    pub(crate) who: String,
    pub(crate) status: u8,
}

impl Watched {
    /// The directory as it is now. `None`: it does not answer. Returns whether it has changed.
    pub(crate) fn directory(&mut self, spns: Option<SpnInventory>, time: Time) -> bool {
        self.answers = spns.is_some();
        let Some(spns) = spns else { return false };
        let before = self.spns.as_ref();
        let changed = before.map(|before| spns.difference(before)).unwrap_or_default();
        let is_other = !changed.is_empty();
        let moment = |what| (what, Moment { time, writer: Writer::Unread });
        self.moments.extend(changed.into_iter().map(moment));
        self.spns = Some(spns);
        is_other
    }

    /// What the domain controllers' audit has of the changes that the console saw at this time.
    pub(crate) fn written(&mut self, time: Time, writes: Vec<SpnWrite>) {
        for moment in self.moments.values_mut().filter(|moment| moment.time == time) {
            moment.writer = Writer::Unrecorded;
        }
        for SpnWrite { by, lines } in writes {
            for line in lines {
                if let Some(moment) = self.moments.get_mut(&line) {
                    moment.writer = Writer::Account(by.clone());
                }
            }
        }
    }

    pub(crate) fn registry(&mut self, prefix: Prefix) {
        self.prefix = prefix;
    }

    /// All that there is to see.
    pub(crate) fn seen(&self) -> Seen {
        let Self { story, prefix, moments, .. } = self;
        let spns = self.spns.as_ref().filter(|_| self.answers);
        let entry = |one: &crate::log::Done| Entry {
            time: clock(one.time),
            line: one.line.clone(),
            who: one.who.clone(),
            status: one.status,
        };
        let mut last = story.last.clone();
        if let Some(last) = &mut last {
            last.scene.changed_by(|what| origin(what, story.before_last(), moments));
        }
        let known = |one: &&Prefix| **one != Prefix::Unknown;
        let had = story.compared[0].as_ref().map(|last| &last.prefix).filter(known);
        Seen {
            done: story.newest().take(LINES).map(entry).collect(),
            last,
            doors: story.doors.clone(),
            changes: spns.and_then(|spns| self.changes(spns)),
            spns: spns.cloned(),
            prefix: prefix.clone(),
            new_prefix: had.is_some_and(|had| known(&prefix) && had != prefix),
        }
    }

    fn changes(&self, now: &SpnInventory) -> Option<Changes> {
        let [last, before] = &self.story.compared;
        let since = |compared: &crate::story::Compared| -> Vec<Changed> {
            let between = self.story.since(compared);
            let changed = now.difference(&compared.spns).into_iter();
            let changed = changed.filter_map(|what| Changed::new(&what, between, &self.moments));
            changed.map(|one| one.spelled_as_in(&compared.spns).spelled_as_in(now)).collect()
        };
        let lines = since(last.as_ref()?);
        let changes = Changes { since: "the last attempt", lines };
        let Some(before) = before.as_ref().filter(|_| changes.lines.is_empty()) else {
            return Some(changes);
        };
        Some(Changes { since: "the attempt before", lines: since(before) })
    }
}

#[cfg(test)]
#[path = "seen_tests.rs"]
pub(crate) mod tests;
