//! Leaves scenarios out of features. In Gherkin, every tag of a feature or a rule is a tag of each
//! of its scenarios.

use cucumber::gherkin::{Feature, Rule, Scenario};

/// Keeps the scenarios for which this holds. It gets the feature without its scenarios, the
/// scenario, and all of its tags.
pub(crate) fn keep(
    feature: &mut Feature,
    mut wanted: impl FnMut(&Feature, &Scenario, &[String]) -> bool,
) {
    let mut scenarios = std::mem::take(&mut feature.scenarios);
    let mut rules = std::mem::take(&mut feature.rules);
    let mut fits = |above: &[&[String]], one: &Scenario| {
        let tags = [above, &[one.tags.as_slice()]].concat().concat();
        wanted(feature, one, &tags)
    };
    scenarios.retain(|one| fits(&[&feature.tags], one));
    for Rule { tags, scenarios, .. } in &mut rules {
        scenarios.retain(|one| fits(&[&feature.tags, tags], one));
    }
    rules.retain(|rule| !rule.scenarios.is_empty());
    (feature.scenarios, feature.rules) = (scenarios, rules);
}

/// Whether one of the tags is this.
pub(crate) fn is_tagged(tags: &[String], tag: &str) -> bool {
    tags.iter().any(|one| one == tag)
}

#[cfg(test)]
mod tests {
    use cucumber::gherkin::GherkinEnv;

    use super::*;

    #[test]
    fn a_tag_of_a_feature_or_a_rule_is_one_of_its_scenarios() {
        let text = "
Feature: f
  Scenario: common
    Given a

  @old
  Rule: r
    Scenario: in it
      Given a

    @new
    Scenario: of both
      Given a
";
        let left = |text: &str, tag: &str| {
            let mut feature = Feature::parse(text, GherkinEnv::default()).unwrap();
            keep(&mut feature, |_, _, tags| is_tagged(tags, tag));
            let in_rules = feature.rules.into_iter().flat_map(|rule| rule.scenarios);
            feature.scenarios.into_iter().chain(in_rules).map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(left(text, "old"), ["in it", "of both"]);
        assert_eq!(left(text, "new"), ["of both"]);
        assert_eq!(left(&format!("@all{text}"), "all"), ["common", "in it", "of both"]);
    }
}
