//! One ticket and two doors, for a terminal of 80 columns: whose key sealed the ticket, and whose
//! key each door has. Everything comes from what the judge saw of the attempt.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use spnlab_harness::{ApFact, KerberosOutcome, TgsFact, WinrmFact, accounts};

use super::accounts::look;
use crate::console::BAD;

/// Where the lifelines of CLIENT and DC1 stand, and where the doors begin.
const CLIENT: usize = 4;
const DC1: usize = 30;
const WINRM: usize = 57;
const SITE: usize = 69;
/// The width of a door with its frame.
const DOOR: usize = 11;

/// The rows.
const ASK: usize = 1;
const REQUEST: usize = 3;
const REPLY: usize = 4;
const MARK: usize = 5;
const CARRY: usize = 6;
const TICKET: usize = 7;
const ANSWER: usize = 8;
const ROWS: usize = 9;

const PLAIN: Style = Style::new();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// The lines of the picture. `cached`: the client had the ticket before and did not ask for it.
pub(crate) fn lines(outcome: &KerberosOutcome, port: u16, cached: bool) -> Vec<String> {
    let mut canvas = Canvas::new();
    canvas.frame();
    let seal = match &outcome.tgs {
        TgsFact::Issued(ticket) => Some(Seal::of(&ticket.encrypted_with_key_of)),
        TgsFact::Refused(_) | TgsFact::NotReached(_) => None,
    };
    canvas.at_the_kdc(outcome, seal.as_ref(), cached);
    canvas.at_the_door(outcome, seal.as_ref(), port);
    let mut lines = canvas.lines();
    lines.push(String::new());
    lines.push(format!("  {}", sentence(outcome, seal.as_ref())));
    if let Some(status) = &outcome.client_status {
        lines.push(format!("  A Windows client reports {BAD}{}{BAD:#}.", status.would_report));
    }
    lines
}

/// The account whose key sealed the ticket, as the trial of keys has proven.
struct Seal {
    name: String,
    shape: char,
    style: Style,
}

impl Seal {
    fn of(proven: &[String]) -> Self {
        match proven.first() {
            Some(name) => {
                let (shape, style) = look(name);
                Self { name: name.clone(), shape, style }
            }
            None => Self { name: "nobody".to_owned(), shape: '?', style: PLAIN },
        }
    }

    fn fits_winrm(&self) -> bool {
        self.name == accounts::MEM1.name
    }
}

/// What happened.
fn sentence(outcome: &KerberosOutcome, seal: Option<&Seal>) -> String {
    let Some(seal) = seal else {
        return "The KDC issued no ticket, so nobody came to a door.".to_owned();
    };
    match (&outcome.ap, &outcome.winrm) {
        (ApFact::Accepted, WinrmFact::Fault { .. }) => {
            "Seal and keyhole match. The door opens, and WinRM refuses this user.".to_owned()
        }
        (ApFact::Accepted, _) => "Seal and keyhole match. The door opens.".to_owned(),
        (ApFact::Refused { .. }, _) if !seal.fits_winrm() => {
            "The ticket is genuine. It was carried to the wrong door.".to_owned()
        }
        (ApFact::Refused { .. }, _) => {
            "Seal and keyhole match, and the door refuses the ticket all the same.".to_owned()
        }
        (ApFact::Unanswered, _) => "Nobody answers at the door.".to_owned(),
        (ApFact::NotReached, _) => "The ticket was not carried to a door.".to_owned(),
    }
}

/// Letters with their styles.
struct Canvas(Vec<Vec<(char, Style)>>);

impl Canvas {
    fn new() -> Self {
        Self(vec![vec![(' ', PLAIN); SITE + DOOR]; ROWS])
    }

    /// Writes a text. What is right of the canvas is cut off.
    fn put(&mut self, row: usize, column: usize, text: &str, style: Style) {
        for (i, letter) in text.chars().enumerate() {
            if let Some(cell) = self.0.get_mut(row).and_then(|row| row.get_mut(column + i)) {
                *cell = (letter, style);
            }
        }
    }

    /// Draws an arrow between two columns, with a text in its middle.
    fn arrow(&mut self, row: usize, (from, to): (usize, usize), line: char, text: &str) {
        let style = if line == '═' { BAD } else { PLAIN };
        let (left, right) = (from.min(to) + 1, from.max(to));
        let body: String = std::iter::repeat_n(line, right - left).collect();
        self.put(row, left, &body, style);
        let at = left + (right - left).saturating_sub(text.chars().count()) / 2;
        self.put(row, at, text, if style == BAD { BAD.bold() } else { PLAIN });
        let (at, head) = if to > from { (right - 1, "▶") } else { (left, "◀") };
        if line != '╌' {
            self.put(row, at, head, style);
        }
    }

    /// An envelope with its seal on an arrow.
    fn envelope(&mut self, row: usize, column: usize, seal: &Seal) {
        self.put(row, column, "[✉  ]", PLAIN);
        self.put(row, column + 3, &seal.shape.to_string(), seal.style);
    }

    fn frame(&mut self) {
        self.put(0, 2, "CLIENT", Style::new().bold());
        self.put(0, DC1 - 1, "DC1", Style::new().bold());
        self.put(0, 67, "MEM1", Style::new().bold());
        for row in ASK..=ANSWER {
            self.put(row, CLIENT, "│", PLAIN);
        }
        for row in ASK..=REPLY {
            self.put(row, DC1, "│", PLAIN);
        }
        let doors = [(WINRM, " WinRM", accounts::MEM1), (SITE, "web site", accounts::SVC_WEB)];
        for (at, service, account) in doors {
            self.put(ASK, at, "┌─────────┐", PLAIN);
            self.put(ANSWER, at, "└─────────┘", PLAIN);
            for row in ASK + 1..ANSWER {
                self.put(row, at, "│         │", PLAIN);
            }
            self.put(ASK + 1, at + 1, service, PLAIN);
            let (shape, style) = look(account.name);
            let key = format!("{shape} {}", account.name);
            self.put(REQUEST, at + (DOOR - key.chars().count()) / 2, &key, style);
        }
    }

    fn at_the_kdc(&mut self, outcome: &KerberosOutcome, seal: Option<&Seal>, cached: bool) {
        let spn = &outcome.requested_spn;
        self.put(ASK + 1, CLIENT + 2, &short(spn, DC1 - CLIENT - 3), PLAIN);
        if cached {
            self.put(ASK, CLIENT + 2, "kept from before:", PLAIN);
            self.arrow(REQUEST, (CLIENT, DC1), '╌', " no TGS-REQ ");
        } else if matches!(outcome.tgs, TgsFact::NotReached(_)) {
            self.put(ASK, CLIENT + 2, "for", PLAIN);
            self.arrow(REQUEST, (CLIENT, DC1), '╌', " no TGS-REQ ");
        } else {
            self.put(ASK, CLIENT + 2, "1 TGS-REQ", PLAIN);
            self.arrow(REQUEST, (CLIENT, DC1), '─', "");
        }
        self.put(ASK, DC1 + 2, "holder of that name:", PLAIN);
        self.holders(outcome);
        match (seal, &outcome.tgs) {
            (Some(seal), _) => {
                let (line, text) = if cached { ('╌', "") } else { ('─', " 2 TGS-REP ") };
                self.arrow(REPLY, (DC1, CLIENT), line, text);
                self.envelope(REPLY, CLIENT + 2, seal);
                self.put(REPLY, DC1 + 2, "sealed with the key of", PLAIN);
                let name = format!("{} {}", seal.shape, seal.name);
                self.put(MARK, DC1 + 2, &short(&name, 24), seal.style);
            }
            (None, TgsFact::Refused(code)) => {
                self.arrow(REPLY, (DC1, CLIENT), '═', " 2 KRB-ERROR ");
                self.put(MARK, CLIENT + 2, &code.to_string(), BAD.bold());
            }
            (None, TgsFact::NotReached(Some(code))) => {
                self.put(MARK, CLIENT + 2, &format!("AS exchange: {code}"), BAD.bold());
            }
            (None, _) => self.put(MARK, CLIENT + 2, "the KDC was not reached", BAD.bold()),
        }
    }

    /// Who holds the SPN by the directory.
    fn holders(&mut self, outcome: &KerberosOutcome) {
        let row = ASK + 1;
        match outcome.holders.as_deref() {
            None => self.put(row, DC1 + 2, "(no answer)", PLAIN),
            Some([]) => self.put(row, DC1 + 2, "nobody", PLAIN),
            Some(holders) => {
                let mut at = DC1 + 2;
                for name in holders {
                    let (shape, style) = look(name);
                    let text = short(&format!("{shape} {name}"), WINRM.saturating_sub(at + 1));
                    self.put(row, at, &text, style);
                    at += text.chars().count() + 2;
                }
            }
        }
    }

    fn at_the_door(&mut self, outcome: &KerberosOutcome, seal: Option<&Seal>, port: u16) {
        let carried = seal.filter(|_| outcome.ap != ApFact::NotReached);
        let Some(seal) = carried else {
            self.put(CARRY, CLIENT + 2, "no AP-REQ", PLAIN);
            self.arrow(TICKET, (CLIENT, WINRM), '╌', "");
            return;
        };
        self.put(CARRY, CLIENT + 2, &format!("3 AP-REQ  port {port}"), PLAIN);
        self.arrow(TICKET, (CLIENT, WINRM), '─', "");
        self.envelope(TICKET, 40, seal);
        match &outcome.ap {
            ApFact::Accepted => {
                self.put(MARK, WINRM + 5, "✓", GOOD);
                self.arrow(ANSWER, (WINRM, CLIENT), '─', " 4 AP-REP ");
            }
            ApFact::Refused { inside_tls, .. } => {
                self.put(MARK, WINRM + 5, "✕", BAD.bold());
                let code = outcome.ap.answered();
                let code = code.map_or_else(|| "401 without a token".into(), ToString::to_string);
                let place = if inside_tls.is_some() { " inside TLS" } else { "" };
                self.arrow(ANSWER, (WINRM, CLIENT), '═', &format!(" 4 {code}{place} "));
            }
            ApFact::Unanswered | ApFact::NotReached => {
                self.arrow(ANSWER, (WINRM, CLIENT), '╌', " no answer ");
            }
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
