//! The JSON log on standard output: one line per event, for people and for the harness.

use crate::krb5::ErrorCode;
use serde::Serialize;
use std::io::Write as _;
use std::time::SystemTime;

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
    Denied {
        principal: &'a str,
        reason: String,
    },
    Error {
        peer: String,
        text: String,
    },
    Registered {
        account: &'a str,
        added: &'a [String],
    },
    NotRegistered {
        account: &'a str,
        /// The number of the event; this log has no such events.
        windows_would_log: u32,
        text: String,
    },
    Stopping {
        reason: &'static str,
    },
}

/// What happened to one AP-REQ.
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

/// The acceptor's own words about a refusal.
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

/// Writes one line. A closed standard output must not stop the service.
pub(crate) fn write(event: &Event<'_>) {
    let time = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
    if let Ok(mut line) = serde_json::to_vec(&Line { time, event }) {
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }
}
