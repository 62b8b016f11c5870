//! The program as a script runs it, without Docker: a wrong command line, an output that takes
//! nothing, and what `doctor`, `trace` and `events` say.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::fs::File;
use std::path::Path;
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

/// The status and the document of `spnlab doctor`, with this variable.
fn doctor_without_docker(variable: &str, folder: &Path) -> (Option<i32>, serde_json::Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spnlab"));
    command.env("DOCKER_HOST", "unix:///no/such/socket").env(variable, folder);
    let ran = command.args(["doctor", "--json"]).output().unwrap();
    (ran.status.code(), serde_json::from_slice(&ran.stdout).unwrap())
}

#[test]
fn doctor_says_what_is_wrong_also_without_docker() {
    let state = tempfile::tempdir().unwrap();
    let (status, document) = doctor_without_docker("XDG_STATE_HOME", state.path());
    assert_eq!(status, Some(3));
    assert_eq!(document["data"]["ready"], false);
    let checks = document["data"]["checks"].as_array().unwrap();
    let docker = checks.iter().find(|check| check["check"] == "docker").unwrap();
    assert_eq!(
        (&docker["result"], &docker["code"]),
        (&"error".into(), &"SPNLAB-DOCKER-UNREACHABLE".into())
    );
    assert!(docker["next"].as_str().unwrap().contains("DOCKER_HOST"), "{docker}");
    for other in ["memory", "programs", "locks", "state", "evidence"] {
        assert!(checks.iter().any(|check| check["check"] == other), "{other} was not checked");
    }
}

#[test]
fn the_last_connection_is_told_from_its_evidence() {
    let evidence = tempfile::tempdir().unwrap();
    let run = evidence.path().join("2026-01-02T030405.000000Z-connect-x-1");
    std::fs::create_dir(&run).unwrap();
    let attempts = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts");
    std::fs::copy(format!("{attempts}/ap-refused.json"), run.join("connect.json")).unwrap();
    std::fs::write(run.join("connect.events.txt"), "").unwrap();
    let says = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spnlab"));
        command.env("SPNLAB_EVIDENCE", evidence.path()).args(words);
        let ran = command.output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
    };
    let (status, alone) = says(&["trace", "--name", "x"]);
    let (_, with_wire) = says(&["trace", "--name", "x", "--wire"]);
    assert_eq!(status, Some(0));
    for fact in ["encrypted for  svc_web", "CLIENT → MEM1    AP-REQ"] {
        assert!(alone.contains(fact), "{fact}\n{alone}");
    }
    let line = "KerberosV5:KRB_ERROR - KRB_AP_ERR_MODIFIED (41)";
    assert!(with_wire.starts_with(&alone) && with_wire.contains(line), "{with_wire}");
    assert!(!alone.contains(line), "{alone}");
    assert_eq!(says(&["events", "--name", "y"]), (Some(9), String::new()));
}

#[test]
fn the_program_alone_says_which_others_belong_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let (_, document) = doctor_without_docker("SPNLAB_PROGRAMS", folder.path());
    let checks = document["data"]["checks"].as_array().unwrap();
    let programs = checks.iter().find(|check| check["check"] == "programs").unwrap();
    assert_eq!(programs["code"], "SPNLAB-PROGRAM-MISSING");
    let next = programs["next"].as_str().unwrap();
    let names =
        ["spnlab-agent", "winrmd", "winrm-client", "setspn", "libspnlab_sockets.so", "ci/setup"];
    assert!(names.iter().all(|name| next.contains(name)), "{next}");
}
