//! Which Samba versions a scenario is about: all, unless its tags say otherwise.

use std::collections::BTreeSet;

use cucumber::gherkin::Feature;
use spnlab_harness::SambaVersion;

use super::keep::keep;
use super::names::snapshot_name;
use super::read::{file_of, scenarios_of};

/// Whether a scenario with these tags is about this Samba version. Without tags such as
/// `@samba-4.17` it is about all.
pub(crate) fn is_about(tags: &[String], samba: SambaVersion) -> bool {
    let mut named = tags.iter().filter_map(|tag| tag.strip_prefix("samba-")).peekable();
    named.peek().is_none() || named.any(|name| name == samba.name())
}

/// The names of these scenarios' records, if the scenario is about this Samba version.
pub(crate) fn records_about(samba: SambaVersion, features: &[Feature]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for mut feature in features.iter().cloned() {
        keep(&mut feature, |_, _, tags| is_about(tags, samba));
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

    #[test]
    fn records_are_those_of_the_scenarios_that_are_left() {
        let text = "Feature: f\n  @samba-4.17\n  Scenario: The old one\n    Given a\n";
        let mut feature = Feature::parse(text, GherkinEnv::default()).unwrap();
        feature.path = Some("features/tool/some.feature".into());
        let records = SambaVersion::ALL.map(|samba| records_about(samba, &[feature.clone()]));
        assert_eq!(records, [BTreeSet::new(), [String::from("some__the-old-one")].into()]);
    }
}
