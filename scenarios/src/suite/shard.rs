//! Shares out scenarios, so that every share takes about as long.
//!
//! The longest comes first, and each goes to the share that has least to do. `durations.txt` says
//! how long each shipped scenario took in one run. Another one counts as the median.

use std::collections::{BTreeMap, BTreeSet};

use cucumber::gherkin::Feature;

use super::played::Played;
use crate::features::{evidence_folder, keep, scenarios_of};
use crate::options::Shard;

const RECORDED: &str = include_str!("../../durations.txt");

/// Milliseconds by scenario.
#[derive(Debug)]
pub(super) struct Durations {
    known: BTreeMap<String, u64>,
    median: u64,
}

impl Durations {
    /// Those of the shipped scenarios.
    pub(super) fn recorded() -> Self {
        let line = |line: &str| {
            let (milliseconds, scenario) = line.split_once(' ')?;
            Some((scenario.to_owned(), milliseconds.parse().ok()?))
        };
        let known: BTreeMap<_, u64> = RECORDED.lines().filter_map(line).collect();
        let mut sorted: Vec<_> = known.values().copied().collect();
        sorted.sort_unstable();
        Self { median: sorted.get(sorted.len() / 2).copied().unwrap_or(1), known }
    }

    /// How long the scenario with this folder of evidence takes.
    pub(super) fn of(&self, scenario: &str) -> u64 {
        self.known.get(scenario).copied().unwrap_or(self.median)
    }

    /// The scenarios of each share.
    fn shares(&self, scenarios: BTreeSet<String>, of: usize) -> Vec<BTreeSet<String>> {
        let mut longest_first: Vec<_> = scenarios.into_iter().collect();
        longest_first.sort_by_key(|scenario| std::cmp::Reverse(self.of(scenario)));
        let mut shares = vec![(0, BTreeSet::new()); of];
        for scenario in longest_first {
            if let Some((load, share)) = shares.iter_mut().min_by_key(|(load, _)| *load) {
                *load += self.of(&scenario);
                share.insert(scenario);
            }
        }
        shares.into_iter().map(|(_, share)| share).collect()
    }
}

/// What `durations.txt` says of these scenarios.
pub(super) fn lines(played: &[Played]) -> String {
    let line = |one: &Played| format!("{} {}\n", one.took.as_millis(), one.evidence);
    let mut lines: Vec<_> = played.iter().map(line).collect();
    lines.sort_by(|one, other| one.split(' ').nth(1).cmp(&other.split(' ').nth(1)));
    lines.concat()
}

/// Keeps the scenarios of one share.
pub(super) fn keep_share(features: &mut [Feature], shard: Shard) {
    let all = features.iter().flat_map(|feature| {
        scenarios_of(feature).map(move |scenario| evidence_folder(feature, scenario))
    });
    let mut shares = Durations::recorded().shares(all.collect(), shard.of);
    let own = shares.swap_remove(shard.number - 1);
    for feature in features {
        keep(feature, |feature, one, _| own.contains(&evidence_folder(feature, one)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::shipped;

    fn all(features: &[Feature]) -> Vec<String> {
        let of =
            |one: &Feature| scenarios_of(one).map(|s| evidence_folder(one, s)).collect::<Vec<_>>();
        let mut all: Vec<_> = features.iter().flat_map(of).collect();
        all.sort();
        all
    }

    #[test]
    fn the_shares_are_the_suite_and_take_about_as_long() {
        let (features, durations) = (shipped().unwrap(), Durations::recorded());
        let whole = all(&features);
        let unknown: Vec<_> = whole.iter().filter(|s| !durations.known.contains_key(*s)).collect();
        assert!(unknown.len() * 10 < whole.len(), "record the durations anew: {unknown:?}");
        for of in 1..=8 {
            let (mut union, mut loads) = (Vec::new(), Vec::new());
            for number in 1..=of {
                let mut share = features.clone();
                keep_share(&mut share, Shard { number, of });
                let share = all(&share);
                loads.push(share.iter().map(|scenario| durations.of(scenario)).sum::<u64>());
                union.extend(share);
            }
            union.sort();
            assert_eq!(union, whole, "{of} shares");
            let (slowest, sum) = (loads.iter().max().unwrap(), loads.iter().sum::<u64>());
            assert!(slowest * 10 * of as u64 <= sum * 11, "{of} shares: {loads:?}");
        }
    }

    #[test]
    fn what_was_never_timed_counts_as_the_median() {
        let known = [("a", 1), ("b", 2), ("c", 9)].map(|(name, took)| (name.to_owned(), took));
        let durations = Durations { known: known.into(), median: 2 };
        let share = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let shares = durations.shares(share(&["a", "b", "c", "new"]), 2);
        assert_eq!(shares, [share(&["c"]), share(&["a", "b", "new"])]);
    }
}
