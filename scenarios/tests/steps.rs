//! Holds the feature files and the steps to each other, without a lab: every step of a feature has
//! code, all code is used, and every tag is explained in `features/README.md`.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cucumber::World as _;
use cucumber::codegen::{StepConstructor, WorldInventory, inventory};
use cucumber::gherkin::{Feature, Scenario, Step};
use spnlab_harness::SambaVersion;
use spnlab_scenarios::{LabWorld, features_at};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("features")
}

fn features() -> Vec<Feature> {
    let features = features_at(&folder()).unwrap();
    assert!(features.len() > 5, "only {} features were found", features.len());
    features
}

/// Every step that runs, with the file it stands in.
fn steps(features: &[Feature]) -> Vec<(String, &Step)> {
    let mut steps = Vec::new();
    for feature in features {
        let file = feature.path.as_ref().unwrap().file_name().unwrap().to_string_lossy();
        let rules = &feature.rules;
        let backgrounds = feature
            .background
            .iter()
            .chain(rules.iter().filter_map(|rule| rule.background.as_ref()));
        let scenarios =
            feature.scenarios.iter().chain(rules.iter().flat_map(|rule| &rule.scenarios));
        let all = backgrounds
            .flat_map(|background| &background.steps)
            .chain(scenarios.flat_map(|scenario| &scenario.steps));
        steps.extend(all.map(|step| (format!("{file}:{}", step.position.line), step)));
    }
    steps
}

/// Where a step's code stands; the same function may serve several keywords.
fn place(location: cucumber::step::Location) -> String {
    format!("{}:{}", location.path, location.line)
}

fn known<S: StepConstructor<LabWorld> + inventory::Collect>() -> Vec<String> {
    inventory::iter::<S>.into_iter().map(|step| place(step.inner().0)).collect()
}

#[test]
fn every_step_has_code_and_all_code_is_used() {
    let features = features();
    let collection = LabWorld::collection();
    let mut used = BTreeSet::new();
    for (at, step) in steps(&features) {
        match collection.find(step) {
            Ok(Some((_, _, location, _))) => used.insert(place(location.unwrap())),
            Ok(None) => panic!("{at}: no code for: {} {}", step.keyword, step.value),
            Err(error) => panic!("{at}: {}: {error}", step.value),
        };
    }
    let mut unused: Vec<String> = known::<<LabWorld as WorldInventory>::Given>();
    unused.extend(known::<<LabWorld as WorldInventory>::When>());
    unused.extend(known::<<LabWorld as WorldInventory>::Then>());
    assert!(unused.len() > 20, "the inventory of steps is empty");
    unused.retain(|place| !used.contains(place));
    assert!(unused.is_empty(), "no feature uses the steps at {unused:#?}");
}

/// Those of a scenario and of its examples.
fn tags(scenario: Scenario) -> Vec<String> {
    let examples = scenario.examples.into_iter().flat_map(|examples| examples.tags);
    scenario.tags.into_iter().chain(examples).collect()
}

#[test]
fn every_tag_is_explained_and_used() {
    let text = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let explained: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `@")?.split_once('`').map(|(tag, _)| tag.to_owned())
        })
        .collect();
    let mut used = BTreeSet::new();
    for feature in features() {
        used.extend(feature.tags);
        for rule in feature.rules {
            used.extend(rule.tags);
            used.extend(rule.scenarios.into_iter().flat_map(tags));
        }
        used.extend(feature.scenarios.into_iter().flat_map(tags));
    }
    // Those are told of below the table, whether a scenario needs one or not.
    let (sambas, used): (BTreeSet<_>, BTreeSet<_>) =
        used.into_iter().partition(|tag| tag.starts_with("samba-"));
    let known = SambaVersion::ALL.map(|samba| format!("samba-{samba}"));
    for tag in &known {
        assert!(text.contains(&format!("`@{tag}`")), "features/README.md does not tell of @{tag}");
    }
    let unknown: Vec<_> = sambas.iter().filter(|tag| !known.contains(tag)).collect();
    assert!(unknown.is_empty(), "labs do not run {unknown:?}: nobody would run these scenarios");
    assert_eq!(used, explained, "left: used, right: explained in features/README.md");
}
