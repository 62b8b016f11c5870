//! The JSON log on standard output: one line per event, for people and for the harness.
//!
//! - Every value has a maximum length ([`bounded`]).
//! - No honest client reaches the maximum rate of refusals. Above it, one line counts the other
//!   refusals of a peer ([`refusals`]).
//! - A reader that stops reading blocks nobody ([`output`]).
//!
//! Uses: lock, peer_network.

mod bounded;
mod output;
mod refusals;

use super::peer_network::peer_network;
use crate::kerberos::ErrorCode;
use serde::Serialize;
use std::net::IpAddr;
use std::time::SystemTime;

pub(crate) use output::flush;

/// One line.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event<'a> {
    Listening {
        address: String,
        tls: bool,
    },
    Authentication(Box<Authentication<'a>>),
    Command {
        principal: &'a str,
        user: &'a str,
        shell: &'a str,
        command_id: &'a str,
        exit_code: i32,
    },
    Shell {
        principal: &'a str,
        shell: &'a str,
        state: &'static str,
    },
    /// SIGUSR1 ended this many shells, and none of their processes is left.
    ShellsEnded {
        count: usize,
    },
    Denied {
        principal: &'a str,
        reason: String,
    },
    Error {
        peer: String,
        text: String,
    },
    /// Number of a peer's refusals without a line of their own.
    Refusals {
        peer: String,
        more: u64,
        seconds: u64,
    },
    /// Lines that were dropped because nobody read the log.
    Lost {
        lines: u64,
    },
    Registered {
        account: &'a str,
        added: &'a [String],
    },
    NotRegistered {
        account: &'a str,
        /// The number of Windows' event. This log has no such events.
        windows_would_log: u32,
        text: String,
    },
    Stopping {
        reason: &'static str,
    },
}

/// The result of one AP-REQ.
#[derive(Debug, Serialize)]
pub(crate) struct Authentication<'a> {
    pub(crate) peer: String,
    pub(crate) scheme: &'static str,
    pub(crate) mechanism: Option<&'static str>,
    pub(crate) sname: Option<&'a str>,
    pub(crate) ticket_realm: Option<&'a str>,
    pub(crate) etype: Option<i32>,
    pub(crate) kvno: Option<u32>,
    pub(crate) result: &'static str,
    pub(crate) client: Option<&'a str>,
    pub(crate) acceptor: Option<Acceptor>,
    pub(crate) sent: Option<ErrorCode>,
}

/// The acceptor's own words for a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Acceptor {
    pub(crate) code: Option<i32>,
    pub(crate) name: Option<&'static str>,
    pub(crate) text: String,
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    #[serde(flatten)]
    event: &'a Event<'a>,
}

fn line(event: &Event<'_>) -> Option<Vec<u8>> {
    let time = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
    bounded::json(&Line { time, event })
}

/// Writes one line. If standard output is closed, the service goes on.
pub(crate) fn write(event: &Event<'_>) {
    if let Some(line) = line(event) {
        output::write(line);
    }
}

/// Writes a line about a refusal to a peer, unless the peer has too many.
pub(crate) fn refused(address: IpAddr, event: &Event<'_>) {
    if refusals::is_written(peer_network(address)) {
        write(event);
    }
}

/// Writes the counts of refusals without a line. The service calls it now and then.
pub(crate) fn sum_up() {
    for event in refusals::due() {
        write(&event);
    }
}

/// The same when the service ends.
pub(crate) fn sum_up_all() {
    for event in refusals::all() {
        write(&event);
    }
}
