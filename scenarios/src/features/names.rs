//! Names that are made from titles.

use cucumber::gherkin::{Feature, Scenario};

use super::read::file_of;

/// The name of a scenario's snapshot: `feature-file__scenario`, in kebab case.
pub fn snapshot_name(feature: &str, scenario: &str) -> String {
    format!("{}__{}", kebab(feature), kebab(scenario))
}

/// The title of one of several outcomes that a scenario records.
pub fn title_of_one(scenario: &str, which: &str) -> String {
    format!("{scenario}, {which}")
}

/// Where a scenario's evidence goes: `feature-file/scenario`, in kebab case. Each further round of
/// a run has a folder in it.
pub(crate) fn evidence_folder(feature: &Feature, scenario: &Scenario) -> String {
    let folder = format!("{}/{}", kebab(&file_of(feature)), kebab(&scenario.name));
    match feature.tags.iter().find(|tag| tag.starts_with(ROUND)) {
        Some(round) => format!("{folder}/{round}"),
        None => folder,
    }
}

const ROUND: &str = "round-";

/// The tag of the features of one more round.
pub(crate) fn round_tag(round: u32) -> String {
    format!("{ROUND}{round}")
}

fn kebab(title: &str) -> String {
    let words: String =
        title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_titles() {
        assert_eq!(
            snapshot_name("Remove the registration (option 1)", "It connects to \"mem1\""),
            "remove-the-registration-option-1__it-connects-to-mem1"
        );
    }
}
