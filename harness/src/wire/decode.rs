//! Decodes the bytes of a capture into its Kerberos messages.

use std::net::SocketAddr;

use super::error::WireError;
use super::frames;
use super::http::{self, Side};
use super::kerberos;
use super::marker::{MARKER, MARKER_BEGINS};
use super::message::{Body, Endpoint, Message, Transport};
use super::packet::{self, Content};
use super::stream::{Connections, Direction, Stream};
use super::time::Time;
use super::trace::{Answered, Trace};
use crate::model::ports::{HTTP, KDC, TLS};

/// After this many unreadable messages, the decoder leaves out the rest of a stream. A stream that
/// is not Kerberos must not fill the memory with reasons.
const UNREADABLE: usize = 8;

/// Decodes a capture in pcap format.
///
/// Its memory grows with the size of the capture alone, which is limited. It trusts no length
/// inside the capture. It leaves out a last record that is cut short, as in a file that is still
/// being written, and says so in [`Trace::cut_short`].
///
/// # Errors
/// The bytes are no such capture, are too many, or have a link type without IP packets. A damaged
/// Kerberos message is no error: it becomes a message with [`Body::Unreadable`].
pub fn decode(capture: &[u8]) -> Result<Trace, WireError> {
    let read = packet::read(capture)?;
    let mut messages = Vec::new();
    let mut marks = Vec::new();
    let mut fragments = 0;
    let mut connections = Connections::default();
    for packet in read.all {
        let (time, from, to) = (packet.time, packet.from, packet.to);
        match packet.content {
            Content::Udp(data) if [from.port(), to.port()].contains(&KDC) => {
                messages.push(message(time, from, to, Transport::Udp, kerberos::read(data)));
            }
            Content::Udp(data) if is_mark(to, data) => marks.push(data.to_vec()),
            Content::Udp(_) => {}
            Content::Fragment => fragments += 1,
            Content::Tcp(segment) => connections.add(time, from, to, segment),
        }
    }
    let mut trace = Trace { cut_short: read.cut_short, fragments, marks, ..Trace::default() };
    for direction in connections.into_directions() {
        let Some(stream) = of_direction(&direction, &mut messages) else { continue };
        trace.gaps += usize::from(stream.gap);
        trace.answered.extend(last_answer(&direction, &stream));
        if direction.ended {
            trace.ended.push((direction.from, direction.to));
        }
    }
    // The sort is stable: messages of one microsecond stay in the order of their connection.
    messages.sort_by_key(|message| message.time);
    trace.messages = messages;
    Ok(trace)
}

/// One direction of a TCP connection to a KDC, or of HTTP in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// When its first bytes were seen.
    pub began: Time,
    /// Who sent it.
    pub from: SocketAddr,
    /// Who received it.
    pub to: SocketAddr,
    /// The bytes, up to the first gap.
    pub bytes: Vec<u8>,
}

/// What was said over TCP to KDCs and over HTTP, in the order of the first bytes.
///
/// # Errors
/// Those of [`decode`].
pub fn spoken(capture: &[u8]) -> Result<Vec<Spoken>, WireError> {
    let mut connections = Connections::default();
    for packet in packet::read(capture)?.all {
        if let Content::Tcp(segment) = packet.content {
            connections.add(packet.time, packet.from, packet.to, segment);
        }
    }
    let read = |port| port == KDC || HTTP.contains(&port);
    let directions = connections.into_directions().into_iter();
    let directions = directions.filter(|one| read(one.from.port()) || read(one.to.port()));
    let mut all: Vec<Spoken> = directions
        .map(|one| {
            let stream = one.stream();
            let began = stream.time_at(0);
            Spoken { began, from: one.from, to: one.to, bytes: stream.bytes }
        })
        .filter(|one| !one.bytes.is_empty())
        .collect();
    all.sort_by_key(|one| one.began);
    Ok(all)
}

fn is_mark(to: SocketAddr, data: &[u8]) -> bool {
    to.port() == MARKER && to.ip().is_loopback() && data.starts_with(MARKER_BEGINS.as_bytes())
}

/// The last HTTP answer, if this direction carries answers.
fn last_answer(direction: &Direction<'_>, stream: &Stream) -> Option<Answered> {
    if !HTTP.contains(&direction.from.port()) {
        return None;
    }
    let (end, status) = http::last_status(&stream.bytes)?;
    Some(Answered { time: stream.time_at(end), to: direction.to, status })
}

/// Adds the messages of one direction; `None` if the judge does not read its ports.
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

    /// One UDP datagram in a capture of raw IPv4 packets.
    fn datagram(to: [u8; 4], port: u16, data: &[u8]) -> Vec<u8> {
        let udp = 8 + u16::try_from(data.len()).unwrap();
        let mut packet = vec![0x45, 0];
        packet.extend((20 + udp).to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1]);
        packet.extend(to);
        packet.extend([0x90, 0]);
        packet.extend([port.to_be_bytes(), udp.to_be_bytes(), [0, 0]].concat());
        packet.extend(data);
        let length = u32::try_from(packet.len()).unwrap().to_le_bytes();
        let mut capture = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
        capture.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]);
        capture.extend(101_u32.to_le_bytes());
        capture.extend([[0; 4], [0; 4], length, length].concat());
        [capture, packet].concat()
    }

    #[test]
    fn a_mark_is_no_message_and_nothing_else_is_a_mark() {
        let mark = format!("{MARKER_BEGINS}1");
        let trace = |to, port, data: &str| decode(&datagram(to, port, data.as_bytes())).unwrap();
        let seen = trace([127, 0, 0, 1], MARKER, &mark);
        assert!(seen.has_mark(&mark) && seen.messages.is_empty());
        assert!(!seen.has_mark(MARKER_BEGINS));
        for other in [
            trace([10, 0, 0, 1], MARKER, &mark),
            trace([127, 0, 0, 1], 5985, &mark),
            trace([127, 0, 0, 1], MARKER, "1"),
        ] {
            assert_eq!(other, Trace::default());
        }
        let to_kdc = trace([127, 0, 0, 1], KDC, &mark);
        assert_eq!((to_kdc.messages.len(), to_kdc.marks.len()), (1, 0));
    }

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
