//! Which Samba versions a scenario is about: all, unless its tags say otherwise.

use std::collections::BTreeSet;

use cucumber::gherkin::{Feature, Rule};
use spnlab_harness::SambaVersion;

use super::names::snapshot_name;
use super::read::{file_of, scenarios_of};

/// Whether a scenario with these tags is about this Samba version. Without tags such as
/// `@samba-4.17` it is about all.
fn is_about<'a>(tags: impl IntoIterator<Item = &'a String>, samba: SambaVersion) -> bool {
    let mut named = tags.into_iter().filter_map(|tag| tag.strip_prefix("samba-")).peekable();
    named.peek().is_none() || named.any(|name| name == samba.name())
}

/// Removes the scenarios that are about another Samba version. In Gherkin, every tag of a feature
/// or a rule is a tag of each of its scenarios.
pub(crate) fn keep_those_about(samba: SambaVersion, feature: &mut Feature) {
    let Feature { tags, scenarios, rules, .. } = feature;
    scenarios.retain(|one| is_about(tags.iter().chain(&one.tags), samba));
    for rule in rules {
        let Rule { tags: own, scenarios, .. } = rule;
        scenarios.retain(|one| is_about(tags.iter().chain(&*own).chain(&one.tags), samba));
    }
}

/// The names of these scenarios' records, if the scenario is about this Samba version.
pub(crate) fn records_about(samba: SambaVersion, features: &[Feature]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for mut feature in features.iter().cloned() {
        keep_those_about(samba, &mut feature);
        let file = file_of(&feature);
        names.extend(scenarios_of(&feature).map(|one| snapshot_name(&file, &one.name)));
    }
    names
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

    /// For each Samba version, the titles that are left of a feature.
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
    fn records_are_those_of_the_scenarios_that_are_left() {
        let text = "Feature: f\n  @samba-4.17\n  Scenario: The old one\n    Given a\n";
        let mut feature = Feature::parse(text, GherkinEnv::default()).unwrap();
        feature.path = Some("features/tool/some.feature".into());
        let records = SambaVersion::ALL.map(|samba| records_about(samba, &[feature.clone()]));
        assert_eq!(records, [BTreeSet::new(), [String::from("some__the-old-one")].into()]);
    }
}
