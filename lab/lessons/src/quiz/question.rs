//! The questions of each level, and how a seed draws one.

use crate::condition::{Condition, FULL, pick};

/// The number of levels.
pub const LEVELS: u8 = 3;

/// The web site's own name.
const WWW: &str = "www.contoso.com";

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// From 1 to [`LEVELS`].
    pub level: u8,
    /// It draws the question.
    pub seed: u64,
    /// What is broken.
    pub conditions: &'static [Condition],
    /// The web site is used under the host's name, too.
    pub site_under: Option<&'static str>,
}

/// The article and its siblings; states of accounts, the registry, tickets and machines; two things
/// at once, or a trap.
const QUESTIONS: [&[&[Condition]]; LEVELS as usize] = {
    use Condition::{
        Article, ClientClock, DisabledHolder, Duplicate, FullName, HolderPassword, HostNames,
        LetterCase, MachinePassword, Mem1Clock, MissingPort, MissingWsman, NoDc, OtherComputer,
        ShortName, StaleTicket, WebName, WinrmStopped, WrongRegistry,
    };
    [
        &[&[Article], &[FullName], &[ShortName], &[LetterCase], &[OtherComputer], &[Duplicate]],
        &[
            &[DisabledHolder],
            &[HolderPassword],
            &[MachinePassword],
            &[MissingWsman],
            &[MissingPort],
            &[WrongRegistry],
            &[StaleTicket],
            &[Mem1Clock],
            &[ClientClock],
            &[WinrmStopped],
            &[NoDc],
        ],
        &[
            &[Article, StaleTicket],
            &[Article, MissingWsman],
            &[Article, MissingPort],
            &[FullName, MachinePassword],
            &[OtherComputer, WrongRegistry],
            &[HostNames],
            &[WebName],
        ],
    ]
};

impl Question {
    /// The question of this seed. A level outside of the range counts as the nearest one.
    pub fn drawn(level: u8, seed: u64) -> Self {
        let level = level.clamp(1, LEVELS);
        let conditions = pick(seed, QUESTIONS[usize::from(level) - 1]);
        // Another stream of the same seed.
        let used = pick(!seed, &[false, true]);
        let site_under = conditions.iter().find_map(|one| site_gained(*one)).filter(|_| used);
        Self { level, seed, conditions, site_under }
    }

    /// The host name that the user types.
    pub fn host(&self) -> &'static str {
        match self.conditions {
            [Condition::ShortName] => "mem1",
            [Condition::WebName] => WWW,
            _ => FULL,
        }
    }

    /// The names under which people use the web site.
    pub fn sites(&self) -> Vec<&'static str> {
        // With another password of svc_web than its own, the site refuses everybody.
        if self.has(Condition::HolderPassword) {
            return Vec::new();
        }
        [WWW].into_iter().chain(self.site_under).collect()
    }

    /// Whether this is broken.
    pub fn has(&self, condition: Condition) -> bool {
        self.conditions.contains(&condition)
    }

    /// Whether the user's client puts the port into the SPN.
    pub fn includes_port(&self) -> bool {
        self.has(Condition::MissingPort)
    }

    /// Whether the user connects in a session that keeps tickets.
    pub fn keeps_tickets(&self) -> bool {
        self.has(Condition::StaleTicket)
    }

    /// The command that shows what the user sees.
    pub fn command(&self) -> String {
        let mut line = "spnlab connect".to_owned();
        if self.host() != FULL {
            line = format!("{line} {}", self.host());
        }
        if self.includes_port() {
            line.push_str(" --include-port-in-spn");
        }
        if self.keeps_tickets() {
            line.push_str(" --keep-tickets");
        }
        line
    }
}

/// The host's name under which the web site works because of the condition.
fn site_gained(condition: Condition) -> Option<&'static str> {
    match condition {
        Condition::Article | Condition::FullName | Condition::LetterCase => Some(FULL),
        Condition::ShortName => Some("mem1"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn seeds_draw_every_question_and_each_condition_is_in_one() {
        let mut conditions = BTreeSet::new();
        for level in 1..=LEVELS {
            let drawn = |seed| Question::drawn(level, seed);
            assert_eq!(drawn(5), drawn(5));
            let all: BTreeSet<_> =
                (0..200).map(|seed| (drawn(seed).conditions, drawn(seed).site_under)).collect();
            let sets: BTreeSet<_> = all.iter().map(|(conditions, _)| *conditions).collect();
            assert_eq!(sets.len(), QUESTIONS[usize::from(level) - 1].len());
            assert!(level == 2 || all.len() > sets.len(), "the site is always used alike");
            conditions.extend(sets.into_iter().flatten().copied());
        }
        assert_eq!(conditions, Condition::ALL.into_iter().collect());
        assert_eq!(Question::drawn(9, 1).level, LEVELS);
    }

    #[test]
    fn no_question_clashes_with_itself() {
        for set in QUESTIONS.into_iter().flatten() {
            for (one, other) in set.iter().zip(set.iter().skip(1)) {
                assert_eq!(one.clash(*other), None);
            }
        }
    }
}
