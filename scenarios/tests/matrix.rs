//! `docs/matrix.md` is made of the records of `features/condition/client-profiles.feature`, and says
//! nothing else. `INSTA_UPDATE=always` writes it anew, after the feature has run.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cucumber::parser::{self, Basic, Parser as _};
use futures::StreamExt as _;
use spnlab_scenarios::snapshot_name;

const FEATURE: &str = "client-profiles";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The value of a line `key: value` of a record.
fn value<'a>(record: &'a str, key: &str) -> Option<&'a str> {
    record.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "))
}

/// What a record comes to, in a cell.
fn cell(record: &str) -> String {
    let key = record.lines().skip_while(|line| !line.contains("encrypted_with_key_of:")).nth(1);
    let key = key.map(|line| line.trim().trim_start_matches("- ").trim_matches('"').to_owned());
    let status = value(record, "would_report").map(|status| format!("; Windows: {status}"));
    match (key, value(record, "on_the_wire")) {
        (Some(key), Some(code)) => {
            format!("ticket for {key}, endpoint: {code}{}", status.unwrap_or_default())
        }
        (Some(key), None) => format!("**connected** (ticket for {key})"),
        (None, _) => {
            let line = record.lines().skip_while(|line| !line.starts_with("tgs:")).nth(1);
            let code = line.and_then(|line| line.split_once(": ")).map_or("?", |(_, code)| code);
            format!("no ticket, KDC: {code}{}", status.unwrap_or_default())
        }
    }
}

/// The same in one code, for the README.
fn short(record: &str) -> String {
    let cell = cell(record);
    if cell.starts_with("**connected**") {
        return "**connected**".to_owned();
    }
    let code = cell.split("; ").next().unwrap().rsplit(": ").next().unwrap();
    code.to_owned()
}

fn rows(cell: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    let file = root().join(format!("features/condition/{FEATURE}.feature"));
    let read = Basic::new().parse(file, parser::basic::Cli::default()).map(Result::unwrap);
    let features: Vec<_> = futures::executor::block_on(read.collect());
    for (number, rule) in features[0].rules.iter().enumerate() {
        let profile = |name: &str| name.rsplit(' ').next().unwrap().to_owned();
        if number == 0 {
            let names: Vec<String> =
                rule.scenarios.iter().map(|one| format!("`{}`", profile(&one.name))).collect();
            writeln!(text, "| condition | {} |", names.join(" | ")).unwrap();
            writeln!(text, "|---{}|", "|---".repeat(names.len())).unwrap();
        }
        let cells = rule.scenarios.iter().map(|scenario| {
            let name = snapshot_name(FEATURE, &scenario.name);
            let path = root().join("scenarios/snapshots").join(format!("{name}.snap"));
            cell(&std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {name}")))
        });
        writeln!(text, "| {} | {} |", rule.name, cells.collect::<Vec<_>>().join(" | ")).unwrap();
    }
    text
}

fn table() -> String {
    let intro = String::from(
        "# Condition, client, remedy: what comes of it\n\nOf a connection to `mem1.contoso.com`, by what \
         the client asks for. Made of the records of\n`features/condition/client-profiles.feature`, \
         each from real tickets on a real DC; a test compares.\n\"Windows\" is what a Windows client \
         reports for it, never what was on the wire.\n\n",
    );
    intro + &rows(cell)
}

/// The README with the short table between its two marks.
fn readme(now: &str) -> String {
    let (before, rest) = now.split_once("<!-- matrix -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /matrix -->").unwrap();
    format!("{before}<!-- matrix -->\n{}<!-- /matrix -->{after}", rows(short))
}

#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
#[test]
fn the_matrix_is_what_the_records_say() {
    let write = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    let kept = |file: &str| std::fs::read_to_string(root().join(file)).unwrap_or_default();
    for (file, made) in [("docs/matrix.md", table()), ("README.md", readme(&kept("README.md")))] {
        if write {
            std::fs::write(root().join(file), &made).unwrap();
        }
        let hint = "INSTA_UPDATE=always cargo test -p spnlab-scenarios --test matrix";
        assert!(made == kept(file), "{file} is not what the records say: {hint}");
    }
}
