//! `docs/matrix.md` and the table of the README are made of the records of
//! `features/condition/client-profiles.feature`, and say nothing else. `INSTA_UPDATE=always` writes
//! them anew, after the feature has run.

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
}

/// What the suite has recorded of a scenario.
fn record(feature: &str, title: &str) -> String {
    let name = snapshot_name(feature, title);
    let path = root().join("scenarios/snapshots").join(format!("{name}.snap"));
    std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {name}"))
}

/// Stands before what the client asks for that the remedy was applied on.
const MARK: &str = "→ ";

/// The condition of the article.
const ARTICLE: &str = "HTTP SPNs on the service account (KB 4549715)";

/// A scenario's title ends with the remedy.
const REMEDY: &str = ", remedy: ";

/// A row of the matrix: a condition, a remedy, and what comes of it for each kind of client.
struct Row {
    condition: String,
    remedy: String,
    /// What the client asks for that the remedy was applied on.
    asks: &'static str,
    ends: Vec<(&'static str, End)>,
}

fn rows() -> Vec<Row> {
    let file = root().join(format!("features/condition/{FEATURE}.feature"));
    let features = features_at(&file).unwrap();
    let scenarios = features[0]
        .rules
        .iter()
        .flat_map(|rule| rule.scenarios.iter().map(|scenario| (&rule.name, &scenario.name)));
    scenarios
        .map(|(condition, title)| {
            let (_, remedy) = title.split_once(REMEDY).unwrap();
            let end = |profile| End::of(&record(FEATURE, &title_of_one(title, profile)));
            Row {
                condition: condition.clone(),
                remedy: remedy.to_owned(),
                asks: asks_after(remedy.split(" (").next().unwrap()),
                ends: PROFILES.into_iter().map(|profile| (profile, end(profile))).collect(),
            }
        })
        .collect()
}

/// All of it, for `docs/matrix.md`.
fn matrix() -> String {
    let head = PROFILES.map(|profile| format!("`{profile}`"));
    let mut text = format!("| condition | remedy | {} |\n", head.join(" | "));
    writeln!(text, "|---|---{}|", "|---".repeat(head.len())).unwrap();
    for Row { condition, remedy, asks, ends } in rows() {
        let mark = |profile| if profile == asks { MARK } else { "" };
        let cells: Vec<_> =
            ends.iter().map(|(profile, end)| format!("{}{}", mark(*profile), end.long())).collect();
        writeln!(text, "| {condition} | {remedy} | {} |", cells.join(" | ")).unwrap();
    }
    text
}

/// Six rows of it, for the README: a healthy lab, and the article with each remedy. Only the client
/// that the remedy was applied on connects.
fn short_matrix() -> String {
    let mut text = String::from(
        "| state | the client asks for | the ticket is encrypted for | outcome |\n|---|---|---|---|\n",
    );
    for Row { condition, remedy, asks, ends } in rows() {
        let state = match (condition.as_str(), remedy.as_str()) {
            ("healthy", "nothing") => "healthy".to_owned(),
            (ARTICLE, "nothing") => "broken as in the article".to_owned(),
            (ARTICLE, remedy) => remedy.to_owned(),
            _ => continue,
        };
        let (_, end) = ends.iter().find(|(profile, _)| *profile == asks).unwrap();
        let (key, code) = (end.key.as_deref(), end.code.as_deref());
        let (key, outcome) = (key.unwrap_or("nobody"), code.unwrap_or("**connected**"));
        writeln!(text, "| {state} | `{asks}` | {key} | {outcome} |").unwrap();
    }
    text
}

const INTRO: &str = "# Condition, client, remedy: the outcome

Each cell is one connection to `mem1.contoso.com`, or to `mem1` if the row says so. The columns are
what the client asks for. The outcomes are the records of
`features/condition/client-profiles.feature`, from real tickets on a real DC. A test compares them.
\"Windows\" is what a Windows client reports for it, never what was on the wire.

- → marks the client that the remedy was applied on, with what it asks for now. Options 2 and 3
  change that, and cure no client that still asks for `HTTP`.
- 3-host is option 3 with the data of the article's own reg line.
- WinRM on Windows registers its host's WSMAN SPNs at each start, the lab's only on demand. So the
  first two conditions are here without and with them.
- Samba refuses a second holder, so the scenarios write \"HTTP SPN on two accounts\" into its files. A test
  compares it with the record of a real race of two domain controllers, for a client that asks for
  `HTTP`, before any remedy.
- Other features hold what does not depend on the kind of client: tickets in a cache, addresses,
  unknown hosts, clocks, users.

";

fn table() -> String {
    INTRO.to_owned() + &matrix()
}

/// The README with the six rows between its two marks.
fn readme(now: &str) -> String {
    let (before, rest) = now.split_once("<!-- matrix -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /matrix -->").unwrap();
    format!("{before}<!-- matrix -->\n{}<!-- /matrix -->{after}", short_matrix())
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

/// The scenarios write the matrix's two holders into Samba's files. A race of two domain
/// controllers has the same outcome.
#[test]
fn two_holders_are_what_a_race_makes() {
    let race = "svc_web and svc_app have the name: dc1 issues no ticket";
    let race = record("duplicate-spns", race);
    let seeded = record(FEATURE, &title_of_one("Two accounts, remedy: nothing", PROFILES[0]));
    assert!(body_of(&race).unwrap().contains("KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"), "{race}");
    assert_eq!(body_of(&race), body_of(&seeded));
}

/// Each remedy cures the client that it was applied on.
#[test]
fn the_remedied_client_is_cured() {
    let table = short_matrix();
    let outcomes: Vec<_> = table.lines().skip(2).map(|line| line.contains("connected")).collect();
    assert_eq!(outcomes, [true, false, true, true, true, true], "{table}");
}
