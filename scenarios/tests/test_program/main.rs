//! `spnlab test` without a lab: what it refuses, with which exit status and words, and its list.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

mod ran;

use serde_json::Value;

use ran::{Desk, ran};

const UNKNOWN: &str = "\
Feature: Our own client
  Scenario: It connects
    Given a healthy laboratory
    When the user connect to \"mem1.contoso.com\"
";

#[test]
fn what_cannot_be_run_is_refused_with_a_next_step() {
    let desk = Desk::new();
    desk.write("own/own.feature", UNKNOWN);
    desk.write("broken/broken.feature", "Feature: f\n  Scenario: s\n    Given a\n  So what\n");
    desk.write("results.json", "{}");
    let tags = "no scenario has the tag @smoek; the nearest is @smoke";
    for (words, status, code, says) in [
        (&["--tags", "@smoek"][..], 14, "SPNLAB-NOTHING-SELECTED", tags),
        (&["--name", "no such title"], 14, "SPNLAB-NOTHING-SELECTED", "spnlab test --list"),
        (&["--features", "nowhere"], 2, "SPNLAB-FEATURES", "nowhere: No such file"),
        (&["--features", "broken"], 2, "SPNLAB-FEATURES", "broken.feature:5: "),
        (
            &["--features", "own"],
            2,
            "SPNLAB-UNKNOWN-STEP",
            "own/own.feature:3: Given a healthy lab",
        ),
        (&["--update-records", "--tags", "@smoke"], 2, "SPNLAB-NO-RECORDS", "--records DIR"),
        (&["merge", "results.json"], 2, "SPNLAB-RESULTS", "spnlab test --json FILE"),
        (&["merge", "nowhere.json"], 9, "SPNLAB-IO", "nowhere.json"),
    ] {
        let ran = desk.run(words);
        assert_eq!(ran.status, Some(status), "{words:?}: {ran:?}");
        assert!(ran.stderr.starts_with(&format!("error [{code}]: ")), "{words:?}: {ran:?}");
        assert!(ran.stderr.contains("\nhint: ") && ran.stderr.contains(says), "{words:?}: {ran:?}");
        assert_eq!(ran.stdout, "", "{words:?}");
    }
    for words in [
        &["--shard", "3/2"][..],
        &["--labs", "0"],
        &["--samba", "4.9"],
        &["--client-program", "nowhere"],
        &["--nonsense"],
    ] {
        let ran = desk.run(words);
        assert_eq!(ran.status, Some(2), "{words:?}: {ran:?}");
        assert!(ran.stderr.starts_with("error: "), "{words:?}: {ran:?}");
    }
}

#[test]
fn an_unknown_step_names_the_nearest_known_ones() {
    let desk = Desk::new();
    desk.write("own/own.feature", UNKNOWN);
    let said = desk.run(&["--features", "own"]).stderr;
    let (first, second) = said.split_once("own.feature:4").unwrap();
    assert!(first.contains("\n    Given a healthy lab\n"), "{said}");
    assert!(second.contains("\n    When the user connects to {string}\n"), "{said}");
}

#[test]
fn no_engine_has_the_status_of_the_engine() {
    let desk = Desk::new();
    let mut command = desk.command(&["--tags", "@smoke"]);
    let ran = ran(command.env("DOCKER_HOST", "unix:///nonexistent"));
    assert_eq!(ran.status, Some(3), "{ran:?}");
    assert!(ran.stderr.starts_with("error [SPNLAB-DOCKER-UNREACHABLE]: "), "{ran:?}");
}

#[test]
fn what_this_machine_cannot_run_is_told_and_is_no_success() {
    let desk = Desk::new();
    let mut command = desk.command(&["--name", "In the capture of a visit that the web site"]);
    let ran = ran(command.env("PATH", "/nonexistent"));
    assert_eq!(ran.status, Some(14), "{ran:?}");
    let lines: Vec<_> = ran.stdout.lines().collect();
    let told =
        |line: &&str| line.starts_with("not run In") && line.ends_with(": tshark is not installed");
    assert!(lines.len() == 2 && lines.iter().all(told), "{ran:?}");
    assert!(ran.stderr.starts_with("error [SPNLAB-NOTHING-SELECTED]: "), "{ran:?}");
}

#[test]
fn the_list_is_the_same_for_people_and_for_programs() {
    let desk = Desk::new();
    let lines = desk.run(&["--list", "--tags", "@smoke"]);
    let document: Value =
        serde_json::from_str(&desk.run(&["--list", "--json", "--tags", "@smoke"]).stdout).unwrap();
    let line = |one: &Value| {
        let text = |field: &str| one[field].as_str().unwrap().to_owned();
        format!("{}:{}  {}", text("file"), one["line"], text("scenario"))
    };
    let listed: Vec<_> = document.as_array().unwrap().iter().map(line).collect();
    assert!(listed.len() > 5, "{listed:?}");
    assert_eq!(lines.stdout.lines().collect::<Vec<_>>(), listed);
}

#[test]
fn shards_list_each_scenario_once() {
    let desk = Desk::new();
    let list = |words: &[&str]| -> Vec<String> {
        desk.run(&[&["--list"], words].concat()).stdout.lines().map(str::to_owned).collect()
    };
    let mut union: Vec<_> =
        ["1/3", "2/3", "3/3"].into_iter().flat_map(|shard| list(&["--shard", shard])).collect();
    let mut whole = list(&[]);
    assert!(whole.len() > 300, "{}", whole.len());
    union.sort();
    whole.sort();
    assert_eq!(union, whole);
}
