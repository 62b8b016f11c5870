//! The record of a scenario: one snapshot with its Kerberos outcome, named after the scenario. A
//! scenario has the same record on every Samba version. What only one version does is a scenario of
//! its own, with the tag of that version.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use cucumber::gherkin::Feature;
use include_dir::{Dir, include_dir};
use similar::TextDiff;
use spnlab_harness::{KerberosOutcome, SambaVersion};
use tempfile::TempDir;

use super::must;
use crate::features::{records_about, snapshot_name};
use crate::pool::samba;

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/snapshots");

/// The records that this run compared: each name with its scenario.
static COMPARED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// The records of this run.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// Their folder; without it, those that the program carries.
    pub(crate) folder: Option<PathBuf>,
    /// Where records go that are missing or differ; without it, their steps fail.
    pub(crate) update: Option<PathBuf>,
}

static RECORDS: OnceLock<Records> = OnceLock::new();

/// Says which the records of this run are. The first word counts.
pub(crate) fn set_records(records: Records) {
    let _ = RECORDS.set(records);
}

impl Records {
    fn read(&self, name: &str) -> Option<String> {
        let file = format!("{name}.snap");
        match &self.folder {
            Some(folder) => fs::read_to_string(folder.join(file)).ok(),
            None => SHIPPED.get_file(file)?.contents_utf8().map(str::to_owned),
        }
    }
}

/// The record without the head that `insta` writes. `None` if the record was never written.
pub fn body_of(record: &str) -> Option<&str> {
    record.splitn(3, "---\n").nth(2)
}

/// Compares the outcome with the record. Panics with the difference, as a step must.
pub(crate) fn compare(feature: &str, scenario: &str, outcome: &KerberosOutcome) {
    let name = snapshot_name(feature, scenario);
    claim(&mut COMPARED.lock().unwrap_or_else(PoisonError::into_inner), &name, scenario);
    let records = RECORDS.get_or_init(Records::default);
    let recorded = records.read(&name);
    let Some(new) = difference(&name, scenario, recorded.as_deref(), outcome) else { return };
    if let Some(folder) = &records.update {
        must(fs::create_dir_all(folder));
        must(fs::write(folder.join(format!("{name}.snap")), new));
        return;
    }
    let Some(recorded) = recorded else { panic!("{name}: no record: run with --update-records") };
    let (old, new) = (body_of(&recorded).unwrap_or_default(), body_of(&new).unwrap_or_default());
    let diff = TextDiff::from_lines(old, new);
    panic!(
        "{}{name}: the outcome is not the record:\n{}",
        in_words(old, outcome),
        diff.unified_diff().header("record", "outcome")
    );
}

/// The differences in words, as a paragraph. Empty if the record is no outcome.
fn in_words(record: &str, outcome: &KerberosOutcome) -> String {
    let expected: Option<KerberosOutcome> = serde_saphyr::from_str(record).ok();
    let said = expected.map(|expected| outcome.differences(&expected)).unwrap_or_default();
    if said.is_empty() { String::new() } else { said.join("\n") + "\n\n" }
}

/// The record that `insta` would write in place of this one, if they differ.
///
/// `insta` works in a folder of its own. So it writes nothing beside the records, and needs none.
fn difference(
    name: &str,
    scenario: &str,
    recorded: Option<&str>,
    outcome: &KerberosOutcome,
) -> Option<String> {
    let folder = must(TempDir::new());
    if let Some(text) = recorded {
        must(fs::write(folder.path().join(format!("{name}.snap")), text));
    }
    let compared = catch_unwind(AssertUnwindSafe(|| {
        insta::with_settings!({
            snapshot_path => folder.path(),
            prepend_module_to_snapshot => false,
            omit_expression => true,
            description => scenario,
        }, {
            insta::assert_yaml_snapshot!(name, outcome);
        });
    }));
    compared.err().map(|_| {
        let new = must(fs::read_to_string(folder.path().join(format!("{name}.snap.new"))));
        // It says where in our code the comparison is, and changes with it.
        let lines = new.lines().filter(|line| !line.starts_with("assertion_line: "));
        lines.flat_map(|line| [line, "\n"]).collect()
    })
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

/// The carried records that no scenario of a whole run compared. Records of scenarios about
/// another Samba version do not count.
pub(crate) fn unreferenced(features: &[Feature]) -> Vec<String> {
    let others = SambaVersion::ALL.into_iter().filter(|other| *other != samba());
    let elsewhere: BTreeSet<_> = others.flat_map(|other| records_about(other, features)).collect();
    let left_out = &elsewhere - &records_about(samba(), features);
    let compared = COMPARED.lock().unwrap_or_else(PoisonError::into_inner);
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = SHIPPED.files().filter_map(|file| stem(file.path())).collect();
    names.retain(|name| !compared.contains_key(name) && !left_out.contains(name));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every record that the program carries is an outcome, or a failure would lack the words.
    #[test]
    fn a_record_is_read_as_the_outcome_that_it_is() {
        let mut read = 0;
        for file in SHIPPED.files().filter(|file| file.path().extension().is_some()) {
            let body = body_of(file.contents_utf8().unwrap()).unwrap();
            let outcome: KerberosOutcome = serde_saphyr::from_str(body)
                .unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
            assert_eq!(in_words(body, &outcome), "", "{}", file.path().display());
            read += 1;
        }
        assert!(read > 100, "only {read} records");
    }

    #[test]
    fn a_difference_begins_with_its_words() {
        let record = SHIPPED.get_file("article-failure.snap");
        let record = record.or_else(|| SHIPPED.files().next()).unwrap().contents_utf8().unwrap();
        let body = body_of(record).unwrap();
        let mut outcome: KerberosOutcome = serde_saphyr::from_str(body).unwrap();
        outcome.target = "other".to_owned();
        let said = in_words(body, &outcome);
        assert!(said.starts_with("the client connected to other, expected "), "{said}");
        assert!(said.ends_with("\n\n") && in_words("", &outcome).is_empty());
    }

    #[test]
    #[should_panic(expected = "have one record")]
    fn two_titles_do_not_share_a_record() {
        let mut compared = BTreeMap::new();
        claim(&mut compared, "f__it-works", "It works");
        claim(&mut compared, "f__it-works", "It works");
        claim(&mut compared, "f__it-works", "It: works!");
    }
}
