//! The record: one snapshot a scenario, named after it, holding its Kerberos outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use spnlab_harness::{KerberosOutcome, SambaVersion};

use crate::order::{features_at, records_about};
use crate::world::samba;

/// The snapshots that this run compared, by name, each with the scenario that did.
static COMPARED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// The records of what another Samba than the newest does otherwise; there is none of what it does
/// in the same way. To begin such a record make an empty file of its name.
fn folder_of(samba: SambaVersion) -> Option<PathBuf> {
    (samba != SambaVersion::default()).then(|| folder().join(format!("samba-{samba}")))
}

/// Where the record with this name is kept, for this Samba.
fn folder_for(name: &str, samba: SambaVersion) -> PathBuf {
    let own = folder_of(samba).filter(|own| own.join(format!("{name}.snap")).exists());
    own.unwrap_or_else(folder)
}

/// The name of a scenario's snapshot: `feature-file__scenario`, in kebab case.
pub fn snapshot_name(feature: &str, scenario: &str) -> String {
    format!("{}__{}", kebab(feature), kebab(scenario))
}

fn kebab(title: &str) -> String {
    let words: String =
        title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

/// What a record says, without the head that `insta` writes; none before it was first written.
pub fn body_of(record: &str) -> Option<&str> {
    record.splitn(3, "---\n").nth(2)
}

/// The title under which one of several outcomes of a scenario is recorded.
pub fn title_of_one(scenario: &str, which: &str) -> String {
    format!("{scenario}, {which}")
}

/// Compares the outcome with the record; panics with the difference, as a step must.
pub(crate) fn compare(feature: &str, scenario: &str, outcome: &KerberosOutcome) {
    let name = snapshot_name(feature, scenario);
    if let Ok(mut compared) = COMPARED.lock() {
        claim(&mut compared, &name, scenario);
    }
    insta::with_settings!({
        snapshot_path => folder_for(&name, samba()),
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => scenario,
    }, {
        insta::assert_yaml_snapshot!(name, outcome);
    });
}

/// Notes whose record this is. Two titles that come to one name would share one record.
fn claim(compared: &mut BTreeMap<String, String>, name: &str, scenario: &str) {
    let before = compared.insert(name.to_owned(), scenario.to_owned());
    let other = before.filter(|before| before != scenario);
    assert!(
        other.is_none(),
        "{other:?} and {scenario:?} have one record, {name}: call one otherwise"
    );
}

/// Snapshots that no scenario of a whole run compared, and that none about another Samba is for.
pub fn check_unreferenced(features: &Path) -> io::Result<Vec<String>> {
    let features = features_at(features).map_err(io::Error::other)?;
    let others = SambaVersion::ALL.into_iter().filter(|other| *other != samba());
    let elsewhere = others.flat_map(|other| records_about(other, &features)).collect();
    let own = folder_of(samba()).filter(|own| own.exists());
    let own = own.map_or_else(|| Ok(Vec::new()), |own| names_in(&own))?;
    let compared = COMPARED.lock().map(|names| names.clone()).unwrap_or_default();
    let left_out = &elsewhere - &records_about(samba(), &features);
    Ok(unreferenced(names_in(&folder())?, own, &compared.into_keys().collect(), &left_out))
}

/// The names of the records in a folder.
fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        names.extend(file.strip_suffix(".snap").map(str::to_owned));
    }
    Ok(names)
}

/// Of the common records and this Samba's own, those that are for nothing. A scenario that this run
/// left out may have a common record, but not one of this Samba's own.
fn unreferenced(
    mut common: Vec<String>,
    mut own: Vec<String>,
    compared: &BTreeSet<String>,
    left_out: &BTreeSet<String>,
) -> Vec<String> {
    common.retain(|name| !compared.contains(name) && !left_out.contains(name));
    own.retain(|name| !compared.contains(name));
    common.append(&mut own);
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "have one record")]
    fn two_titles_do_not_share_a_record() {
        let mut compared = BTreeMap::new();
        claim(&mut compared, "f__it-works", "It works");
        claim(&mut compared, "f__it-works", "It works");
        claim(&mut compared, "f__it-works", "It: works!");
    }

    #[test]
    fn a_record_of_a_scenario_that_was_left_out_is_for_that_scenario() {
        let names = |names: [&str; 3]| names.map(str::to_owned);
        let compared = BTreeSet::from([String::from("f__ran")]);
        let left_out = BTreeSet::from([String::from("f__left-out")]);
        let all = names(["f__ran", "f__left-out", "f__gone"]).to_vec();
        let found = |common, own| unreferenced(common, own, &compared, &left_out);
        assert_eq!(found(all.clone(), Vec::new()), ["f__gone"]);
        assert_eq!(found(Vec::new(), all), ["f__left-out", "f__gone"]);
    }

    #[test]
    fn names_follow_the_titles() {
        assert_eq!(
            snapshot_name("Remove the registration (option 1)", "It connects to \"mem1\""),
            "remove-the-registration-option-1__it-connects-to-mem1"
        );
    }
}
