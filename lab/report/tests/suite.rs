//! What a run of the suite leaves: JUnit, summary, annotations, and the page.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::BTreeSet;
use std::path::Path;

use spnlab_report::{Results, Run, Status, annotations, junit, suite_html, summary, write_folder};

const RUN: &str = include_str!("run.json");

fn results() -> Results {
    Results::read([RUN]).unwrap()
}

fn run() -> Run {
    Run {
        exit: Some((1, "scenarios failed".to_owned())),
        facts: vec![("Samba".to_owned(), "4.22".to_owned()), ("seed".to_owned(), "7".to_owned())],
    }
}

/// A run in which so many scenarios failed.
fn failures(count: usize) -> Results {
    let mut results = results();
    let feature = &mut results.features[1];
    let failed = feature.scenarios[0].clone();
    feature.scenarios = (0..count)
        .map(|n| spnlab_report::Scenario { name: format!("Failure {n}"), ..failed.clone() })
        .collect();
    results
}

#[test]
fn a_scenario_is_read_with_its_background_its_reason_and_its_evidence() {
    let results = results();
    let names: Vec<_> = results.scenarios().map(|(_, scenario)| scenario.name.as_str()).collect();
    let healthy = "The healthy host lets the user in";
    assert_eq!(names, ["One", "Two", healthy, "Rule A step that nobody knows"]);
    let (_, failed, failure) = results.failed().next().unwrap();
    assert_eq!(failed.steps.len(), 4);
    assert_eq!(failed.took.as_millis(), 1921);
    assert_eq!(failed.evidence.as_deref(), Some("b/the-healthy-host-lets-the-user-in"));
    assert_eq!(failure.line, 11);
    assert_eq!(failure.code(), Some("KRB_AP_ERR_MODIFIED (41)"));
    let expected = "KRB_AP_ERR_MODIFIED (41) from the endpoint: the ticket was sealed for svc_web, \
                    expected MEM1$. The HTTP status was 401, expected 200.";
    assert_eq!(failure.reason, expected);
    let counts = [Status::Passed, Status::Failed, Status::Skipped].map(|s| results.count(s));
    assert_eq!(counts, [1, 2, 1]);
}

#[test]
fn the_parts_of_a_run_are_the_run() {
    let features: Vec<serde_json::Value> = serde_json::from_str(RUN).unwrap();
    let mut halves = [Vec::new(), Vec::new()];
    for feature in features {
        for (half, parity) in halves.iter_mut().zip([0, 1]) {
            let mut part = feature.clone();
            let elements = part["elements"].as_array_mut().unwrap();
            elements.retain(|one| one["line"].as_u64().unwrap() % 2 == parity);
            half.push(part);
        }
    }
    let halves = halves.map(|half| serde_json::to_string(&half).unwrap());
    let joined = Results::read([halves[1].as_str(), halves[0].as_str()]).unwrap();
    assert_eq!(joined, results());
}

type Names = &'static [&'static str];

/// The rules of Jenkins' junit-10.xsd: the children and the attributes of each element.
const SCHEMA: [(&str, Names, Names, Names); 5] = [
    ("testsuites", &["testsuite"], &[], &["name", "time", "tests", "failures", "errors"]),
    (
        "testsuite",
        &["testsuite", "properties", "testcase", "system-out", "system-err"],
        &["name", "tests", "failures", "errors"],
        &[
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        ],
    ),
    (
        "testcase",
        &["skipped", "error", "failure", "system-out", "system-err"],
        &["name"],
        &["time", "classname", "group"],
    ),
    ("failure", &[], &[], &["type", "message"]),
    ("skipped", &[], &[], &["type", "message"]),
];

#[test]
fn junit_keeps_the_rules_of_jenkins() {
    let text = junit(&results());
    let document = roxmltree::Document::parse(&text).unwrap();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        let Some((_, children, required, optional)) = SCHEMA.iter().find(|one| one.0 == name)
        else {
            assert!(name == "system-out" && node.attributes().len() == 0, "{name}");
            continue;
        };
        for child in node.children().filter(roxmltree::Node::is_element) {
            assert!(children.contains(&child.tag_name().name()), "{name} has {child:?}");
        }
        for one in *required {
            assert!(node.has_attribute(*one), "{name} has no {one}");
        }
        for attribute in node.attributes() {
            let known = required.iter().chain(*optional).any(|one| *one == attribute.name());
            assert!(known, "{name} has {attribute:?}");
            if attribute.name() == "time" {
                let digits = attribute.value().chars().all(|c| c.is_ascii_digit() || c == '.');
                assert!(digits, "{attribute:?}");
            }
        }
    }
}

#[test]
fn junit_has_every_scenario_once_and_its_message_begins_with_the_code() {
    let text = junit(&results());
    let document = roxmltree::Document::parse(&text).unwrap();
    let text_of = |node: &roxmltree::Node<'_, '_>, name| node.attribute(name).unwrap().to_owned();
    let cases: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    let names: BTreeSet<_> =
        cases.iter().map(|case| (text_of(case, "classname"), text_of(case, "name"))).collect();
    assert_eq!((names.len(), cases.len()), (4, 4));
    assert!(names.contains(&("b".to_owned(), "The healthy host lets the user in".to_owned())));
    let mut failures = document.descendants().filter(|node| node.has_tag_name("failure"));
    let failure = failures.next().unwrap();
    let begins = "KRB_AP_ERR_MODIFIED (41) from the endpoint: the ticket was sealed for svc_web";
    assert!(text_of(&failure, "message").starts_with(begins));
    assert_eq!(text_of(&failure, "type"), "KRB_AP_ERR_MODIFIED (41)");
    // What would end a CDATA section, and a character that XML does not have.
    assert!(failure.text().unwrap().contains("+ap: refused ]]> \u{fffd}[31m|"));
    assert_eq!(failures.next().map(|one| text_of(&one, "type")).as_deref(), Some("step"));
    assert_eq!(text.matches("<skipped message=\"tshark is not installed\"/>").count(), 1);
}

#[test]
fn the_summary_says_the_code_and_stays_small() {
    insta::assert_snapshot!(summary(&run(), &results()));
    let many = summary(&run(), &failures(5000));
    assert!(many.len() <= 100 * 1024, "{} bytes", many.len());
    assert!(many.contains(" more failed; the page of the run has them all."), "{many}");
    let green = Results { features: results().features[..1].to_vec() };
    let title = |run: &Run| summary(run, &green).lines().next().unwrap().to_owned();
    assert_eq!(title(&Run::default()), "# spnlab test: 1 passed");
    let exit = Some((130, "interrupted".to_owned()));
    let interrupted = title(&Run { exit, facts: Vec::new() });
    assert_eq!(interrupted, "# spnlab test: exit status 130, no scenario failed");
}

#[test]
fn ten_annotations_point_at_the_steps_that_failed() {
    let text = annotations(&failures(12));
    assert_eq!(text.lines().count(), 10);
    let first = text.lines().next().unwrap();
    let head = "::error file=features/b.feature,line=11,title=Failure 0::KRB_AP_ERR_MODIFIED (41)";
    assert!(first.starts_with(head), "{first}");
    assert!(first.ends_with("%0AThen the Kerberos outcome matches the record"), "{first}");
}

/// A folder of evidence for the scenario that failed, with one attempt.
fn evidence(root: &Path) {
    let folder = root.join("b/the-healthy-host-lets-the-user-in");
    std::fs::create_dir_all(folder.join("below")).unwrap();
    let attempts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../picture/tests/attempts");
    std::fs::copy(attempts.join("ap-refused.json"), folder.join("attempt.json")).unwrap();
    let holders = |text: &str, name| std::fs::write(folder.join(name), text).unwrap();
    holders(r#"{"MEM1$":["HOST/MEM1"]}"#, "spns-before.json");
    holders(r#"{"MEM1$":["HOST/MEM1"],"svc_web":["http/mem1"]}"#, "spns-after.json");
    std::fs::write(folder.join("setspn-1.txt"), "> setspn -Q <img>\n").unwrap();
    std::fs::write(folder.join("below/dc1.log"), "x".repeat(100_000)).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link")).unwrap();
}

#[test]
fn the_page_has_each_scenario_with_its_attempts_and_runs_nothing() {
    let root = tempfile::tempdir().unwrap();
    evidence(root.path());
    let page = suite_html(&run(), &results(), root.path(), true).unwrap();
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&page, options).unwrap();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(!["script", "img", "link", "iframe"].contains(&name), "{name}");
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "{attribute:?}");
            let own = ["#", "evidence/"].iter().any(|own| attribute.value().starts_with(own));
            assert!(attribute.name() != "href" || own, "{attribute:?}");
        }
    }
    assert_eq!(page.matches("<svg").count(), 1);
    for text in ["+ svc_web http/mem1", "setspn-1.txt", "exit status 1: scenarios failed"] {
        assert!(page.contains(text), "{text}");
    }
    let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let different: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), different.len(), "{ids:?}");
    for href in document.descendants().filter_map(|node| node.attribute("href")) {
        let own = href.strip_prefix('#');
        assert!(own.is_none_or(|id| ids.contains(&id)), "{href} leads nowhere");
    }
}

#[test]
fn a_report_has_an_archive_for_each_failure_and_no_old_one() {
    let root = tempfile::tempdir().unwrap();
    evidence(root.path());
    let report = root.path().join("report");
    std::fs::create_dir_all(report.join("evidence")).unwrap();
    std::fs::write(report.join("evidence/old.zip"), "x").unwrap();
    write_folder(&report, &run(), &results(), root.path()).unwrap();
    let mut names: Vec<_> =
        report.join("evidence").read_dir().unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let archive = report.join("evidence").join(names.remove(0));
    assert!(archive.metadata().unwrap().len() < 20_000);
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&archive).unwrap()).unwrap();
    let mut inside: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    inside.sort();
    let expected =
        ["attempt.json", "below/dc1.log", "setspn-1.txt", "spns-after.json", "spns-before.json"];
    assert_eq!(inside, expected);
    assert_eq!(zip.by_name("below/dc1.log").unwrap().size(), 100_000);
    for name in ["index.html", "summary.md", "annotations.txt"] {
        assert!(report.join(name).metadata().unwrap().len() > 100, "{name}");
    }
    let page = std::fs::read_to_string(report.join("index.html")).unwrap();
    let name = archive.file_name().unwrap().to_str().unwrap();
    assert!(page.contains(&format!("href=\"evidence/{name}\"")), "no link to {name}");
}
