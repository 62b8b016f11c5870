//! The order in which scenarios run. Each run has another order, from a seed that it prints. So no
//! scenario can come to depend on an earlier one.

use cucumber::gherkin::{Feature, Rule, Scenario};

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

/// A seed that no earlier run had: the clock's nanoseconds.
pub(super) fn new_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| u64::from(now.subsec_nanos()) ^ now.as_secs())
}

/// Shuffles features, their rules and their scenarios by this seed.
pub(super) fn shuffle(features: &mut [Feature], seed: u64) {
    let mut random = Random(seed);
    random.shuffle(features);
    // These scenarios run one after the other in one lab. A run that begins with them ends sooner.
    features.sort_by_key(|feature| for_two_dcs(feature) == 0);
    for feature in features {
        random.shuffle(&mut feature.scenarios);
        random.shuffle(&mut feature.rules);
        for rule in &mut feature.rules {
            random.shuffle(&mut rule.scenarios);
        }
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
