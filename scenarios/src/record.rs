//! The record: one snapshot a scenario, named after it, holding its Kerberos outcome.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use spnlab_harness::{KerberosOutcome, SambaVersion};

use crate::world::samba;

/// The snapshots that this run compared, by name, each with the scenario that did.
static COMPARED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// The records of what another Samba than the newest does otherwise; there is none of what it does in
/// the same way. To begin such a record make an empty file of its name.
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

/// Snapshots that no scenario of a whole run compared.
pub fn check_unreferenced() -> std::io::Result<Vec<String>> {
    let compared = COMPARED.lock().map(|names| names.clone()).unwrap_or_default();
    let mut unreferenced = Vec::new();
    let own = folder_of(samba()).filter(|own| own.exists());
    let all = [Some(folder()), own].into_iter().flatten().map(std::fs::read_dir);
    for entry in all.collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        let file = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = file.strip_suffix(".snap")
            && !compared.contains_key(name)
        {
            unreferenced.push(name.to_owned());
        }
    }
    Ok(unreferenced)
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
    fn names_follow_the_titles() {
        assert_eq!(
            snapshot_name("Remove the registration (option 1)", "It connects to \"mem1\""),
            "remove-the-registration-option-1__it-connects-to-mem1"
        );
    }
}
