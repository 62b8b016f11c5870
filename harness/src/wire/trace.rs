//! The messages of a capture, and the part of them that belongs to one attempt.

use std::net::SocketAddr;

use serde::Serialize;

use super::decode::KDC;
use super::hosts::Hosts;
use super::message::{Message, Transport};
use super::time::Time;

/// The Kerberos messages of a capture in the order in which they were seen.
///
/// Its [`Display`](std::fmt::Display) prints one line for each message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Trace {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether the capture ends inside a record.
    pub cut_short: bool,
    /// Directions of TCP connections in which a segment is missing; what follows the gap is not
    /// decoded.
    pub gaps: usize,
    /// Fragments of IP packets; what they carry is not decoded.
    pub fragments: usize,
    /// Directions, from and to, in which a FIN or RST was seen.
    #[serde(skip)]
    pub(super) ended: Vec<(SocketAddr, SocketAddr)>,
    /// The marks of the judge's own.
    #[serde(skip)]
    pub(super) marks: Vec<Vec<u8>>,
    /// The last HTTP answer to each client.
    #[serde(skip)]
    pub(super) answered: Vec<Answered>,
}

/// The last answer in a stream of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answered {
    /// When its last byte was seen.
    pub(super) time: Time,
    /// To whom.
    pub(super) to: SocketAddr,
    /// Its status.
    pub(super) status: u16,
}

impl Trace {
    /// The messages that were seen from `first` to `last`, both included.
    #[must_use]
    pub fn between(&self, first: Time, last: Time) -> Self {
        let span = first..=last;
        let mut all = self.with(|message| span.contains(&message.time));
        all.answered.retain(|answer| span.contains(&answer.time));
        all
    }

    /// The messages of one attempt: those on the client's connection to the service, and what the
    /// same host and the KDC said to each other before that connection's last message.
    ///
    /// `client` is the client's end of the connection. A capture that begins with the attempt makes
    /// the cut exact: requests to the KDC have ports of their own.
    #[must_use]
    pub fn of_attempt(&self, client: SocketAddr) -> Self {
        let last = self.on_connection(client).map(|message| message.time).last();
        self.with(|message| {
            let (from, to) = (message.from.address, message.to.address);
            let own = is_on(message, client);
            let kdc = message.transport != Transport::Http
                && [from.ip(), to.ip()].contains(&client.ip())
                && last.is_none_or(|last| message.time <= last);
            own || kdc
        })
    }

    /// The messages on the connection to a service whose one end this is. A request to the KDC may have had the
    /// same port of the client before.
    pub fn on_connection(&self, client: SocketAddr) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| is_on(message, client))
    }

    /// Whether the capture holds the end of the connection to a service whose one end this is: a FIN or RST from
    /// either side, so that everything said before it is in the capture, too.
    pub fn has_end_of(&self, client: SocketAddr) -> bool {
        let with_kdc = |end: &SocketAddr| end.port() == KDC;
        self.ended
            .iter()
            .any(|(from, to)| [from, to].contains(&&client) && !with_kdc(from) && !with_kdc(to))
    }

    /// Whether the capture has come to this mark, so that everything sent before it is in the capture, too.
    pub(super) fn has_mark(&self, mark: &str) -> bool {
        self.marks.iter().any(|seen| seen == mark.as_bytes())
    }

    /// The status of the last HTTP answer on the connection whose client's end this is: of one that came to
    /// its end, so that the client has it, too.
    pub fn http_status(&self, client: SocketAddr) -> Option<u16> {
        let to_client = self.answered.iter().filter(|answer| answer.to == client);
        to_client.max_by_key(|answer| answer.time).map(|answer| answer.status)
    }

    /// The first message that went back on the same connection after the message at `index`.
    pub fn answer_to(&self, index: usize) -> Option<&Message> {
        let asked = self.messages.get(index)?;
        self.messages.iter().skip(index + 1).find(|answer| {
            answer.from.address == asked.to.address && answer.to.address == asked.from.address
        })
    }

    /// The same with the hosts' names.
    #[must_use]
    pub fn named(mut self, hosts: &Hosts) -> Self {
        for message in &mut self.messages {
            for end in [&mut message.from, &mut message.to] {
                end.host = hosts.name(end.address.ip()).map(str::to_owned);
            }
        }
        self
    }

    fn with(&self, keep: impl Fn(&Message) -> bool) -> Self {
        let messages = self.messages.iter().filter(|message| keep(message)).cloned().collect();
        Self { messages, ..self.clone() }
    }
}

fn is_on(message: &Message, client: SocketAddr) -> bool {
    message.transport == Transport::Http
        && [message.from.address, message.to.address].contains(&client)
}
