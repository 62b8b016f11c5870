//! `docs/known-differences.md` and the scenarios with the tag `@known-difference` are the same
//! list.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use spnlab_scenarios::features_at;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The last cell of each entry: a feature's file, and the title of a scenario in it.
fn entries() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root().join("docs/known-differences.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    let shown_by = rows.map(|row| row.trim_end_matches('|').rsplit_once("| ").unwrap().1.trim());
    shown_by
        .map(|cell| {
            let (file, title) = cell.split_once("`: ").unwrap_or_else(|| panic!("{cell:?}"));
            (file.trim_start_matches('`').to_owned(), title.to_owned())
        })
        .collect()
}

fn tagged() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for feature in features_at(&root().join("features")).unwrap() {
        let file = feature.path.as_ref().unwrap().canonicalize().unwrap();
        let file = file.strip_prefix(root().canonicalize().unwrap()).unwrap().to_owned();
        let in_rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
        let tagged = feature.scenarios.iter().chain(in_rules);
        let tagged = tagged.filter(|one| one.tags.iter().any(|tag| tag == "known-difference"));
        found.extend(tagged.map(|one| (file.to_string_lossy().into_owned(), one.name.clone())));
    }
    found
}

#[test]
fn every_entry_has_its_scenario_and_every_scenario_its_entry() {
    let entries = entries();
    assert!(entries.len() > 5, "only {} entries were found", entries.len());
    let listed: BTreeSet<_> = entries.iter().cloned().collect();
    assert_eq!(listed.len(), entries.len(), "two entries have one scenario");
    assert_eq!(listed, tagged(), "left: the document, right: the tag @known-difference");
}
