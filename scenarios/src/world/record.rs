//! The record of a scenario: one snapshot with its Kerberos outcome, named after the scenario. A
//! scenario has the same record on every Samba version. What only one version does is a scenario of
//! its own, with the tag of that version.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use spnlab_harness::{KerberosOutcome, SambaVersion};

use crate::features::{features_at, records_about, snapshot_name};
use crate::pool::samba;

/// The records that this run compared: each name with its scenario.
static COMPARED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// The record without the head that `insta` writes. `None` if the record was never written.
pub fn body_of(record: &str) -> Option<&str> {
    record.splitn(3, "---\n").nth(2)
}

/// Compares the outcome with the record. Panics with the difference, as a step must.
pub(crate) fn compare(feature: &str, scenario: &str, outcome: &KerberosOutcome) {
    let name = snapshot_name(feature, scenario);
    claim(&mut COMPARED.lock().unwrap_or_else(PoisonError::into_inner), &name, scenario);
    insta::with_settings!({
        snapshot_path => folder(),
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => scenario,
    }, {
        insta::assert_yaml_snapshot!(name, outcome);
    });
}

/// Notes the scenario of this record. Two titles with one name would share one record.
fn claim(compared: &mut BTreeMap<String, String>, name: &str, scenario: &str) {
    let before = compared.insert(name.to_owned(), scenario.to_owned());
    let other = before.filter(|before| before != scenario);
    assert!(
        other.is_none(),
        "{other:?} and {scenario:?} have one record, {name}: call one otherwise"
    );
}

/// Records that no scenario of a whole run compared. Records of scenarios about another Samba
/// version do not count.
pub(crate) fn unreferenced(features: &Path) -> io::Result<Vec<String>> {
    let features = features_at(features).map_err(io::Error::other)?;
    let others = SambaVersion::ALL.into_iter().filter(|other| *other != samba());
    let elsewhere: BTreeSet<_> = others.flat_map(|other| records_about(other, &features)).collect();
    let left_out = &elsewhere - &records_about(samba(), &features);
    let compared = COMPARED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder())? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        names.extend(file.strip_suffix(".snap").map(str::to_owned));
    }
    names.retain(|name| !compared.contains_key(name) && !left_out.contains(name));
    Ok(names)
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
}
