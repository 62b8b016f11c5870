//! Programs of others read the JUnit file of a run: junitparser and junit2html, as their packages
//! are. Where no package index answers, this is skipped.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "witnesses/missing.rs"]
mod missing;
#[expect(dead_code, reason = "the witnesses have lists of their own")]
#[path = "witnesses/packages.rs"]
mod packages;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use missing::Missing;
use spnlab_report::{Results, junit};

const LIST: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/readers.txt"));
const RUN: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../lab/report/tests/run.json"));

/// What junitparser reads: each case with its class and its result, then the sums.
const PARSE: &str = "
import sys
from junitparser import JUnitXml
xml = JUnitXml.fromfile(sys.argv[1])
for suite in xml:
    for case in suite:
        result = case.result[0] if case.result else None
        print(case.classname, '|', case.name, '|', type(result).__name__, '|', result and result.message)
print(xml.tests, xml.failures, xml.errors)
";

#[test]
fn junitparser_and_junit2html_take_the_file() {
    let folder = tempfile::tempdir().unwrap();
    match packages::fetch(folder.path(), &[("wheels", LIST)], None) {
        Ok(()) => {}
        Err(Missing::Skipped(reason)) => {
            // Not by print: a test that passes would keep it to itself.
            writeln!(std::io::stdout(), "skipped: junit readers: {reason}").unwrap();
            return;
        }
        Err(Missing::Broken(reason)) => panic!("{reason}"),
    }
    let library = folder.path().join("library");
    for wheel in folder.path().join("wheels").read_dir().unwrap() {
        let wheel = wheel.unwrap().path();
        said(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(&library));
    }
    let file = folder.path().join("results.xml");
    std::fs::write(&file, junit(&Results::read([RUN]).unwrap())).unwrap();

    let read = said(python(&library).args(["-c", PARSE]).arg(&file));
    let lines: Vec<_> = read.lines().collect();
    assert_eq!(lines[0], "a | One | NoneType | None");
    assert_eq!(lines[1], "a | Two | Skipped | tshark is not installed");
    let begins = "b | The healthy host lets the user in | Failure | KRB_AP_ERR_MODIFIED (41) from";
    assert!(lines[2].starts_with(begins), "{read}");
    assert_eq!((lines.len(), lines[4]), (5, "4 2 0"), "{read}");

    let page = folder.path().join("page.html");
    said(python(&library).args(["-m", "junit2htmlreport"]).args([&file, &page]));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("The healthy host lets the user in"));
    assert!(page.contains("KRB_AP_ERR_MODIFIED (41)"));
}

fn python(library: &Path) -> Command {
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", library).env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// The standard output of a command that succeeds.
fn said(command: &mut Command) -> String {
    let ran = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "{command:?}\n{}{}", text(&ran.stdout), text(&ran.stderr));
    text(&ran.stdout)
}
