//! The messages of a capture.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::hosts::Hosts;
use super::message::{Message, Transport};
use super::time::Time;
use crate::model::ports::KDC;

/// The Kerberos messages of a capture, in the order in which they were seen.
///
/// Its [`Display`](std::fmt::Display) prints one line for each message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether the capture ends inside a record.
    pub cut_short: bool,
    /// How many directions of TCP connections miss a segment. What follows the gap is not decoded.
    pub gaps: usize,
    /// How many fragments of IP packets there are. Their contents are not decoded.
    pub fragments: usize,
    /// Directions, from and to, in which a FIN or RST was seen.
    #[serde(skip)]
    pub(super) ended: Vec<(SocketAddr, SocketAddr)>,
    /// The judge's own markers.
    #[serde(skip)]
    pub(super) marks: Vec<Vec<u8>>,
    /// The last HTTP answer to each client.
    #[serde(skip)]
    pub(crate) answered: Vec<Answered>,
}

/// The last answer in a stream of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answered {
    /// When its last byte was seen.
    pub(super) time: Time,
    /// The client that it went to.
    pub(super) to: SocketAddr,
    /// Its status.
    pub(super) status: u16,
}

impl Trace {
    /// The messages on the connection to a service with this client's end. A request to the KDC
    /// does not count: the client may have used the same port for one before.
    pub fn on_connection(&self, client: SocketAddr) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| is_on(message, client))
    }

    /// Whether the capture holds the end of the connection to a service with this client's end: a
    /// FIN or RST from either side. Everything said before it is then in the capture too.
    pub fn has_end_of(&self, client: SocketAddr) -> bool {
        let with_kdc = |end: &SocketAddr| end.port() == KDC;
        self.ended
            .iter()
            .any(|(from, to)| [from, to].contains(&&client) && !with_kdc(from) && !with_kdc(to))
    }

    /// Whether the capture has reached this marker. Everything sent before it is then in the
    /// capture too.
    pub(crate) fn has_mark(&self, mark: &str) -> bool {
        self.marks.iter().any(|seen| seen == mark.as_bytes())
    }

    /// The status of the last complete HTTP answer on the connection with this client's end. The
    /// client has a complete answer too.
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

    /// The same trace with the hosts' names.
    #[must_use]
    pub fn named(mut self, hosts: &Hosts) -> Self {
        for message in &mut self.messages {
            for end in [&mut message.from, &mut message.to] {
                end.host = hosts.name(end.address.ip()).map(str::to_owned);
            }
        }
        self
    }
}

fn is_on(message: &Message, client: SocketAddr) -> bool {
    message.transport == Transport::Http
        && [message.from.address, message.to.address].contains(&client)
}
