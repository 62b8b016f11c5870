//! Sweeps the forest for names that lead to the wrong account: shadowed aliases (KB 4549715),
//! duplicates, misplaced HOST names and stale holders. Writes `sweep.csv` for people and
//! `sweep.json` for programs, each with the next step. For a weekly job: it changes nothing.
//!
//! ```console
//! kinit you@YOUR.DOMAIN
//! cargo run --example sweep -- ./reports
//! ```
//!
//! Exit status: 0 if nothing was found, 3 if something was, 2 after an error.

mod common;

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use common::{Failure, Given};
use spnfix::setspn::{
    Command, Event, JsonDocument, Listener, NextStep, OneDomain, Request, run as run_setspn,
};
use spnfix::{Scope, shown, shown_json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::end(run().await)
}

async fn run() -> Result<ExitCode, Failure> {
    let given = Given::read("sweep FOLDER", 1..=1)?;
    let mut directory = given.connect().await?;
    // What `setspn -F -X --shadowed` does.
    let request = Request {
        command: Command::Duplicates { shadowed: true },
        scope: Scope::Forest,
        targets: Vec::new(),
        progress: false,
    };
    let mut report = Report::default();
    let outcome = run_setspn(&request, &mut OneDomain(&mut directory), &mut report).await?;
    directory.close().await;

    let folder = Path::new(&given.words[0]);
    let (csv, json) = (folder.join("sweep.csv"), folder.join("sweep.json"));
    let document = report.json.finish(&request.command, outcome);
    let failed = |error: io::Error| Failure::Own(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(&json, format!("{}\n", shown_json(&document))).map_err(failed)?;
    fs::write(&csv, format!("{HEADER}\r\n{}", report.rows.concat())).map_err(failed)?;
    let found = report.rows.len();
    println!("{found} findings in {} and {}", shown(csv.display()), shown(json.display()));
    Ok(ExitCode::from(outcome.status()))
}

const HEADER: &str = "finding,names,held by,belongs to,next step,commands";

/// Collects the events: all of them in one JSON document, and a row for each finding.
#[derive(Default)]
struct Report {
    json: JsonDocument,
    rows: Vec<String>,
}

impl Listener for Report {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match &event {
            Event::Shadowed(found) => {
                let names = std::slice::from_ref(&found.spn);
                self.row("shadowed", names, &found.accounts, &found.owners, &found.next);
            }
            Event::Duplicate(found) => {
                let names = std::slice::from_ref(&found.spn);
                let kind = if found.by_design { "by design" } else { "duplicate" };
                let next = found.next.clone().unwrap_or_default();
                self.row(kind, names, &found.accounts, &[], &next);
            }
            Event::Misplaced(found) => {
                let owner: Vec<String> = found.owner.iter().cloned().collect();
                self.row("misplaced HOST", &found.spns, &found.accounts, &owner, &found.next);
            }
            Event::Stale(found) => {
                let account = std::slice::from_ref(&found.account);
                self.row("stale holder", &found.spns, account, &[], &found.next);
            }
            _ => {}
        }
        self.json.hear(event)
    }
}

impl Report {
    fn row(
        &mut self,
        finding: &str,
        names: &[String],
        held_by: &[String],
        belongs_to: &[String],
        next: &NextStep,
    ) {
        let fields = [
            finding.to_owned(),
            names.join("\n"),
            held_by.join("\n"),
            belongs_to.join("\n"),
            next.text.clone(),
            next.commands.join("\n"),
        ];
        self.rows.push(format!("{}\r\n", fields.map(|field| quoted(&field)).join(",")));
    }
}

/// A field of a CSV file (RFC 4180). Spreadsheets run a field that begins like a formula, and a
/// directory's names are chosen by others.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, field.replace('"', "\"\""))
}
