//! `docs/matrix.md` is made of the records of `features/condition/client-profiles.feature`, and says
//! nothing else. `INSTA_UPDATE=always` writes it anew, after the feature has run.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use spnlab_scenarios::{PROFILES, asks_after, body_of, features_at, snapshot_name, title_of_one};

const FEATURE: &str = "client-profiles";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The value of a line `key: value` of a record.
fn value<'a>(record: &'a str, key: &str) -> Option<&'a str> {
    record.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "))
}

/// What a record comes to.
struct End {
    /// Whose key the ticket was encrypted with; none: there was no ticket.
    key: Option<String>,
    /// The code that ended it; none: WinRM served the client.
    code: Option<String>,
    /// What Windows would report.
    status: Option<String>,
}

impl End {
    fn of(record: &str) -> Self {
        let after = |start: &str| record.lines().skip_while(|line| !line.contains(start)).nth(1);
        let key = after("encrypted_with_key_of:");
        let key = key.map(|line| line.trim().trim_start_matches("- ").trim_matches('"').to_owned());
        let code = match key {
            Some(_) => value(record, "on_the_wire"),
            None => after("tgs:").and_then(|line| Some(line.split_once(": ")?.1)).or(Some("?")),
        };
        let status = value(record, "would_report").map(str::to_owned);
        // Nothing else counts as connected than what WinRM has served, and that ends with no code.
        let served = value(record, "winrm") == Some("served");
        assert_eq!(served, code.is_none(), "neither connected nor ended by a code: {record}");
        Self { key, code: code.map(str::to_owned), status }
    }

    fn long(&self) -> String {
        let status = self.status.as_ref().map(|status| format!("; Windows: {status}"));
        let status = status.unwrap_or_default();
        match (&self.key, &self.code) {
            (Some(key), Some(code)) => format!("ticket for {key}, endpoint: {code}{status}"),
            (Some(key), None) => format!("**connected** (ticket for {key})"),
            (None, code) => format!("no ticket, KDC: {}{status}", code.as_deref().unwrap_or("?")),
        }
    }

    /// In one code, for the README.
    fn short(&self) -> String {
        self.code.clone().unwrap_or_else(|| "**connected**".to_owned())
    }
}

/// What the suite has recorded of a scenario.
fn record(feature: &str, title: &str) -> String {
    let name = snapshot_name(feature, title);
    let path = root().join("scenarios/snapshots").join(format!("{name}.snap"));
    std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {name}"))
}

/// Stands before what the client asks for that the remedy was applied on.
const MARK: &str = "→ ";

/// A scenario's title ends with the remedy.
const REMEDY: &str = ", remedy: ";

/// The table; a condition is named in each of its rows, or in the first of them.
fn rows(in_each: bool, cell: impl Fn(&End) -> String) -> String {
    let mut text = String::new();
    let file = root().join(format!("features/condition/{FEATURE}.feature"));
    let features = features_at(&file).unwrap();
    let head = PROFILES.map(|profile| format!("`{profile}`"));
    writeln!(text, "| condition | remedy | {} |", head.join(" | ")).unwrap();
    writeln!(text, "|---|---{}|", "|---".repeat(head.len())).unwrap();
    for rule in &features[0].rules {
        for (number, scenario) in rule.scenarios.iter().enumerate() {
            let condition = if in_each || number == 0 { rule.name.as_str() } else { "" };
            let (_, remedy) = scenario.name.split_once(REMEDY).unwrap();
            let asks = asks_after(remedy.split(" (").next().unwrap());
            let cells = PROFILES.map(|profile| {
                let record = record(FEATURE, &title_of_one(&scenario.name, profile));
                let mark = if profile == asks { MARK } else { "" };
                format!("{mark}{}", cell(&End::of(&record)))
            });
            writeln!(text, "| {condition} | {remedy} | {} |", cells.join(" | ")).unwrap();
        }
    }
    text
}

fn table() -> String {
    let intro = String::from(
        "# Condition, client, remedy: what comes of it\n\nOf a connection to `mem1.contoso.com`, or \
         to `mem1` where a row says so,\nby what the client asks for. Made of the records of\n`features/condition/client-profiles.feature`, \
         each from real tickets on a real DC; a test compares.\n\"Windows\" is what a Windows client \
         reports for it, never what was on the wire.\n\n\
         → stands before the client that the remedy was applied on: what it asks for now. Options 2 and 3 change\n\
         what it asks for, and cure nobody who asks as before. 3-host is option 3 with the data of the article's\n\
         own reg line. WinRM on Windows registers its host's WSMAN SPNs at each start; the lab's does so on\n\
         demand, and the first two conditions are there without and with them. Two holders of one name are\n\
         written past Samba, which takes no second one: a test holds what a client that asks for HTTP then gets,\n\
         before any remedy, to the record of a real race of two domain controllers. What does not depend on the kind of client (tickets in a cache, addresses,\n\
         unknown hosts, clocks, users) is in features of its own.\n\n",
    );
    intro + &rows(true, End::long)
}

/// The README with the short table between its two marks.
fn readme(now: &str) -> String {
    let (before, rest) = now.split_once("<!-- matrix -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /matrix -->").unwrap();
    format!("{before}<!-- matrix -->\n{}<!-- /matrix -->{after}", rows(false, End::short))
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

/// The matrix writes its two holders past Samba; two domain controllers that each took one end the same.
#[test]
fn two_holders_are_what_a_race_makes() {
    let race = "svc_web and svc_app have the name: dc1 issues no ticket";
    let race = record("duplicate-spns", race);
    let seeded = record(FEATURE, &title_of_one("Two accounts, remedy: nothing", PROFILES[0]));
    assert!(body_of(&race).unwrap().contains("KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"), "{race}");
    assert_eq!(body_of(&race), body_of(&seeded));
}

/// Whoever was cured is told from whoever was not.
#[test]
fn the_mark_is_where_the_remedied_client_asks() {
    let readme = readme("<!-- matrix -->\n<!-- /matrix -->");
    let article: Vec<&str> = readme
        .lines()
        .skip_while(|line| !line.contains("| HTTP SPNs on the service account"))
        .take(5)
        .collect();
    let at =
        |line: &str| line.split('|').position(|cell| cell.trim_start().starts_with(MARK)).unwrap();
    let cured = |line: &&str| line.split('|').nth(at(line)).unwrap().contains("connected");
    assert_eq!(article.iter().map(|line| at(line)).collect::<Vec<_>>(), [3, 3, 4, 5, 6]);
    assert_eq!(article.iter().map(cured).collect::<Vec<_>>(), [false, true, true, true, true]);
}
