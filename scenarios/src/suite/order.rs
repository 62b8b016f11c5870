//! The order in which scenarios run. Each run has another order, from a seed that it prints. So no
//! scenario can come to depend on an earlier one.

use std::path::Path;

use cucumber::gherkin::{Feature, Rule, Scenario};
use cucumber::parser::{self, Parser};
use futures::stream;
use spnlab_harness::SambaVersion;

use crate::env;
use crate::features::{keep_those_about, read};

/// The feature files, shuffled, without scenarios about another Samba version.
#[derive(Debug)]
pub(super) struct Shuffled {
    inner: parser::Basic,
    seed: u64,
    samba: SambaVersion,
}

/// Scenarios with this tag wait for the one lab with two domain controllers.
const TWO_DCS: &str = "two-dcs";

/// How many scenarios of a feature wait for the one lab with two domain controllers.
fn for_two_dcs(feature: &Feature) -> usize {
    let Feature { tags, scenarios, rules, .. } = feature;
    let of = |above: &[String], scenarios: &[Scenario]| {
        let says_so = |tags: &[String]| tags.iter().any(|tag| tag == TWO_DCS);
        scenarios.iter().filter(|one| says_so(above) || says_so(&one.tags)).count()
    };
    let in_rules = |rule: &Rule| of(&[tags.as_slice(), &rule.tags].concat(), &rule.scenarios);
    of(tags, scenarios) + rules.iter().map(in_rules).sum::<usize>()
}

/// How many scenarios of these features wait for the one lab with two domain controllers.
pub(super) fn waiting_for_two_dcs(features: &[Feature]) -> usize {
    features.iter().map(for_two_dcs).sum()
}

impl Shuffled {
    /// Shuffles by this seed, for this Samba version.
    pub(super) fn by(seed: u64, samba: SambaVersion) -> Self {
        Self { inner: parser::Basic::new(), seed, samba }
    }
}

/// The seed of this run: `SPNLAB_SEED`, otherwise the clock's nanoseconds.
pub(super) fn seed() -> u64 {
    let clock = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| u64::from(now.subsec_nanos()) ^ now.as_secs())
    };
    env::seed().unwrap_or_else(clock)
}

impl<I: AsRef<Path>> Parser<I> for Shuffled {
    type Cli = <parser::Basic as Parser<I>>::Cli;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, input: I, cli: Self::Cli) -> Self::Output {
        let mut features = read(self.inner, input, cli);
        let mut random = Random(self.seed);
        random.shuffle(&mut features);
        // These scenarios run one after the other in one lab. A run that begins with them ends
        // sooner.
        features.sort_by_key(|feature| feature.as_ref().is_ok_and(|one| for_two_dcs(one) == 0));
        for feature in features.iter_mut().flatten() {
            keep_those_about(self.samba, feature);
            random.shuffle(&mut feature.scenarios);
            random.shuffle(&mut feature.rules);
            for rule in &mut feature.rules {
                random.shuffle(&mut rule.scenarios);
            }
        }
        stream::iter(features)
    }
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The shuffle of Fisher and Yates.
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let any = self.next() % (last as u64 + 1);
            items.swap(last, usize::try_from(any).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use cucumber::gherkin::GherkinEnv;

    use super::*;

    #[test]
    fn who_waits_for_two_domain_controllers_is_counted_wherever_the_tag_is() {
        let one = "  Scenario: one\n    Given a\n";
        let count = |text: String| {
            waiting_for_two_dcs(&[Feature::parse(text, GherkinEnv::default()).unwrap()])
        };
        assert_eq!(count(format!("Feature: f\n{one}")), 0);
        assert_eq!(count(format!("Feature: f\n  @two-dcs\n{one}{one}")), 1);
        assert_eq!(count(format!("Feature: f\n  @two-dcs\n  Rule: r\n{one}{one}")), 2);
        assert_eq!(count(format!("@two-dcs\nFeature: f\n{one}  Rule: r\n{one}")), 2);
    }

    #[test]
    fn a_seed_gives_one_order_and_loses_nothing() {
        let order = |seed| {
            let mut items: Vec<u32> = (0..50).collect();
            Random(seed).shuffle(&mut items);
            items
        };
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
        let mut sorted = order(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<u32>>());
    }
}
