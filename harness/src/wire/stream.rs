//! The two byte streams of a TCP connection, put together from its segments.
//!
//! Segments may come out of order, more than once, and overlapping. If two segments have the same
//! byte, the first one counts. A gap ends the stream. Nothing is copied until all segments are
//! there, so the memory never exceeds the capture's own size.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::packet::Segment;
use super::time::Time;

/// One direction of one connection.
#[derive(Debug)]
pub(super) struct Direction<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    /// Sequence number of the first byte if the SYN was seen, otherwise of the first segment.
    start: u32,
    syn_seen: bool,
    segments: Vec<Piece<'a>>,
    /// Whether a FIN or RST was seen.
    pub(super) ended: bool,
}

#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    /// Place in the stream, relative to `start`.
    offset: i64,
    time: Time,
    data: &'a [u8],
}

/// The bytes of one direction, up to the first gap.
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) bytes: Vec<u8>,
    /// Whether a segment is missing. The bytes after it have no known place.
    pub(super) gap: bool,
    /// End of each piece, and when all bytes up to there had been seen.
    seen: Vec<(usize, Time)>,
}

/// Collects segments into connections.
#[derive(Debug, Default)]
pub(super) struct Connections<'a> {
    directions: Vec<Direction<'a>>,
    /// The connection that now has these two ends. A SYN begins another one.
    current: BTreeMap<(SocketAddr, SocketAddr), usize>,
}

impl<'a> Connections<'a> {
    /// Adds one segment.
    pub(super) fn add(
        &mut self,
        time: Time,
        from: SocketAddr,
        to: SocketAddr,
        segment: Segment<'a>,
    ) {
        // The SYN takes a sequence number of its own (RFC 9293 section 3.4).
        let first_byte = segment.sequence.wrapping_add(u32::from(segment.syn));
        let current = self.current.get(&(from, to)).and_then(|&at| self.directions.get(at));
        let another = current.is_none_or(|direction| {
            segment.syn && (!direction.syn_seen || direction.start != first_byte)
        });
        if another {
            self.current.insert((from, to), self.directions.len());
            let syn_seen = segment.syn;
            let (segments, ended) = (Vec::new(), false);
            self.directions.push(Direction {
                from,
                to,
                start: first_byte,
                syn_seen,
                segments,
                ended,
            });
        }
        let at = self.current.get(&(from, to)).copied().unwrap_or_default();
        if let Some(direction) = self.directions.get_mut(at) {
            direction.add(time, first_byte, segment);
        }
    }

    /// Every direction of every connection, in the order of their first packets.
    pub(super) fn into_directions(self) -> Vec<Direction<'a>> {
        self.directions
    }
}

impl<'a> Direction<'a> {
    fn add(&mut self, time: Time, first_byte: u32, segment: Segment<'a>) {
        self.ended |= segment.last;
        if !segment.data.is_empty() {
            // Sequence numbers wrap; a segment is within 2 GiB of the first one.
            let offset = i64::from(first_byte.wrapping_sub(self.start).cast_signed());
            self.segments.push(Piece { offset, time, data: segment.data });
        }
    }

    /// Puts the segments together.
    pub(super) fn stream(&self) -> Stream {
        let mut pieces = self.segments.clone();
        // The sort is stable: of two segments in one place, the first one seen comes first.
        pieces.sort_by_key(|piece| piece.offset);
        let start = match pieces.first() {
            Some(first) if !self.syn_seen => first.offset,
            _ => 0,
        };
        let mut stream = Stream::default();
        for piece in pieces {
            let place = start + i64::try_from(stream.bytes.len()).unwrap_or(i64::MAX);
            let Ok(known) = usize::try_from(place - piece.offset) else {
                stream.gap = true;
                break;
            };
            let Some(new) = piece.data.get(known..).filter(|new| !new.is_empty()) else { continue };
            stream.bytes.extend_from_slice(new);
            let before = stream.seen.last().map_or(Time::EPOCH, |(_, time)| *time);
            stream.seen.push((stream.bytes.len(), piece.time.max(before)));
        }
        stream
    }
}

impl Stream {
    /// When all bytes up to this place had been seen.
    pub(super) fn time_at(&self, end: usize) -> Time {
        let at = self.seen.partition_point(|(piece_end, _)| *piece_end < end);
        self.seen.get(at).or(self.seen.last()).map_or(Time::EPOCH, |(_, time)| *time)
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
