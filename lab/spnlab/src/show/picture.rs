//! One ticket and two doors, for a terminal: whose key seals the ticket, and whose key each door
//! has. It draws the scene that the page and the report draw.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use spnfix::shown;
use spnlab_picture::{Door, DoorState, Key, Lookup, Message, Part, Scene, Seen};

use super::accounts::{painted, style};
use crate::console::{BAD, escaped};

/// Where the lifelines of CLIENT and DC1 stand, and where the doors begin.
const CLIENT: usize = 4;
const DC: usize = 30;
const DOORS: [usize; 2] = [57, 69];
/// The width of a door with its frame.
const DOOR: usize = 11;
/// The width of the picture.
const WIDTH: usize = DOORS[1] + DOOR;

/// The rows.
const ASK: usize = 1;
const REQUEST: usize = 3;
const REPLY: usize = 4;
const MARK: usize = 5;
const CARRY: usize = 6;
const TICKET: usize = 7;
const ANSWER: usize = 8;

const PLAIN: Style = Style::new();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// The lines of the picture and what happened. A terminal of fewer columns than the picture gets
/// the names of the messages, with their seals.
pub(crate) fn lines(scene: &Scene, columns: Option<usize>) -> Vec<String> {
    let mut lines = if columns.is_some_and(|columns| columns < WIDTH) {
        narrow(scene)
    } else {
        Canvas::of(scene).lines()
    };
    lines.push(painted(&escaped(&format!("  {}", scene.sentence))));
    if let Some(status) = &scene.would_report {
        lines.push(format!("  A Windows client reports {BAD}{}{BAD:#}.", escaped(status)));
    }
    lines
}

fn narrow(scene: &Scene) -> Vec<String> {
    let holders = scene.lookup.iter().map(|Lookup { spn, holders, .. }| {
        let names = holders.iter().flatten().map(Key::to_string).collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "nobody" } else { &names };
        format!("  {spn} is held by {names}")
    });
    let messages = scene.messages.iter().filter(|message| message.seen != Seen::Nowhere);
    let messages = messages.map(|message| {
        let (from, to) = (scene.name(message.from), scene.name(message.to));
        let seal = message.ticket.iter().map(|key| format!(" [✉ {}]", key.shape.sign()));
        let seal: String = seal.collect();
        format!("  {from:<6} → {to:<6}  {}{seal}", label(message))
    });
    holders.chain(messages).map(|line| escaped(&line)).collect()
}

/// Letters with their styles.
struct Canvas(Vec<Vec<(char, Style)>>);

impl Canvas {
    fn of(scene: &Scene) -> Self {
        let answers = messages(scene, Part::Mem1, Part::Client);
        let last = ANSWER + answers.len().saturating_sub(1);
        let mut canvas = Self(vec![vec![(' ', PLAIN); WIDTH]; last + 1]);
        canvas.frame(scene, last);
        canvas.at_the_kdc(scene);
        canvas.at_the_door(scene, &answers);
        canvas
    }

    /// Writes a text. What is right of the canvas is cut off.
    fn put(&mut self, row: usize, column: usize, text: &str, style: Style) {
        for (i, letter) in shown(text).to_string().chars().enumerate() {
            if let Some(cell) = self.0.get_mut(row).and_then(|row| row.get_mut(column + i)) {
                *cell = (letter, style);
            }
        }
    }

    /// Draws the arrow of a message, with a text in its middle.
    fn arrow(&mut self, row: usize, (from, to): (usize, usize), of: &Message, text: &str) {
        let (line, style, bold) = match of.seen {
            Seen::Nowhere => ('╌', PLAIN, PLAIN),
            _ if of.refuses => ('═', BAD, BAD.bold()),
            _ => ('─', PLAIN, PLAIN),
        };
        let (left, right) = (from.min(to) + 1, from.max(to));
        let body: String = std::iter::repeat_n(line, right - left).collect();
        self.put(row, left, &body, style);
        let at = left + (right - left).saturating_sub(text.chars().count()) / 2;
        self.put(row, at, text, bold);
        if of.seen != Seen::Nowhere {
            let (at, head) = if to > from { (right - 1, "▶") } else { (left, "◀") };
            self.put(row, at, head, style);
        }
        if let Some(seal) = &of.ticket {
            let at = if from > to { left + 1 } else { left + (right - left) * 2 / 3 };
            self.put(row, at, "[✉  ]", PLAIN);
            self.put(row, at + 3, &seal.shape.sign().to_string(), style_of(seal));
        }
    }

    fn key(&mut self, row: usize, column: usize, room: usize, key: &Key) -> usize {
        let text = short(&key.to_string(), room);
        self.put(row, column, &text, style_of(key));
        text.chars().count()
    }

    fn frame(&mut self, scene: &Scene, last: usize) {
        self.put(0, 2, scene.name(Part::Client), Style::new().bold());
        self.put(0, DC - 1, scene.name(Part::Dc), Style::new().bold());
        self.put(0, DOORS[1] - 2, scene.name(Part::Mem1), Style::new().bold());
        for row in ASK..=last {
            self.put(row, CLIENT, "│", PLAIN);
        }
        for row in ASK..=REPLY {
            self.put(row, DC, "│", PLAIN);
        }
        let [winrm, site] = &scene.doors;
        // The way to the web site leads past WinRM's door.
        self.door(winrm, DOORS[0], if site.wanted { CARRY } else { last });
        self.door(site, DOORS[1], last);
    }

    fn door(&mut self, door: &Door, at: usize, bottom: usize) {
        self.put(ASK, at, "┌─────────┐", PLAIN);
        self.put(bottom, at, "└─────────┘", PLAIN);
        for row in ASK + 1..bottom {
            self.put(row, at, "│         │", PLAIN);
        }
        self.put(ASK + 1, at + 1, &format!("{:^9}", door.service), PLAIN);
        let width = door.key.to_string().chars().count().min(DOOR - 2);
        self.key(REQUEST, at + (DOOR - width) / 2, DOOR - 2, &door.key);
        let (mark, style) = match door.state {
            DoorState::Opened | DoorState::RefusedInside => ("✓", GOOD),
            DoorState::Refused => ("✕", BAD.bold()),
            DoorState::NotAsked | DoorState::Silent | DoorState::Shut => ("", PLAIN),
        };
        self.put(MARK, at + DOOR / 2, mark, style);
    }

    fn at_the_kdc(&mut self, scene: &Scene) {
        let seal = scene.messages.iter().find_map(|message| message.ticket.as_ref());
        // Without a ticket and a question for one, the logon is what there is to see.
        let asked = |name: &str| scene.messages.iter().find(|message| message.name == name);
        let for_ticket = |tgs: &&Message| tgs.seen != Seen::Nowhere || seal.is_some();
        let Some(request) = asked("TGS-REQ").filter(for_ticket).or_else(|| asked("AS-REQ")) else {
            return;
        };
        let fact = request.fact.strip_suffix(" logs on").unwrap_or(&request.fact);
        let said = scene.lookup.as_ref().map_or(fact, |lookup| &lookup.spn);
        let about = if request.seen == Seen::Nowhere {
            two_lines(&missing(request), DC - CLIENT - 3)
        } else {
            [label(request), short(said, DC - CLIENT - 3)]
        };
        for (row, text) in (ASK..).zip(&about) {
            self.put(row, CLIENT + 2, text, PLAIN);
        }
        self.arrow(REQUEST, (CLIENT, DC), request, "");
        if let Some(lookup) = &scene.lookup {
            self.holders(lookup);
        }
        let behind = scene.messages.iter().skip_while(|message| *message != request);
        let reply = behind.skip(1).find(|message| message.from == Part::Dc);
        if let Some(reply) = reply {
            let (text, mark, style) = match reply.seen {
                Seen::Nowhere if request.seen == Seen::Nowhere => (String::new(), "", PLAIN),
                Seen::Nowhere => (String::new(), reply.fact.as_str(), PLAIN),
                _ if reply.refuses => {
                    (format!(" {} ", number(reply, "KRB-ERROR")), reply.name.as_str(), BAD.bold())
                }
                _ => (format!(" {} ", label(reply)), "", PLAIN),
            };
            self.arrow(REPLY, (DC, CLIENT), reply, &text);
            self.put(MARK, CLIENT + 2, mark, style);
        }
        if let Some(seal) = seal {
            self.put(REPLY, DC + 2, "sealed with the key of", PLAIN);
            self.key(MARK, DC + 2, DOORS[0] - DC - 3, seal);
        }
    }

    /// Who holds the SPN by the directory.
    fn holders(&mut self, lookup: &Lookup) {
        self.put(ASK, DC + 2, "holder of that name:", PLAIN);
        match lookup.holders.as_deref() {
            None => self.put(ASK + 1, DC + 2, "(no answer)", PLAIN),
            Some([]) => self.put(ASK + 1, DC + 2, "nobody", PLAIN),
            Some(holders) => {
                let mut at = DC + 2;
                for key in holders {
                    at += self.key(ASK + 1, at, DOORS[0].saturating_sub(at + 1), key) + 2;
                }
            }
        }
        if let Some(key) = &lookup.host_of {
            self.put(REQUEST, DC + 2, "of its HOST:", PLAIN);
            self.key(REQUEST, DC + 15, DOORS[0] - DC - 16, key);
        }
    }

    fn at_the_door(&mut self, scene: &Scene, answers: &[&Message]) {
        let Some(request) = messages(scene, Part::Client, Part::Mem1).first().copied() else {
            return;
        };
        let wanted = scene.doors.iter().position(|door| door.wanted).unwrap_or_default();
        let (door, port) = (DOORS[wanted], scene.doors[wanted].port);
        let inside = |message: &Message| match message.seen {
            Seen::InsideTls => " inside TLS",
            Seen::OnTheWire | Seen::Sealed | Seen::Nowhere => "",
        };
        let text = match request.seen {
            Seen::Nowhere => missing(request),
            _ => format!("{}  port {port}{}", label(request), inside(request)),
        };
        self.put(CARRY, CLIENT + 2, &short(&text, DOORS[0] - CLIENT - 3), PLAIN);
        self.arrow(TICKET, (CLIENT, door), request, "");
        for (row, answer) in (ANSWER..).zip(answers) {
            let text = match answer.seen {
                Seen::Nowhere => "no answer".to_owned(),
                _ => format!("{}{}", label(answer), inside(answer)),
            };
            self.arrow(row, (door, CLIENT), answer, &format!(" {text} "));
        }
    }

    /// The rows as text, without the blanks at their ends.
    fn lines(&self) -> Vec<String> {
        let line = |row: &Vec<(char, Style)>| {
            let end = row.iter().rposition(|(letter, _)| *letter != ' ').map_or(0, |at| at + 1);
            let mut text = String::new();
            for piece in row.get(..end).unwrap_or_default().chunk_by(|a, b| a.1 == b.1) {
                let style = piece.first().map_or(PLAIN, |(_, style)| *style);
                let letters: String = piece.iter().map(|(letter, _)| letter).collect();
                let _ = write!(text, "{style}{letters}{style:#}");
            }
            text
        };
        self.0.iter().map(line).collect()
    }
}

fn style_of(key: &Key) -> Style {
    style(key.shape)
}

/// The messages from one to the other.
fn messages(scene: &Scene, from: Part, to: Part) -> Vec<&Message> {
    let between = |message: &&Message| message.from == from && message.to == to;
    scene.messages.iter().filter(between).collect()
}

/// The number and the name of a message.
fn label(message: &Message) -> String {
    number(message, &message.name)
}

fn number(message: &Message, name: &str) -> String {
    message.number.map_or_else(|| name.to_owned(), |number| format!("{number} {name}"))
}

/// A message that was not sent, and why.
fn missing(message: &Message) -> String {
    let why = message.fact.strip_prefix("not sent: ").unwrap_or(&message.fact);
    format!("no {}: {why}", message.name)
}

/// The text in two lines. The second is cut.
fn two_lines(text: &str, room: usize) -> [String; 2] {
    let first = match text.char_indices().nth(room + 1) {
        Some((end, _)) => text[..end].rsplit_once(' ').map_or(&text[..end], |(first, _)| first),
        None => text,
    };
    [first.to_owned(), short(text[first.len()..].trim_start(), room)]
}

/// The text, or its beginning if it is too long.
fn short(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
