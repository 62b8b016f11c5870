//! Attempts as one page without scripts, or as Markdown.
//!
//! Uses: evidence, text.

use askama::Template;
use spnlab_harness::SpnInventory;
use spnlab_harness::wire::Time;
use spnlab_picture::{Key, Record, Recorded, Scene, style};

use crate::evidence::Entry;
use crate::text::lines;

/// With more attempts than this, a page shows them closed.
const OPEN: usize = 20;

/// The page.
pub fn html(title: &str, entries: &[Entry]) -> String {
    let page = Page { title, open: entries.len() <= OPEN, runs: bodies(entries) };
    // Writing to a text does not fail.
    page.render().unwrap_or_default()
}

/// The same as Markdown, without pictures.
pub fn markdown(title: &str, entries: &[Entry]) -> String {
    Markdown { title, runs: bodies(entries) }.render().unwrap_or_default()
}

/// The style of every page.
pub(crate) fn styles() -> String {
    format!("{}{}", style(), include_str!("../templates/page.css"))
}

#[derive(Debug, Template)]
#[template(path = "attempts.html")]
struct Page<'a> {
    title: &'a str,
    open: bool,
    runs: Vec<AttemptBody<'a>>,
}

#[derive(Debug, Template)]
#[template(path = "attempts.md", escape = "none")]
struct Markdown<'a> {
    title: &'a str,
    runs: Vec<AttemptBody<'a>>,
}

/// One attempt, ready for a template.
#[derive(Debug, Template)]
#[template(path = "attempt.html")]
pub(crate) struct AttemptBody<'a> {
    pub(crate) name: &'a str,
    pub(crate) began: Option<Time>,
    pub(crate) scene: Scene,
    pub(crate) seal: Option<Key>,
    pub(crate) refused: bool,
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

/// The attempts, each compared with the one before.
pub(crate) fn bodies<'a>(entries: &'a [Entry]) -> Vec<AttemptBody<'a>> {
    let mut before = None;
    let next = |Entry { record, done }: &'a Entry| {
        let body = body(record, done, before);
        before = record.seen.spns().or(before);
        body
    };
    entries.iter().map(next).collect()
}

fn body<'a>(record: &'a Record, done: &[String], before: Option<&SpnInventory>) -> AttemptBody<'a> {
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
    let mut commands = done.to_vec();
    commands.push(scene.title.clone());
    commands.extend(ran);
    // The last line that was typed made the attempt.
    if done.is_empty() {
        commands.push(record.command());
    }
    let spns = record.seen.spns().map(|spns| {
        spns.0.iter().map(|(name, values)| (Key::of(name), values.as_slice())).collect()
    });
    AttemptBody {
        name: &record.name,
        began: record.began(),
        seal: scene.messages.iter().find_map(|message| message.ticket.clone()),
        refused: scene.messages.iter().any(|message| message.refuses),
        commands,
        spns,
        compared: before.is_some(),
        changes: match (record.seen.spns(), before) {
            (Some(now), Some(before)) => now.difference(before),
            _ => Vec::new(),
        },
        wire: lines(&record.seen.trace().to_string()),
        events,
        message,
        klist: lines(klist),
        scene,
    }
}
