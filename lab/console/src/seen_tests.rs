//! Logs of labs, and what the page shows of them.

use spnlab_picture::DoorState;

use super::*;
use crate::log::Done;

/// The log of a lab in which each of these lines has, or has not, a recorded attempt. Each ended a
/// second after the one before.
pub(crate) fn lines(told: &[(&str, Option<&str>)]) -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts");
    let second = |at: usize| Time::EPOCH.after(std::time::Duration::from_secs(at as u64));
    let line = |(at, (line, attempt)): (usize, &(&str, Option<&str>))| {
        let seen = attempt.map(|name| {
            let kind = if name.starts_with("web") { "visit" } else { "connection" };
            let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
            serde_json::from_str(&format!(r#"{{"{kind}": {text}}}"#)).unwrap()
        });
        let done = Done {
            began: second(at),
            time: second(at + 1),
            line: (*line).to_owned(),
            who: "ann".to_owned(),
            status: 0,
            seen,
        };
        serde_json::to_string(&done).unwrap()
    };
    told.iter().enumerate().map(line).collect()
}

fn watched(told: &[(&str, Option<&str>)]) -> Watched {
    let mut watched = Watched::default();
    // Each line comes by itself, as in a lab.
    for line in lines(told) {
        watched.story.take(&[line]);
    }
    watched
}

fn now(watched: &mut Watched, spns: &SpnInventory, millis: u64) -> Seen {
    let now = Time::EPOCH.after(std::time::Duration::from_millis(millis));
    watched.directory(Some(spns.clone()), now);
    watched.seen()
}

const ARTICLE: [(&str, Option<&str>); 4] = [
    ("spnlab connect", Some("accepted")),
    ("spnlab break article", None),
    ("spnlab browse", Some("web-accepted")),
    ("spnlab connect", Some("ap-refused")),
];

#[test]
fn the_last_attempt_is_shown_with_what_changed_and_what_was_done_since() {
    let mut told = watched(&ARTICLE);
    let seen = told.seen();
    let last = seen.last.as_ref().unwrap();
    assert!(last.since.is_empty() && last.scene.sentence.contains("wrong door"));
    let state = |door: &Option<Asked>| door.as_ref().map(|door| (door.state, door.stale));
    assert_eq!(state(&seen.doors[0]), Some((DoorState::Refused, false)));
    assert_eq!(state(&seen.doors[1]), Some((DoorState::Opened, false)));
    assert_eq!(seen.changes, None, "the directory has not answered");
    // The visit and the connection have one directory, so a change is one since the last.
    let spns = told.story.compared[0].clone().unwrap().spns;
    let changes = now(&mut told, &spns, 0).changes.unwrap();
    assert!(changes.lines.iter().all(|one| one.came), "{changes:?}");
    let changes = now(&mut told, &SpnInventory::default(), 0).changes.unwrap();
    assert!(changes.since == "the last attempt" && !changes.lines.is_empty());
    let spelled = |one: &Changed| spns.0[&one.account].contains(&one.spn);
    assert!(changes.lines.iter().all(spelled), "not as it was written: {changes:?}");
    let told =
        watched(&[&ARTICLE[..], &[("spnlab reset", None), ("spnlab setspn -q x", None)]].concat());
    let seen = told.seen();
    assert_eq!(seen.last.as_ref().unwrap().since, ["spnlab reset"]);
    assert_eq!(state(&seen.doors[1]), Some((DoorState::Opened, true)));
}

#[test]
fn a_change_names_its_time_and_the_line_that_was_at_work() {
    let healthy = watched(&ARTICLE[..1]).story.compared[0].clone().unwrap().spns;
    let broken = watched(&ARTICLE).story.compared[0].clone().unwrap().spns;
    let by = |told: &[(&str, Option<&str>)], millis: u64| {
        let mut watched = watched(told);
        now(&mut watched, &healthy, 0);
        let changes = now(&mut watched, &broken, millis).changes.unwrap();
        assert!(!changes.lines.is_empty());
        changes.lines[0].by.clone()
    };
    // It ended at the second second.
    let one = [ARTICLE[0], ARTICLE[1]];
    assert_eq!(by(&one, 1500).as_deref(), Some("00:00:01, spnlab break article (ann)"));
    assert_eq!(by(&one, 2400).as_deref(), Some("00:00:02, spnlab break article (ann)"));
    assert_eq!(by(&one, 9000).as_deref(), Some("00:00:09"), "nobody was at work");
    let mut other = watched(&one);
    now(&mut other, &healthy, 0);
    let what = broken.difference(&healthy);
    now(&mut other, &broken, 9000);
    let seen_at = |second| Time::EPOCH.after(std::time::Duration::from_secs(second));
    other.written(seen_at(8), Vec::new());
    let by_nobody = other.seen().changes.unwrap().lines[0].by.clone();
    assert_eq!(by_nobody.as_deref(), Some("00:00:09"), "that is what another moment has");
    other.written(seen_at(9), Vec::new());
    let by_nobody = other.seen().changes.unwrap().lines[0].by.clone();
    assert_eq!(by_nobody.as_deref(), Some("00:00:09, who is not recorded"));
    other.written(seen_at(9), vec![SpnWrite { by: "eve".to_owned(), lines: what }]);
    let by_eve = other.seen().changes.unwrap().lines[0].by.clone();
    assert_eq!(by_eve.as_deref(), Some("00:00:09, eve over LDAP"));
    let two = [ARTICLE[0], ARTICLE[1], ("spnlab reset", None)];
    assert_eq!(by(&two, 2700).as_deref(), Some("00:00:02, spnlab reset (ann)"));
    // The console did not see the moment.
    let unseen = |told: &[(&str, Option<&str>)]| {
        let changes = now(&mut watched(told), &broken, 0).changes.unwrap();
        changes.lines[0].by.clone()
    };
    assert_eq!(unseen(&one).as_deref(), Some("00:00:02, spnlab break article (ann)"));
    assert_eq!(unseen(&two), None, "either of them can have done it");
}

#[test]
fn another_value_of_the_registry_is_marked() {
    let mut told = watched(&ARTICLE);
    told.registry(Prefix::Unset);
    assert!(!told.seen().new_prefix);
    told.registry(Prefix::Unknown);
    assert!(!told.seen().new_prefix);
    told.registry(Prefix::Set("WSMAN".to_owned()));
    assert!(told.seen().new_prefix);
}

#[test]
fn a_secret_is_not_told_by_a_comparison() {
    let tells = |secret: &'static str| {
        let lines = [("spnlab connect", Some("accepted")), (secret, None)];
        let mut before = watched(&lines);
        let scene = watched(&[&lines[..], &[("spnlab connect", Some("ap-refused"))]].concat());
        let scene = scene.seen().last.unwrap().scene;
        let drawn = !scene.lookup.unwrap().changes.is_empty();
        (now(&mut before, &SpnInventory::default(), 0).changes.is_some(), drawn)
    };
    assert_eq!(tells("spnlab break article"), (true, true));
    assert_eq!(tells("spnlab quiz"), (false, false));
    assert_eq!(tells("spnlab break --secret"), (false, false));
}
