//! `spnlab test` with labs, in a folder that has nothing of the checkout.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "test_program/ran.rs"]
mod ran;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use spnlab_harness::{Lab, list_labs, remove_labs};

use ran::{Desk, ran};

/// What one run says and what the other may say otherwise.
fn without_durations(mut results: Value) -> Value {
    match &mut results {
        Value::Object(fields) => {
            fields.remove("duration");
            for field in fields.values_mut() {
                *field = without_durations(field.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_durations(item.take());
            }
        }
        _ => {}
    }
    results
}

fn results(file: &Path) -> Value {
    without_durations(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

#[test]
fn shards_merge_to_what_one_run_says() {
    let desk = Desk::new();
    for words in [
        &["--json", "one.json"][..],
        &["--json", "1.json", "--shard", "1/2"],
        &["--json", "2.json", "--shard", "2/2"],
    ] {
        let ran = desk.run(&[&["--tags", "@smoke", "--labs", "2"], words].concat());
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(ran.stdout.lines().last().unwrap().ends_with(" passed, 0 failed, 0 skipped"));
    }
    let merged = desk.run(&["merge", "1.json", "2.json", "-o", "merged.json"]);
    assert_eq!(merged.status, Some(0), "{merged:?}");
    assert_eq!(results(&desk.path().join("merged.json")), results(&desk.path().join("one.json")));
}

/// With cucumber's own tag, which repeats nothing here.
const OWN: &str = "\
@retry
Feature: Our own client
  Background:
    Given a healthy lab
    When the user connects to \"mem1.contoso.com\"

  Scenario: Its outcome
    Then the Kerberos outcome matches the record

  @wrong
  Scenario: What it asks for
    Then the client asked for \"HTTP/elsewhere.contoso.com\"
";

#[test]
fn a_record_is_missing_until_it_is_written_and_then_compared() {
    let desk = Desk::new();
    desk.write("own/own.feature", OWN);
    let run = |words: &[&str]| {
        let own = ["--features", "own", "--tags", "not @wrong", "--labs", "1"];
        desk.run(&[&own, words].concat())
    };
    let missing = run(&[]);
    assert_eq!(missing.status, Some(13), "{missing:?}");
    assert!(missing.stdout.contains("no record: run with --update-records"), "{missing:?}");
    assert!(!desk.path().join("own/records").exists());

    assert_eq!(run(&["--update-records"]).status, Some(0));
    let record = desk.path().join("own/records/own__its-outcome.snap");
    let text = std::fs::read_to_string(&record).unwrap();
    assert!(text.starts_with("---\nsource: ") && text.contains("requested_spn: HTTP/mem1"));

    let again = run(&["--repeat", "2"]);
    assert_eq!(again.status, Some(0), "{again:?}");
    assert!(again.stdout.ends_with("scenarios: 2 passed, 0 failed, 0 skipped\n"), "{again:?}");

    std::fs::write(&record, text.replace("HTTP/mem1", "HTTP/other")).unwrap();
    let differs = run(&[]);
    assert_eq!(differs.status, Some(13), "{differs:?}");
    assert!(differs.stdout.contains("+requested_spn: HTTP/mem1"), "{differs:?}");

    // Both scenarios would fail.
    let first = desk.run(&["--features", "own", "--labs", "1", "--fail-fast"]);
    assert_eq!(first.status, Some(13), "{first:?}");
    assert!(first.stdout.ends_with("scenarios: 0 passed, 1 failed, 1 skipped\n"), "{first:?}");
}

#[tokio::test]
async fn the_lab_of_a_failed_scenario_stays_if_it_was_asked_for() {
    let desk = Desk::new();
    desk.write("own/own.feature", OWN);
    let ran =
        desk.run(&["--features", "own", "--tags", "@wrong", "--labs", "1", "--keep-on-failure"]);
    assert_eq!(ran.status, Some(13), "{ran:?}");
    assert!(ran.stdout.contains("own/own.feature:11: What it asks for"), "{ran:?}");
    assert!(ran.stdout.contains("->   Then the client asked for"), "{ran:?}");
    let (_, rest) = ran.stdout.split_once("spnlab status --name ").unwrap();
    let name = rest.lines().next().unwrap();
    // The list removes what killed programs left behind. This lab is none of that.
    let listed = list_labs().await.unwrap().into_iter().any(|lab| lab.name == name);
    let found = Lab::attach(name).await.map(drop);
    remove_labs(Some(name)).await.unwrap();
    assert!(listed && found.is_ok(), "{name}: {found:?}");
}

/// The examples of docs/own-parts.md stand beside the checkout's crates.
#[test]
fn curl_is_judged_in_place_of_the_labs_own_client() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let example = |name: &str| examples.join(name).to_str().unwrap().to_owned();
    let (curl, features) = (example("client-curl"), example("own-client"));
    let desk = Desk::new();
    let ran = desk.run(&["--client-program", &curl, "--features", &features, "--labs", "1"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.stdout.ends_with("scenarios: 3 passed, 0 failed, 0 skipped\n"), "{ran:?}");
}

#[test]
fn a_lab_that_does_not_start_ends_the_run() {
    let desk = Desk::new();
    let programs = Path::new(env!("CARGO_BIN_EXE_spnlab-test")).parent().unwrap();
    for name in ["spnlab-agent", "winrm-client", "setspn", "libspnlab_sockets.so"] {
        std::os::unix::fs::symlink(programs.join(name), desk.path().join(name)).unwrap();
    }
    std::fs::copy("/bin/false", desk.path().join("winrmd")).unwrap();
    let mut command = desk.command(&["--tags", "@smoke", "--labs", "1"]);
    let ran = ran(command.env("SPNLAB_PROGRAMS", desk.path()));
    assert_eq!(ran.status, Some(5), "{ran:?}");
    assert!(ran.stderr.contains("\nerror [SPNLAB-"), "{ran:?}");
    assert!(ran.stderr.contains("\nhint: "), "{ran:?}");
}

#[tokio::test]
async fn an_interrupted_run_leaves_what_was_played_and_no_lab() {
    let desk = Desk::new();
    let words = ["--tags", "@smoke", "--labs", "1", "--json", "r.json", "--junit", "j.xml"];
    let mut command = desk.command(&words);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let played = lines.find(|line| line.starts_with("ok ")).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let rest: Vec<_> = lines.collect();
    let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.contains("\nerror [SPNLAB-INTERRUPTED]: "), "{said}");
    assert!(rest.iter().any(|line| line.starts_with("not played: ")), "{rest:?}");
    // The line has the title: `ok      FILE: TITLE (SECONDS s)`.
    let title = played.split_once(": ").unwrap().1.rsplit_once(" (").unwrap().0;
    for file in ["r.json", "j.xml"] {
        let text = std::fs::read_to_string(desk.path().join(file)).unwrap();
        assert!(text.contains(title), "{file}: {text}");
    }
    let line = said.lines().find(|line| line.contains(": ready after ")).unwrap();
    let name = line.split([' ', ':']).nth(1).unwrap();
    let labs = list_labs().await.unwrap();
    assert!(!labs.iter().any(|lab| lab.name == name), "{labs:?}");
}
