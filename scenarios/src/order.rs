//! The order in which scenarios run: another one each time, from a seed that is printed, so that no
//! scenario can come to lean on one before it.

use std::collections::BTreeSet;
use std::path::Path;

use cucumber::gherkin::{Feature, Rule, Scenario};
use cucumber::parser::{self, Parser};
use futures::{StreamExt as _, stream};

use spnlab_harness::SambaVersion;

use crate::env;
use crate::record::snapshot_name;

/// The feature files, shuffled, without the scenarios that are about another Samba.
#[derive(Debug)]
pub struct Shuffled {
    inner: parser::Basic,
    seed: u64,
    samba: SambaVersion,
}

/// Whether a scenario with these tags is about this Samba: about every one, unless tags such as
/// `@samba-4.17` say which.
fn is_about<'a>(tags: impl IntoIterator<Item = &'a String>, samba: SambaVersion) -> bool {
    let mut named = tags.into_iter().filter_map(|tag| tag.strip_prefix("samba-")).peekable();
    named.peek().is_none() || named.any(|name| name == samba.name())
}

/// Takes out the scenarios that are about another Samba. As for every tag of Gherkin, one of a
/// feature or a rule is one of each of its scenarios.
fn keep_those_about(samba: SambaVersion, feature: &mut Feature) {
    let Feature { tags, scenarios, rules, .. } = feature;
    scenarios.retain(|one| is_about(tags.iter().chain(&one.tags), samba));
    for rule in rules {
        let Rule { tags: own, scenarios, .. } = rule;
        scenarios.retain(|one| is_about(tags.iter().chain(&*own).chain(&one.tags), samba));
    }
}

/// Has a scenario wait for the one lab with two domain controllers.
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
pub fn for_the_pair(features: &[Feature]) -> usize {
    features.iter().map(for_two_dcs).sum()
}

impl Shuffled {
    /// By this seed, for this Samba.
    pub fn by(seed: u64, samba: SambaVersion) -> Self {
        Self { inner: parser::Basic::new(), seed, samba }
    }
}

/// The seed of this run: what `SPNLAB_SEED` says, otherwise the clock's nanoseconds.
pub fn seed() -> u64 {
    let clock = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| u64::from(now.subsec_nanos()) ^ now.as_secs())
    };
    env::seed().unwrap_or_else(clock)
}

/// The feature files of a folder, or one of them, with their outlines expanded.
pub fn features_at(path: &Path) -> parser::Result<Vec<Feature>> {
    read(parser::Basic::new(), path, parser::basic::Cli::default()).into_iter().collect()
}

/// The feature's file, without its extension.
pub(crate) fn file_of(feature: &Feature) -> String {
    let file = feature.path.as_deref().and_then(Path::file_stem).unwrap_or_default();
    file.to_string_lossy().into_owned()
}

/// The scenarios of a feature and of its rules.
pub(crate) fn scenarios_of(feature: &Feature) -> impl Iterator<Item = &Scenario> + Clone {
    let in_rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    feature.scenarios.iter().chain(in_rules)
}

/// The names that the records of these scenarios have, in as far as they are about this Samba.
pub fn records_about(samba: SambaVersion, features: &[Feature]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for mut feature in features.iter().cloned() {
        keep_those_about(samba, &mut feature);
        let file = file_of(&feature);
        names.extend(scenarios_of(&feature).map(|one| snapshot_name(&file, &one.name)));
    }
    names
}

/// What the parser gives is at hand already; nothing is waited for.
fn read<I: AsRef<Path>>(
    parser: parser::Basic,
    input: I,
    cli: parser::basic::Cli,
) -> Vec<parser::Result<Feature>> {
    futures::executor::block_on(parser.parse(input, cli).collect())
}

impl<I: AsRef<Path>> Parser<I> for Shuffled {
    type Cli = <parser::Basic as Parser<I>>::Cli;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, input: I, cli: Self::Cli) -> Self::Output {
        let mut features = read(self.inner, input, cli);
        let mut random = Random(self.seed);
        random.shuffle(&mut features);
        // One after the other in one lab: what begins with them ends sooner than what ends with them.
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

    /// Fisher and Yates.
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
    fn a_scenario_is_about_every_samba_unless_it_says_so() {
        let about = |tags: &[&str]| {
            let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
            SambaVersion::ALL.map(|samba| is_about(&tags, samba))
        };
        assert_eq!(about(&["smoke"]), [true, true]);
        assert_eq!(about(&["smoke", "samba-4.17"]), [false, true]);
        assert_eq!(about(&["samba-4.22", "samba-4.17"]), [true, true]);
        assert_eq!(about(&["samba-4.1"]), [false, false]);
    }

    /// The titles that are left of a feature, for each Samba.
    fn left(text: &str) -> [Vec<String>; 2] {
        SambaVersion::ALL.map(|samba| {
            let mut feature = Feature::parse(text, GherkinEnv::default()).unwrap();
            keep_those_about(samba, &mut feature);
            let in_rules = feature.rules.into_iter().flat_map(|rule| rule.scenarios);
            feature.scenarios.into_iter().chain(in_rules).map(|one| one.name).collect()
        })
    }

    #[test]
    fn a_tag_of_a_feature_or_a_rule_is_one_of_its_scenarios() {
        let text = "
Feature: f
  Scenario: common
    Given a

  @samba-4.17
  Rule: r
    Scenario: in it
      Given a

    @samba-4.22
    Scenario: of both
      Given a

  Rule: s
    Scenario: beside
      Given a
";
        let [new, old] = left(text);
        assert_eq!(new, ["common", "of both", "beside"]);
        assert_eq!(old, ["common", "in it", "of both", "beside"]);
        let [new, old] = left(&format!("@samba-4.17{text}"));
        assert_eq!(new, ["of both"]);
        assert_eq!(old, ["common", "in it", "of both", "beside"]);
    }

    #[test]
    fn who_waits_for_two_domain_controllers_is_counted_wherever_the_tag_is() {
        let one = "  Scenario: one\n    Given a\n";
        let count =
            |text: String| for_the_pair(&[Feature::parse(text, GherkinEnv::default()).unwrap()]);
        assert_eq!(count(format!("Feature: f\n{one}")), 0);
        assert_eq!(count(format!("Feature: f\n  @two-dcs\n{one}{one}")), 1);
        assert_eq!(count(format!("Feature: f\n  @two-dcs\n  Rule: r\n{one}{one}")), 2);
        assert_eq!(count(format!("@two-dcs\nFeature: f\n{one}  Rule: r\n{one}")), 2);
    }

    #[test]
    fn records_are_those_of_the_scenarios_that_are_left() {
        let text = "Feature: f\n  @samba-4.17\n  Scenario: The old one\n    Given a\n";
        let mut feature = Feature::parse(text, GherkinEnv::default()).unwrap();
        feature.path = Some("features/tool/some.feature".into());
        let records = SambaVersion::ALL.map(|samba| records_about(samba, &[feature.clone()]));
        assert_eq!(records, [BTreeSet::new(), [String::from("some__the-old-one")].into()]);
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
