//! Draws a scene.
//!
//! Uses: scene, shapes, text.

use askama::Template;

use crate::scene::{Door, DoorState, Key, Message, Part, Scene, Seen, TriedKey};
use crate::shapes::{envelope, head, keyhole, shape};
use crate::text::wrapped;

/// Where the lifelines stand, and the doors' edge.
const CLIENT: i32 = 130;
const DC: i32 = 586;
const DOORS: i32 = 898;
/// The first message, and the distance between two.
const FIRST: i32 = 140;
const STEP: i32 = 62;
/// The middle of an envelope before a door.
const LETTER: i32 = 846;
/// The doors: where they begin, and how high they are.
const TOPS: [(i32, i32); 2] = [(298, 172), (482, 118)];
/// How many characters of the sentence a line has.
const SENTENCE: usize = 80;

/// The style of every picture. A page with several pictures has it once.
pub fn style() -> &'static str {
    include_str!("../templates/style.css")
}

/// The picture for a page that has the [`style`].
pub fn svg(scene: &Scene) -> String {
    draw(scene, None)
}

/// The picture as a file of its own.
pub fn svg_alone(scene: &Scene) -> String {
    draw(scene, Some(style()))
}

/// The same as a table, for a reader who does not see the picture.
pub fn table(scene: &Scene) -> String {
    rendered(&Table { scene })
}

/// Writing to a text does not fail.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

#[derive(Debug, Template)]
#[template(path = "table.html")]
struct Table<'a> {
    scene: &'a Scene,
}

#[derive(Debug, Template)]
#[template(path = "scene.svg", escape = "html")]
struct Picture<'a> {
    scene: &'a Scene,
    style: Option<&'static str>,
    lookup: Option<LookupBox>,
    proof: Option<Line>,
    doors: Vec<DrawnDoor<'a>>,
    arrows: Vec<Arrow>,
    sentence: Vec<Line>,
}

/// What the directory said, beside the domain controller.
#[derive(Debug)]
struct LookupBox {
    height: i32,
    lines: Vec<Line>,
}

/// A line of text.
#[derive(Debug)]
struct Line {
    y: i32,
    size: i32,
    class: Option<&'static str>,
    text: String,
}

#[derive(Debug)]
struct DrawnDoor<'a> {
    door: &'a Door,
    class: &'static str,
    y: i32,
    height: i32,
    used: bool,
    refused: bool,
    opened: bool,
    keyhole: String,
    hole: String,
}

/// A message, or the two of an exchange that nobody refused.
#[derive(Debug)]
struct Arrow {
    y: i32,
    /// Where it goes, for a page that lets the messages come in one after the other.
    direction: &'static str,
    class: &'static str,
    head_class: &'static str,
    text_class: &'static str,
    line: String,
    heads: String,
    letter: Option<Letter>,
    name: String,
    fact: String,
    /// How many characters of the fact have room.
    room: usize,
}

/// A ticket.
#[derive(Debug)]
struct Letter {
    class: &'static str,
    unseen: bool,
    paper: String,
    seal: String,
}

fn draw(scene: &Scene, style: Option<&'static str>) -> String {
    let sentence = wrapped(&scene.sentence, SENTENCE);
    let alone = sentence.len() == 1;
    let lines = sentence.into_iter().take(2).zip(0..).map(|(text, index)| Line {
        y: if alone { 660 } else { 645 + 30 * index },
        size: 23,
        class: None,
        text,
    });
    rendered(&Picture {
        scene,
        style,
        lookup: lookup(scene),
        proof: proof(scene),
        doors: doors(scene),
        arrows: arrows(scene),
        sentence: lines.collect(),
    })
}

fn lookup(scene: &Scene) -> Option<LookupBox> {
    let lookup = scene.lookup.as_ref()?;
    let mut texts: Vec<(Option<&'static str>, String)> = Vec::new();
    let named = |key: &Key| (Some(key.shape.class()), key.to_string());
    match (&lookup.holders, &lookup.host_of) {
        (None, _) => texts.push((None, "the directory did not answer".to_owned())),
        (Some(holders), None) if holders.is_empty() => texts.push((None, "nobody".to_owned())),
        (Some(holders), None) => texts.extend(holders.iter().take(2).map(named)),
        (Some(_), Some(key)) => {
            texts.push((None, "nobody; the holder of the HOST name stands in".to_owned()));
            texts.push(named(key));
        }
    }
    let wanted = format!(" {}", lookup.spn.to_ascii_lowercase());
    let changed = lookup.changes.iter().find_map(|change| {
        let (sign, account) = change.what.strip_suffix(&wanted)?.split_once(' ')?;
        let is = if sign == "+" { "new".to_owned() } else { format!("gone from {account}") };
        Some(match &change.by {
            Some(by) => format!("{is}: {by}"),
            None => format!("{is} since the last attempt"),
        })
    });
    texts.extend(changed.map(|change| (None, change)));
    let lines = texts.into_iter().zip(1..);
    let lines: Vec<Line> = lines
        .map(|((class, text), index)| Line { y: 163 + 26 * index, size: 16, class, text })
        .collect();
    let height = 40 + 26 * i32::try_from(lines.len()).unwrap_or(0);
    Some(LookupBox { height, lines })
}

/// Whose key seals the ticket, as the trial of keys has proven it.
fn proof(scene: &Scene) -> Option<Line> {
    let opening: Vec<&TriedKey> = scene.keys.iter().filter(|tried| tried.opens).collect();
    let first = opening.first()?;
    let names: Vec<&str> = opening.iter().map(|tried| tried.key.account.as_str()).collect();
    let others = scene.keys.len() - opening.len();
    let sign = first.key.shape.sign();
    Some(Line {
        // Beside the TGS-REP.
        y: FIRST + 2 * STEP + 6,
        size: 17,
        class: Some(first.key.shape.class()),
        text: format!("{sign} {}'s key opens it, {others} others do not", names.join(", ")),
    })
}

fn doors(scene: &Scene) -> Vec<DrawnDoor<'_>> {
    let drawn = scene.doors.iter().zip(TOPS).map(|(door, (y, height))| {
        let (keyhole, hole) = keyhole(door.key.shape, 944, y + 54, 24);
        DrawnDoor {
            door,
            class: door.key.shape.class(),
            y,
            height,
            used: door.state != DoorState::NotAsked,
            refused: matches!(door.state, DoorState::Refused | DoorState::RefusedInside),
            opened: door.state == DoorState::Opened,
            keyhole,
            hole,
        }
    });
    drawn.collect()
}

fn arrows(scene: &Scene) -> Vec<Arrow> {
    let (to_kdc, to_door): (Vec<&Message>, Vec<&Message>) =
        scene.messages.iter().partition(|m| m.from != Part::Mem1 && m.to != Part::Mem1);
    let mut rows = Vec::new();
    let mut rest = to_kdc.as_slice();
    let mut y = FIRST;
    while let [message, others @ ..] = rest {
        let reply = others.first().filter(|reply| {
            // A logon that went well is one row, so that the ticket has room.
            message.name == "AS-REQ" && !reply.refuses && reply.seen == message.seen
        });
        rest = if reply.is_some() { &others[1..] } else { others };
        rows.push(arrow(message, reply.copied(), y));
        y += STEP;
    }
    let first = TOPS[usize::from(scene.doors[1].wanted)].0 + 44;
    rows.extend(
        to_door.iter().zip(0..).map(|(message, index)| arrow(message, None, first + 58 * index)),
    );
    rows
}

fn arrow(message: &Message, reply: Option<&Message>, y: i32) -> Arrow {
    let at = |part| match part {
        Part::Client => CLIENT,
        Part::Dc => DC,
        Part::Mem1 => DOORS,
    };
    let (from, to) = (at(message.from), at(message.to));
    let unseen = message.seen != Seen::OnTheWire;
    let mut heads = head(from, to, y);
    let mut name = titled(message);
    let mut fact = message.fact.clone();
    if let Some(reply) = reply {
        heads.push_str(&head(to, from, y));
        name = format!("{name}, {}", titled(reply));
        if reply.seen != Seen::Nowhere {
            fact = format!("{fact}, gets {}", reply.fact);
        }
    }
    match message.seen {
        Seen::InsideTls => fact.push_str(", inside TLS"),
        Seen::Sealed => fact.push_str(" (sealed; the client reports it)"),
        Seen::OnTheWire | Seen::Nowhere => {}
    }
    let far = [from, to].contains(&DOORS);
    let letter = message.ticket.as_ref().map(|key| {
        let x = if far { LETTER } else { DC - 60 };
        Letter {
            class: key.shape.class(),
            unseen,
            paper: envelope(x, y),
            seal: shape(key.shape, x, y + 3, 14),
        }
    });
    Arrow {
        y,
        direction: if from < to { "to-right" } else { "to-left" },
        class: match (message.refuses, unseen) {
            (true, true) => " no dashed",
            (true, false) => " no",
            (false, true) => " unseen",
            (false, false) => "",
        },
        head_class: match (message.refuses, message.seen) {
            (true, _) => " no",
            (false, Seen::Nowhere) => " faint",
            _ => "",
        },
        text_class: match (message.refuses, message.seen) {
            (true, _) => " no",
            (false, Seen::Nowhere) => " m",
            _ => "",
        },
        line: format!("M{from} {y}H{to}"),
        heads,
        letter,
        name,
        fact,
        room: if far { 76 } else { 42 },
    }
}

fn titled(message: &Message) -> String {
    match message.number {
        Some(number) => format!("{number} {}", message.name),
        None => message.name.clone(),
    }
}

impl Scene {
    /// The SPN that the KDC looked up, for the template.
    fn lookup_spn(&self) -> &str {
        self.lookup.as_ref().map_or("", |lookup| &lookup.spn)
    }
}
