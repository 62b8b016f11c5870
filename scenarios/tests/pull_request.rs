//! The imitated project in `examples/pull-request`: its red run names the Kerberos code wherever a
//! reader of its pull request looks. One real lab plays it.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::path::Path;
use std::process::Command;

/// The code with its sender, and why.
const CODE: &str = "KRB_AP_ERR_MODIFIED (41)";
const SEALED: &str = "the ticket was sealed for svc_web, expected MEM1$";

#[test]
fn a_red_run_names_the_code_in_junit_summary_and_annotation() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/pull-request");
    let left = tempfile::tempdir().unwrap();
    let folder = left.path();
    let words = ["--features", "features", "--labs", "1", "--junit", "results.xml"];
    let words = words.map(|word| match word {
        "results.xml" => folder.join(word),
        word => word.into(),
    });
    let ran = Command::new(env!("CARGO_BIN_EXE_spnlab-test"))
        .current_dir(&project)
        .args(words)
        .arg("--report")
        .arg(folder.join("report"))
        .env("SPNLAB_EVIDENCE", folder.join("evidence"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let all = format!("{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(ran.status.code(), Some(13), "{all}");
    assert!(said.contains("scenarios: 1 passed, 2 failed, 0 skipped"), "{all}");

    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let junit = read("results.xml");
    assert_eq!(
        junit.matches(&format!("message=\"{CODE} from the endpoint: ")).count(),
        2,
        "{junit}"
    );
    assert_eq!(junit.matches("<testcase classname=\"remote-management\"").count(), 3, "{junit}");
    assert!(junit.contains(SEALED), "{junit}");

    let summary = read("report/summary.md");
    assert!(summary.contains("| 1 | 2 | 0 | 3 |"), "{summary}");
    assert_eq!(summary.matches("**KRB\\_AP\\_ERR\\_MODIFIED (41)**").count(), 2, "{summary}");

    let annotations = read("report/annotations.txt");
    let feature = read_feature(&project);
    for (line, annotation) in failing(&feature).zip(annotations.lines()) {
        let begins = format!("::error file=features/remote-management.feature,line={line},title=");
        assert!(annotation.starts_with(&begins), "{annotation}");
        assert!(annotation.contains(&format!("::{CODE}")), "{annotation}");
    }
    assert_eq!(annotations.lines().count(), 2);

    let archives = folder.join("report/evidence").read_dir().unwrap().count();
    assert_eq!(archives, 2);
    let page = read("report/index.html");
    assert_eq!(page.matches("<svg").count(), 3, "each scenario has one attempt");
    assert!(page.contains(SEALED));
}

fn read_feature(project: &Path) -> String {
    std::fs::read_to_string(project.join("features/remote-management.feature")).unwrap()
}

/// The lines of the steps that fail: the `Then` of the first two scenarios.
fn failing(feature: &str) -> impl Iterator<Item = usize> {
    let steps = (1..).zip(feature.lines()).filter(|(_, line)| line.trim().starts_with("Then "));
    steps.map(|(number, _)| number).take(2)
}
