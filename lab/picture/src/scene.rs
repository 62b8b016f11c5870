//! The scene: who speaks, what each message says, whose key seals the ticket, which door opens.
//!
//! A picture, a terminal and a page show the same scene.
//!
//! Uses: no other room.

use serde::Serialize;
use spnlab_harness::accounts;

/// One attempt as a scene.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scene {
    /// What was attempted.
    pub title: String,
    /// The client's principal, if it is known.
    pub user: Option<String>,
    /// The domain controller that was asked.
    pub kdc: String,
    /// The messages, in their order. Those that were not sent or not seen are in it, too.
    pub messages: Vec<Message>,
    /// What the KDC looked up; `None` if it was not asked for a ticket.
    pub lookup: Option<Lookup>,
    /// WinRM and the web site.
    pub doors: [Door; 2],
    /// What happened, in one sentence or two.
    pub sentence: String,
    /// What a Windows client would report. It is never on the wire.
    pub would_report: Option<String>,
    /// The accounts whose keys were tried on the ticket.
    pub keys: Vec<TriedKey>,
}

/// A lifeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The user's workstation.
    Client,
    /// The domain controller.
    Dc,
    /// The server with the two doors.
    Mem1,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its place among the messages that were sent.
    pub number: Option<usize>,
    /// Who sends it.
    pub from: Part,
    /// Who receives it.
    pub to: Part,
    /// Its name in the field: `TGS-REQ`, `KRB_AP_ERR_MODIFIED (41)`.
    pub name: String,
    /// What it says, or why it is missing.
    pub fact: String,
    /// How it is known.
    pub seen: Seen,
    /// Whether it refuses.
    pub refuses: bool,
    /// The key that seals the ticket in it.
    pub ticket: Option<Key>,
}

/// How a message is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// The capture has it.
    OnTheWire,
    /// TLS hides it from the capture. The client and the endpoint report it.
    InsideTls,
    /// The session key seals it. The client reports it.
    Sealed,
    /// It was not seen.
    Nowhere,
}

/// An account and its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// The account.
    pub account: String,
    /// Its shape and colour.
    pub shape: Shape,
}

/// Whose key it is. Each has a shape and a colour, the same in every view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// MEM1's computer account: ■ blue.
    Computer,
    /// The web site's service account: ● amber.
    Service,
    /// Anybody else: ▲ grey.
    Other,
}

/// What the KDC looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lookup {
    /// The SPN.
    pub spn: String,
    /// The accounts that hold it; `None` if the directory did not answer.
    pub holders: Option<Vec<Key>>,
    /// The holder of the HOST name that stands in for it.
    pub host_of: Option<Key>,
    /// SPNs that came or went since the attempt before.
    pub changes: Vec<Change>,
}

/// An SPN that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// As [`SpnInventory::difference`](spnlab_harness::SpnInventory::difference) says it:
    /// `+ svc_web http/mem1`.
    pub what: String,
    /// When, and by what, if that is known.
    pub by: Option<String>,
}

/// A service of MEM1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Door {
    /// Its name.
    pub service: &'static str,
    /// Its port.
    pub port: u16,
    /// The key that it has.
    pub key: Key,
    /// Whether the client wants it.
    pub wanted: bool,
    /// What it did.
    pub state: DoorState,
}

/// What a door did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoorState {
    /// Nobody came.
    NotAsked,
    /// The ticket opened it.
    Opened,
    /// It refused the ticket.
    Refused,
    /// The ticket opened it, and what is behind it refused the user.
    RefusedInside,
    /// It took the ticket and said nothing.
    Silent,
    /// Nothing answered there.
    Shut,
}

/// An account whose key was tried on the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TriedKey {
    /// The account.
    pub key: Key,
    /// Whether its key decrypts the ticket.
    pub opens: bool,
}

impl Key {
    /// The key of this account.
    pub fn of(account: &str) -> Self {
        let shape = match account {
            name if name == accounts::MEM1.name => Shape::Computer,
            name if name == accounts::SVC_WEB.name => Shape::Service,
            _ => Shape::Other,
        };
        Self { account: account.to_owned(), shape }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.shape.sign(), self.account)
    }
}

impl Shape {
    /// The sign that always stands beside the colour.
    pub fn sign(self) -> char {
        match self {
            Self::Computer => '■',
            Self::Service => '●',
            Self::Other => '▲',
        }
    }

    /// The name of its colour in the style.
    pub fn class(self) -> &'static str {
        match self {
            Self::Computer => "computer",
            Self::Service => "service",
            Self::Other => "other",
        }
    }
}

impl Scene {
    /// Marks who changed what, and when.
    pub fn changed_by(&mut self, by: impl Fn(&str) -> Option<String>) {
        for change in self.lookup.iter_mut().flat_map(|lookup| &mut lookup.changes) {
            change.by = by(&change.what);
        }
    }

    /// The name of a lifeline.
    pub fn name(&self, part: Part) -> &str {
        match part {
            Part::Client => "CLIENT",
            Part::Dc => &self.kdc,
            Part::Mem1 => "MEM1",
        }
    }
}

impl Seen {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::OnTheWire => "on the wire",
            Self::InsideTls => "inside TLS; the client and the endpoint report it",
            Self::Sealed => "sealed with the session key; the client reports it",
            Self::Nowhere => "not seen",
        }
    }
}

impl DoorState {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAsked => "not asked",
            Self::Opened => "opened",
            Self::Refused => "refused",
            Self::RefusedInside => "opened, then refused",
            Self::Silent => "no answer",
            Self::Shut => "nothing answers",
        }
    }
}
