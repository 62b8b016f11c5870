//! Holds the code to ARCHITECTURE.md: which room may know which, and which licences come in.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Licences that a dependency may have, as they stand in an SPDX expression.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What draws an attempt has neither a lab nor a command line.
const NOT_IN_A_PICTURE: &[&str] = &[
    "spnfix",
    "winrm",
    "spnlab",
    "spnlab-agent",
    "spnlab-engineer",
    "spnlab-scenarios",
    "cucumber",
    "insta",
    "clap",
    "tokio",
    "testcontainers",
    "bollard",
];

/// For each room: crates that it must not depend on, directly.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "spnfix",
        &[
            "spnlab-agent",
            "spnlab-harness",
            "spnlab-engineer",
            "spnlab-lessons",
            "spnlab",
            "spnlab-scenarios",
            "winrm",
            "testcontainers",
            "cucumber",
            "insta",
        ],
    ),
    (
        "winrm",
        &[
            "spnfix",
            "spnlab-agent",
            "spnlab-harness",
            "spnlab-engineer",
            "spnlab-lessons",
            "spnlab",
            "spnlab-scenarios",
            "testcontainers",
        ],
    ),
    (
        "spnlab-harness",
        &[
            "spnfix",
            "winrm",
            "spnlab-engineer",
            "spnlab-lessons",
            "spnlab",
            "spnlab-scenarios",
            "cucumber",
            "clap",
            "insta",
        ],
    ),
    (
        "spnlab-scenarios",
        &["winrm", "spnlab", "spnlab-agent", "rustyline", "testcontainers", "bollard"],
    ),
    (
        "spnlab-agent",
        &[
            "spnfix",
            "winrm",
            "spnlab-harness",
            "spnlab-engineer",
            "spnlab-lessons",
            "spnlab",
            "spnlab-scenarios",
            "testcontainers",
        ],
    ),
    (
        "spnlab-sockets",
        &[
            "spnfix",
            "winrm",
            "spnlab-agent",
            "spnlab-harness",
            "spnlab-engineer",
            "spnlab-lessons",
            "spnlab",
            "spnlab-scenarios",
            "testcontainers",
        ],
    ),
    (
        "spnlab-lessons",
        &[
            "spnfix",
            "spnlab-engineer",
            "spnlab",
            "spnlab-agent",
            "spnlab-scenarios",
            "winrm",
            "cucumber",
            "insta",
            "clap",
            "rustyline",
            "testcontainers",
            "bollard",
        ],
    ),
    (
        "spnlab-console",
        &[
            "spnlab",
            "spnlab-agent",
            "spnlab-scenarios",
            "winrm",
            "cucumber",
            "insta",
            "clap",
            "rustyline",
            "testcontainers",
            "bollard",
        ],
    ),
    (
        "spnlab-engineer",
        &[
            "spnlab",
            "spnlab-lessons",
            "spnlab-agent",
            "spnlab-scenarios",
            "winrm",
            "cucumber",
            "insta",
            "clap",
            "rustyline",
            "testcontainers",
            "bollard",
        ],
    ),
    ("spnlab-illustrate", NOT_IN_A_PICTURE),
    ("spnlab-picture", NOT_IN_A_PICTURE),
    ("spnlab-report", NOT_IN_A_PICTURE),
    (
        "spnlab",
        &[
            "spnlab-scenarios",
            "spnlab-agent",
            "winrm",
            "cucumber",
            "insta",
            "testcontainers",
            "bollard",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Direct dependencies of every room, with or without those that only its tests have.
fn rooms(metadata: &Value, tests: bool) -> BTreeMap<String, BTreeSet<String>> {
    let members: Vec<&Value> = metadata["workspace_members"].as_array().unwrap().iter().collect();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .filter(|package| members.contains(&&package["id"]))
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let names = dependencies
                .iter()
                .filter(|d| tests || d["kind"].as_str() != Some("dev"))
                .map(|d| d["name"].as_str().unwrap().to_owned());
            (package["name"].as_str().unwrap().to_owned(), names.collect())
        })
        .collect()
}

#[test]
fn no_room_knows_what_it_must_not() {
    let rooms = rooms(&metadata(), false);
    for (room, forbidden) in FORBIDDEN {
        let known = rooms.get(*room).unwrap_or_else(|| panic!("no room {room}"));
        for other in *forbidden {
            assert!(!known.contains(*other), "{room} must not know {other}");
        }
    }
    assert_eq!(rooms.len(), FORBIDDEN.len(), "a room has no rule");
}

/// The judge is not built from the accused, and neither are its tests.
#[test]
fn judge_and_accused_know_each_other_in_no_test() {
    let rooms = rooms(&metadata(), true);
    assert!(rooms["spnlab-harness"].contains("proptest"), "dependencies of tests are missing");
    for (room, other) in [("spnlab-harness", "spnfix"), ("spnfix", "spnlab-harness")] {
        assert!(!rooms[room].contains(other), "the tests of {room} must not know {other}");
    }
}

#[test]
fn the_fix_library_knows_no_name_of_the_lab() {
    // Examples may say contoso.com, the domain of the article; passwords and accounts of the lab
    // have no place in the library.
    for file in sources(&root().join("fix/src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for word in ["Training-", "org.spnlab", "docker", "testcontainers"] {
            assert!(!text.contains(word), "{} names {word}", file.display());
        }
    }
}

#[test]
fn no_step_of_a_scenario_sleeps() {
    for file in sources(&root().join("scenarios/src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("sleep"), "{} sleeps", file.display());
    }
}

#[test]
fn every_dependency_has_a_licence_that_we_take() {
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence =
            package["license"].as_str().unwrap_or_else(|| panic!("{name} has no licence"));
        assert!(acceptable(licence), "{name}: {licence}");
    }
}

/// Whether one alternative of an SPDX expression consists of licences that we take. Old crates
/// write `/` for OR.
fn acceptable(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    expression.split(" OR ").any(|alternative| {
        alternative.split(" AND ").all(|licence| LICENCES.contains(&licence.trim()))
    })
}

#[test]
fn licence_expressions_are_read_as_meant() {
    assert!(acceptable("MIT/Apache-2.0"));
    assert!(acceptable("GPL-3.0 OR MIT"));
    assert!(acceptable("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!acceptable("GPL-3.0"));
    assert!(!acceptable("MIT AND GPL-3.0"));
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The words that look like an error's code; a code that carries LDAP's number is one for all
/// numbers.
fn codes(text: &str) -> BTreeSet<String> {
    let part_of_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    text.split(|c| !part_of_code(c))
        .filter(|word| word.starts_with("SPNLAB-") || word.starts_with("SPNFIX-"))
        .map(|word| if word.starts_with("SPNFIX-LDAP-") { "SPNFIX-LDAP" } else { word })
        .map(|word| word.trim_end_matches('-').to_owned())
        .filter(|word| word.contains('-'))
        .collect()
}

#[test]
fn every_error_s_code_is_in_the_table() {
    let mut used = BTreeSet::new();
    for folder in [
        "harness/src",
        "fix/src",
        "lab/console/src",
        "lab/engineer/src",
        "lab/lessons/src",
        "lab/spnlab/src",
        "lab/winrm/src",
        "scenarios/src",
        "ci",
    ] {
        for file in files(&root().join(folder)) {
            used.extend(codes(&std::fs::read_to_string(&file).unwrap_or_default()));
        }
    }
    assert!(used.len() > 50, "only {used:?}");
    let told = codes(&std::fs::read_to_string(root().join("docs/exit-codes.md")).unwrap());
    let untold: Vec<_> = used.difference(&told).collect();
    let gone: Vec<_> = told.difference(&used).collect();
    assert!(untold.is_empty(), "docs/exit-codes.md does not tell of {untold:?}");
    assert!(gone.is_empty(), "docs/exit-codes.md tells of {gone:?}, which no program uses");
}
