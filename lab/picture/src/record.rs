//! What a folder of evidence recorded: connections and visits.
//!
//! Uses: scene.

use serde::{Deserialize, Serialize};
use spnlab_harness::wire::{Time, Trace};
use spnlab_harness::{Attempt, SpnInventory, WebVisit, accounts};

use crate::scene::Scene;

/// One connection or one visit, with a name.
#[derive(Debug, Clone)]
pub struct Record {
    /// The name of its file without the extension.
    pub name: String,
    /// What was seen.
    pub seen: Recorded,
}

/// A connection or a visit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// `connect`.
    Connection(Box<Attempt>),
    /// `browse`.
    Visit(Box<WebVisit>),
}

impl Recorded {
    /// The names of the files in which `connect` and `browse` keep what they saw.
    pub const FILES: [&str; 2] = ["connect.json", "browse.json"];

    /// The name of the file in which it is kept.
    pub fn file(&self) -> &'static str {
        let [connection, visit] = Self::FILES;
        match self {
            Self::Connection(_) => connection,
            Self::Visit(_) => visit,
        }
    }

    /// Reads what is kept. `None`: it is another document.
    pub fn read(json: &[u8]) -> Option<Self> {
        let connection = serde_json::from_slice(json).ok().map(Self::Connection);
        connection.or_else(|| serde_json::from_slice(json).ok().map(Self::Visit))
    }

    /// Its scene. `before` is who held which SPN at the attempt before.
    pub fn scene(&self, before: Option<&SpnInventory>) -> Scene {
        match self {
            Self::Connection(attempt) => Scene::of_attempt(attempt, before),
            Self::Visit(visit) => Scene::of_visit(visit, before),
        }
    }

    /// What went over the wire.
    pub fn trace(&self) -> &Trace {
        match self {
            Self::Connection(attempt) => &attempt.wire.trace,
            Self::Visit(visit) => &visit.wire.trace,
        }
    }

    /// Who held which SPN.
    pub fn spns(&self) -> Option<&SpnInventory> {
        match self {
            Self::Connection(attempt) => attempt.spns.as_ref(),
            Self::Visit(visit) => visit.spns.as_ref(),
        }
    }
}

impl Record {
    /// When its first message was seen.
    pub fn began(&self) -> Option<Time> {
        self.seen.trace().messages.first().map(|message| message.time)
    }

    /// The line of spnlab that makes the same attempt.
    pub fn command(&self) -> String {
        let attempt = match &self.seen {
            Recorded::Visit(visit) => {
                let host = visit.url.trim_start_matches("http://").trim_end_matches('/');
                return format!("spnlab browse {host}");
            }
            Recorded::Connection(attempt) => attempt,
        };
        let mut line = format!("spnlab connect {}", attempt.outcome.target);
        let user = attempt.report.principal.split('@').next().unwrap_or_default();
        if user != accounts::TRAINER.name {
            line.push_str(" --user ");
            line.push_str(user);
        }
        let switches = [
            (attempt.report.is_inside_tls(), " --use-ssl"),
            (attempt.outcome.client_settings.include_port_in_spn, " --include-port-in-spn"),
            (attempt.cached, " --keep-tickets"),
        ];
        line.extend(switches.into_iter().filter(|(on, _)| *on).map(|(_, switch)| switch));
        line
    }
}
