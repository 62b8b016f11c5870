//! The page.
//!
//! Uses: action, changes, desk, story.

use askama::Template;
use spnfix::shown;
use spnlab_engineer::ArticleOption;
use spnlab_harness::accounts;
use spnlab_lessons::Condition;
use spnlab_picture::{DoorState, Key, style, svg, table};

use crate::action::{SITES, WAYS};
use crate::changes::Changed;
use crate::desk::Shown;
use crate::story::{Asked, Prefix};

/// The picture without its own title, sentence and margins: the page has them as text. So its
/// smallest letters are 13 pixels high on a screen of 1280 by 720.
const WHOLE: &str = r#"viewBox="0 0 1280 720""#;
const MIDDLE: &str = r#"viewBox="26 48 1232 570""#;

/// Everything that the page looks like.
pub(crate) fn css() -> String {
    format!("{}{}", style(), include_str!("../templates/page.css"))
}

/// Renews the page. Without it, the page is what it was when it was loaded.
pub(crate) const SCRIPT: &str = include_str!("../templates/page.js");

/// The page of this lab, with a reason why an action was not taken. It has the nonce of its answer,
/// and perhaps a terminal.
pub(crate) fn page(
    lab: &Named,
    shown: &Shown,
    refused: Option<&str>,
    (nonce, has_terminal): (&str, bool),
) -> String {
    let changes = shown.seen.changes.as_ref().map(|all| &*all.lines).unwrap_or_default();
    let page = Page {
        lab,
        shown,
        refused,
        nonce,
        has_terminal,
        doors: [
            door("WinRM", shown.seen.doors[0].as_ref()),
            door("web site", shown.seen.doors[1].as_ref()),
        ],
        picture: shown.seen.last.as_ref().map(|last| svg(&last.scene).replace(WHOLE, MIDDLE)),
        table: shown.seen.last.as_ref().map(|last| table(&last.scene)).unwrap_or_default(),
        holders: holders(shown, changes),
        gone: gone(changes),
    };
    // Writing to a text does not fail.
    page.render().unwrap_or_default()
}

/// The lab, as its user types it.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Whether a terminal takes this lab without its name.
    pub(crate) is_default: bool,
}

#[derive(Debug, Template)]
#[template(path = "page.html")]
struct Page<'a> {
    lab: &'a Named,
    shown: &'a Shown,
    refused: Option<&'a str>,
    nonce: &'a str,
    has_terminal: bool,
    doors: [Door; 2],
    picture: Option<String>,
    table: String,
    holders: Vec<Holder>,
    /// What is not registered any more.
    gone: Vec<(Key, Changed)>,
}

#[derive(Debug)]
struct Door {
    service: &'static str,
    class: &'static str,
    sign: char,
    words: String,
}

/// An account with its SPNs. Those that are new since the last attempt are marked.
#[derive(Debug)]
struct Holder {
    key: Key,
    spns: Vec<(String, Option<Changed>)>,
    /// Whether it has to do with MEM1's names.
    concerned: bool,
}

fn door(service: &'static str, asked: Option<&Asked>) -> Door {
    let Some(Asked { time, state, stale }) = asked else {
        let words = "nobody came yet".to_owned();
        return Door { service, class: "unasked", sign: '–', words };
    };
    let (class, sign) = match state {
        DoorState::Opened => ("opened", '✓'),
        DoorState::NotAsked => ("unasked", '–'),
        DoorState::Refused | DoorState::RefusedInside | DoorState::Silent | DoorState::Shut => {
            ("refused", '✕')
        }
    };
    let class = if *stale { "unasked" } else { class };
    let when = if *stale { "before the last change" } else { "" };
    Door { service, class, sign, words: format!("{} {time} {when}", state.words()) }
}

fn holders(shown: &Shown, changes: &[Changed]) -> Vec<Holder> {
    let Some(spns) = &shown.seen.spns else { return Vec::new() };
    let holder = |(name, values): (&String, &Vec<String>)| {
        let change = |spn: &String| {
            let same = |one: &&Changed| one.came && one.account == *name;
            let mut own = changes.iter().filter(same);
            own.find(|one| one.spn.eq_ignore_ascii_case(spn)).cloned()
        };
        let mut spns: Vec<(String, Option<Changed>)> =
            values.iter().map(|spn| (spn.clone(), change(spn))).collect();
        spns.sort_by_key(|(_, new)| new.is_none());
        let of_mem1 = values.iter().any(|spn| spn.to_ascii_lowercase().contains("/mem1"));
        let known = [accounts::MEM1.name, accounts::SVC_WEB.name].contains(&name.as_str());
        Holder { key: Key::of(name), spns, concerned: of_mem1 || known }
    };
    let mut all: Vec<Holder> = spns.0.iter().map(holder).collect();
    all.sort_by_key(|one| one.spns.iter().all(|(_, new)| new.is_none()));
    all
}

fn gone(changes: &[Changed]) -> Vec<(Key, Changed)> {
    let gone = changes.iter().filter(|one| !one.came);
    gone.map(|one| (Key::of(&one.account), one.clone())).collect()
}

/// A text from the directory or from a verb, without what could control a terminal or turn a line.
/// The template escapes the rest.
fn safe(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(|line| shown(line).to_string()).collect();
    lines.join("\n")
}
