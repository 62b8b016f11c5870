//! The program as a script runs it: a wrong command line, and an output that takes nothing.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::fs::File;
use std::process::{Command, Output, Stdio};

fn spnlab(words: &[&str], stdout: Stdio) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spnlab"));
    command.args(words).stdin(Stdio::null()).stdout(stdout).output().unwrap()
}

#[test]
fn a_wrong_argument_is_also_a_document() {
    let ran = spnlab(&["status", "--nope", "--json"], Stdio::piped());
    assert_eq!(ran.status.code(), Some(2));
    let document: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(document["error"]["code"], "SPNLAB-USAGE");
    assert!(document["error"]["message"].as_str().unwrap().contains("--nope"), "{document}");
    let plain = spnlab(&["status", "--nope"], Stdio::piped());
    assert!(plain.stdout.is_empty() && !plain.stderr.is_empty());
}

#[test]
fn the_help_names_the_variables() {
    let ran = spnlab(&["--help"], Stdio::piped());
    let help = String::from_utf8(ran.stdout).unwrap();
    for variable in ["SPNLAB_NAME", "SPNLAB_EVIDENCE", "SPNLAB_SUBNETS", "SPNLAB_PROGRAMS"] {
        assert!(help.contains(variable), "{help}");
    }
}

#[test]
fn an_output_that_is_full_is_no_panic() {
    for words in [&["--help"][..], &["status", "--nope", "--json"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ran = spnlab(words, full.into());
        assert_ne!(ran.status.code(), Some(101), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}
