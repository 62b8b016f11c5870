//! A record of another Samba is there because that Samba does otherwise, or because a scenario is
//! about that one alone, and for no other reason.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use spnlab_harness::SambaVersion;
use spnlab_scenarios::{body_of, features_at, records_about};

/// What the records of a folder say, by name.
type Records = BTreeMap<String, String>;

fn records_in(folder: &Path) -> Records {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let records = files.filter(|path| path.extension().is_some_and(|end| end == "snap"));
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    records.map(|path| (name(&path), body(&path))).collect()
}

/// What a record says, without the head that `insta` writes.
fn body(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    body_of(&text).unwrap_or_default().to_owned()
}

/// Whose folder this is: each Samba but the newest may have one.
fn owner(folder: &str) -> Option<SambaVersion> {
    let version = folder.strip_prefix("samba-").and_then(SambaVersion::named);
    version.filter(|one| *one != SambaVersion::default())
}

/// What is wrong with one Samba's own records, given the common ones and the names that scenarios
/// about this Samba and about others have.
fn wrong(
    own: &Records,
    common: &Records,
    here: &BTreeSet<String>,
    elsewhere: &BTreeSet<String>,
) -> Vec<String> {
    let judge = |(name, says): (&String, &String)| {
        let what = match common.get(name) {
            _ if !here.contains(name) => "no scenario about this Samba has this title",
            _ if says.is_empty() => "it says nothing",
            Some(_) if !elsewhere.contains(name) => "nobody compares the common record",
            Some(other) if other == says => "it says what the common record says",
            None if elsewhere.contains(name) => "the other Sambas have no record",
            _ => return None,
        };
        Some(format!("{name}: {what}"))
    };
    own.iter().filter_map(judge).collect()
}

#[test]
fn a_record_of_another_samba_has_its_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let features = features_at(&root.join("../features")).unwrap();
    let common = records_in(&root.join("snapshots"));
    assert!(common.len() > 50, "only {} records were found", common.len());
    for entry in std::fs::read_dir(root.join("snapshots")).unwrap().map(Result::unwrap) {
        if !entry.file_type().unwrap().is_dir() {
            continue;
        }
        let folder = entry.file_name().into_string().unwrap();
        let samba = owner(&folder).unwrap_or_else(|| panic!("{folder}: whose is it?"));
        let others = SambaVersion::ALL.into_iter().filter(|other| *other != samba);
        let elsewhere = others.flat_map(|other| records_about(other, &features)).collect();
        let here = records_about(samba, &features);
        let wrong = wrong(&records_in(&entry.path()), &common, &here, &elsewhere);
        assert!(wrong.is_empty(), "{folder}: {wrong:#?}");
    }
}

#[test]
fn only_another_samba_than_the_newest_has_a_folder() {
    assert_eq!(owner("samba-4.17"), Some(SambaVersion::V4_17));
    for nobody in ["samba-4.22", "samba-4.1", "4.17", "old"] {
        assert_eq!(owner(nobody), None, "{nobody}");
    }
}

/// What is wrong with one record, for a scenario about both Sambas (`true`) or about this one.
fn verdict(own: &str, common: Option<&str>, both: bool) -> Vec<String> {
    let name = || String::from("f__it");
    let common = common.map(|says| (name(), says.to_owned())).into_iter().collect();
    let elsewhere = both.then(name).into_iter().collect();
    wrong(&[(name(), own.to_owned())].into(), &common, &[name()].into(), &elsewhere)
}

#[test]
fn a_record_differs_or_is_of_a_scenario_about_this_samba_alone() {
    assert_eq!(verdict("41", Some("7"), true), Vec::<String>::new());
    assert_eq!(verdict("41", None, false), Vec::<String>::new());
}

#[test]
fn a_record_without_a_reason_is_told_of() {
    let same = verdict("7", Some("7"), true);
    assert_eq!(same, ["f__it: it says what the common record says"]);
    assert_eq!(verdict("", Some("7"), true), ["f__it: it says nothing"]);
    assert_eq!(verdict("41", None, true), ["f__it: the other Sambas have no record"]);
    assert_eq!(verdict("41", Some("7"), false), ["f__it: nobody compares the common record"]);
    let [own, none] = [[(String::from("f__it"), String::from("41"))].into(), Records::new()];
    let nobody = BTreeSet::new();
    let gone = wrong(&own, &none, &nobody, &nobody);
    assert_eq!(gone, ["f__it: no scenario about this Samba has this title"]);
}
