//! A report of several attempts, as one page without scripts or as Markdown.
//!
//! Uses: draw, record, scene.

use askama::Template;
use spnlab_harness::SpnInventory;
use spnlab_harness::wire::Time;

use crate::draw::{style, svg, table};
use crate::record::{Record, Recorded};
use crate::scene::{Key, Scene};

/// With more attempts than this, a page shows them closed.
const OPEN: usize = 20;

/// The page.
pub fn html(title: &str, records: &[Record]) -> String {
    let page = Page {
        title,
        style: style(),
        layout: include_str!("../templates/report.css"),
        open: records.len() <= OPEN,
        runs: runs(records),
    };
    // Writing to a text does not fail.
    page.render().unwrap_or_default()
}

/// The same as Markdown, without pictures.
pub fn markdown(title: &str, records: &[Record]) -> String {
    Markdown { title, runs: runs(records) }.render().unwrap_or_default()
}

#[derive(Debug, Template)]
#[template(path = "report.html")]
struct Page<'a> {
    title: &'a str,
    style: &'static str,
    layout: &'static str,
    open: bool,
    runs: Vec<Run<'a>>,
}

#[derive(Debug, Template)]
#[template(path = "report.md", escape = "none")]
struct Markdown<'a> {
    title: &'a str,
    runs: Vec<Run<'a>>,
}

/// One attempt, ready for a template.
#[derive(Debug)]
struct Run<'a> {
    name: &'a str,
    began: Option<Time>,
    scene: Scene,
    picture: String,
    table: String,
    seal: Option<Key>,
    refused: bool,
    commands: Vec<String>,
    spns: Option<Vec<(Key, &'a [String])>>,
    /// Whether there is an attempt before to compare with.
    compared: bool,
    changes: Vec<String>,
    wire: Vec<String>,
    events: Vec<Vec<String>>,
    message: Option<Vec<String>>,
    klist: Vec<String>,
}

fn runs(records: &[Record]) -> Vec<Run<'_>> {
    let mut before = None;
    let run = |record| {
        let run = run(record, before);
        before = record.seen.spns().or(before);
        run
    };
    records.iter().map(run).collect()
}

fn run<'a>(record: &'a Record, before: Option<&SpnInventory>) -> Run<'a> {
    let scene = record.seen.scene(before);
    let (klist, events, message, ran) = match &record.seen {
        Recorded::Connection(attempt) => (
            &attempt.klist,
            attempt.windows_events.iter().map(|event| lines(&event.to_string())).collect(),
            attempt.report.client_status.as_ref().map(|status| lines(&status.message)),
            attempt.report.command.as_ref().map(|ran| format!("  {}", ran.command)),
        ),
        Recorded::Visit(visit) => (&visit.klist, Vec::new(), None, None),
    };
    let mut commands = vec![scene.title.clone()];
    commands.extend(ran);
    commands.push(record.command());
    let spns = record.seen.spns().map(|spns| {
        spns.0.iter().map(|(name, values)| (Key::of(name), values.as_slice())).collect()
    });
    Run {
        name: &record.name,
        began: record.began(),
        picture: svg(&scene),
        table: table(&scene),
        seal: scene.messages.iter().find_map(|message| message.ticket.clone()),
        refused: scene.messages.iter().any(|message| message.refuses),
        commands,
        spns,
        compared: before.is_some(),
        changes: match (record.seen.spns(), before) {
            (Some(now), Some(before)) => now.difference(before),
            _ => Vec::new(),
        },
        wire: record
            .seen
            .trace()
            .to_string()
            .lines()
            .map(|line| line.replace('\t', "  "))
            .collect(),
        events,
        message,
        klist: lines(klist),
        scene,
    }
}

fn lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(|line| line.replace('\t', "  ").trim_end().to_owned()).collect()
}
