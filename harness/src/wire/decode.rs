//! From the bytes of a capture to its Kerberos messages.

use std::net::SocketAddr;

use super::error::WireError;
use super::frames;
use super::http::{self, Side};
use super::kerberos;
use super::message::{Body, Endpoint, Message, Transport};
use super::packet::{self, Content};
use super::stream::{Connections, Direction, Stream};
use super::time::Time;
use super::trace::{Answered, Trace};

/// Port of the KDC.
const KDC: u16 = 88;
/// Ports of HTTP: the web site, and WinRM.
const HTTP: [u16; 2] = [80, 5985];
/// Port of WinRM inside TLS: what is said there cannot be read, but where it ends can be seen.
const TLS: u16 = 5986;
/// After so many unreadable messages, the rest of a stream is left out: what is none of Kerberos
/// must not fill the memory with reasons.
const UNREADABLE: usize = 8;

/// Decodes a capture in pcap format.
///
/// The memory it takes grows with the capture alone, which is limited; no length inside the capture
/// is trusted. A last record that is cut short, as in a file that is still being written, is
/// left out and told in [`Trace::cut_short`].
///
/// # Errors
/// If the bytes are no such capture, or of a link type without IP packets. A damaged Kerberos
/// message is no error: it is a message with [`Body::Unreadable`].
pub fn decode(capture: &[u8]) -> Result<Trace, WireError> {
    let read = packet::read(capture)?;
    let mut messages = Vec::new();
    let mut connections = Connections::default();
    for packet in read.all {
        let (time, from, to) = (packet.time, packet.from, packet.to);
        match packet.content {
            Content::Udp(data) if [from.port(), to.port()].contains(&KDC) => {
                messages.push(message(time, from, to, Transport::Udp, kerberos::read(data)));
            }
            Content::Udp(_) => {}
            Content::Tcp(segment) => connections.add(time, from, to, segment),
        }
    }
    let mut trace =
        Trace { cut_short: read.cut_short, fragments: read.fragments, ..Trace::default() };
    for direction in connections.into_directions() {
        let Some(stream) = of_direction(&direction, &mut messages) else { continue };
        trace.gaps += usize::from(stream.gap);
        trace.answered.extend(last_answer(&direction, &stream));
        if direction.ended {
            trace.ended.push((direction.from, direction.to));
        }
    }
    // A stable sort: what was seen in the same microsecond stays in the order of its connection.
    messages.sort_by_key(|message| message.time);
    trace.messages = messages;
    Ok(trace)
}

/// The last HTTP answer, if this is the direction of answers.
fn last_answer(direction: &Direction<'_>, stream: &Stream) -> Option<Answered> {
    if !HTTP.contains(&direction.from.port()) {
        return None;
    }
    let (end, status) = http::last_status(&stream.bytes)?;
    Some(Answered { time: stream.time_at(end), to: direction.to, status })
}

/// Adds the messages of one direction; `None` if its ports are nobody's here.
fn of_direction(direction: &Direction<'_>, messages: &mut Vec<Message>) -> Option<Stream> {
    let (from, to) = (direction.from, direction.to);
    let side = match (from.port(), to.port()) {
        (TLS, _) | (_, TLS) => return Some(direction.stream()),
        (_, port) if HTTP.contains(&port) => Some(Side::Requests),
        (port, _) if HTTP.contains(&port) => Some(Side::Answers),
        (KDC, _) | (_, KDC) => None,
        _ => return None,
    };
    let stream = direction.stream();
    let seen = |transport, end, body| message(stream.time_at(end), from, to, transport, body);
    if let Some(side) = side {
        let found = http::messages(&stream.bytes, side);
        add(messages, found.map(|found| seen(Transport::Http, found.end, found.body)));
    } else {
        let frames = frames::split(&stream.bytes);
        add(
            messages,
            frames.map(|frame| {
                let body = frame.message.map_or_else(kerberos::unreadable, kerberos::read);
                seen(Transport::Tcp, frame.end, body)
            }),
        );
    }
    Some(stream)
}

fn add(messages: &mut Vec<Message>, found: impl Iterator<Item = Message>) {
    let mut unreadable = 0;
    for message in found {
        unreadable += usize::from(matches!(message.body, Body::Unreadable { .. }));
        messages.push(message);
        if unreadable == UNREADABLE {
            break;
        }
    }
}

fn message(
    time: Time,
    from: SocketAddr,
    to: SocketAddr,
    transport: Transport,
    body: Body,
) -> Message {
    let endpoint = |address| Endpoint { address, host: None };
    Message { time, from: endpoint(from), to: endpoint(to), transport, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_of_nonsense_does_not_fill_the_memory() {
        let end = Endpoint { address: ([10, 0, 0, 1], 88).into(), host: None };
        let nonsense = Message {
            time: Time::EPOCH,
            from: end.clone(),
            to: end,
            transport: Transport::Tcp,
            body: kerberos::read(b"nonsense"),
        };
        let mut messages = Vec::new();
        add(&mut messages, std::iter::repeat(nonsense));
        assert_eq!(messages.len(), UNREADABLE);
    }
}
