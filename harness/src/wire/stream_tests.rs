use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn ends() -> (SocketAddr, SocketAddr) {
    ("10.0.0.2:40000".parse().unwrap(), "10.0.0.1:88".parse().unwrap())
}

fn at(milliseconds: u64) -> Time {
    Time::since_epoch(Duration::from_millis(milliseconds))
}

fn segment(sequence: u32, data: &[u8]) -> Segment<'_> {
    Segment { sequence, syn: false, last: false, data }
}

fn syn(sequence: u32) -> Segment<'static> {
    Segment { sequence, syn: true, last: false, data: &[] }
}

/// The streams of segments that arrive one millisecond after the other.
fn streams(segments: &[Segment<'_>]) -> Vec<Stream> {
    let mut connections = Connections::default();
    for (n, segment) in segments.iter().enumerate() {
        connections.add(at(n as u64), ends().0, ends().1, *segment);
    }
    connections.into_directions().iter().map(Direction::stream).collect()
}

#[test]
fn segments_out_of_order_come_into_order() {
    let streams = streams(&[syn(9), segment(13, b"def"), segment(10, b"abc"), segment(16, b"g")]);
    assert_eq!(streams.len(), 1);
    assert_eq!(streams[0].bytes, b"abcdefg");
    assert!(!streams[0].gap);
}

#[test]
fn a_message_is_there_when_its_last_missing_segment_is() {
    let streams = streams(&[syn(9), segment(13, b"def"), segment(10, b"abc"), segment(16, b"g")]);
    assert_eq!(streams[0].time_at(3), at(2));
    assert_eq!(streams[0].time_at(6), at(2), "\"def\" came first and could not be used before");
    assert_eq!(streams[0].time_at(7), at(3));
}

#[test]
fn retransmitted_and_overlapping_bytes_count_once() {
    let streams = streams(&[
        syn(0),
        segment(1, b"abc"),
        segment(1, b"abc"),
        segment(2, b"bcde"),
        segment(4, b"XXf"),
    ]);
    assert_eq!(streams[0].bytes, b"abcdef", "the bytes seen first win");
}

#[test]
fn a_missing_segment_ends_the_stream() {
    let streams = streams(&[syn(0), segment(1, b"abc"), segment(5, b"e")]);
    assert_eq!(streams[0].bytes, b"abc");
    assert!(streams[0].gap);
}

#[test]
fn sequence_numbers_wrap() {
    let streams = streams(&[syn(u32::MAX - 2), segment(u32::MAX - 1, b"ab"), segment(0, b"cd")]);
    assert_eq!(streams[0].bytes, b"abcd");
}

#[test]
fn a_capture_that_begins_inside_a_connection_begins_with_its_lowest_segment() {
    let streams = streams(&[segment(103, b"def"), segment(100, b"abc")]);
    assert_eq!(streams[0].bytes, b"abcdef");
    assert!(!streams[0].gap);
}

#[test]
fn a_port_that_is_used_again_is_another_connection() {
    let streams = streams(&[
        syn(100),
        segment(101, b"old"),
        syn(100), // seen twice: the same connection
        syn(7000),
        segment(7001, b"new"),
    ]);
    let bytes: Vec<&[u8]> = streams.iter().map(|stream| stream.bytes.as_slice()).collect();
    assert_eq!(bytes, [b"old", b"new"]);
}

#[test]
fn a_probe_that_repeats_an_old_byte_adds_nothing() {
    // A keep-alive carries a byte before the next one that is expected (RFC 9293 section 3.8.4).
    let streams = streams(&[syn(0), segment(0, b"?"), segment(1, b"ab"), segment(2, b"?")]);
    assert_eq!(streams[0].bytes, b"ab");
}

/// A text cut into overlapping pieces in any order.
fn pieces() -> impl Strategy<Value = (Vec<u8>, Vec<(usize, usize)>, u32)> {
    (proptest::collection::vec(any::<u8>(), 1..300), any::<u32>()).prop_flat_map(|(text, start)| {
        let length = text.len();
        let cuts = proptest::collection::vec(0..length, 0..12);
        let extra = proptest::collection::vec((0..length, 1..40_usize), 0..6);
        (Just(text), cuts, extra, Just(start)).prop_flat_map(
            move |(text, mut cuts, extra, start)| {
                cuts.extend([0, length]);
                cuts.sort_unstable();
                let mut pieces: Vec<(usize, usize)> =
                    cuts.windows(2).map(|pair| (pair[0], pair[1])).collect();
                pieces.extend(extra.iter().map(|&(at, n)| (at, (at + n).min(length))));
                (Just(text), Just(pieces).prop_shuffle(), Just(start))
            },
        )
    })
}

proptest! {
    #[test]
    fn any_order_and_overlap_gives_the_same_stream((text, pieces, start) in pieces()) {
        let mut segments = vec![syn(start)];
        for &(from, to) in &pieces {
            let sequence = start.wrapping_add(1).wrapping_add(u32::try_from(from).unwrap());
            segments.push(segment(sequence, &text[from..to]));
        }
        let streams = streams(&segments);
        prop_assert_eq!(&streams[0].bytes, &text);
        prop_assert!(!streams[0].gap);
    }

    #[test]
    fn wild_segments_need_no_more_memory_than_they_bring(
        segments in proptest::collection::vec(
            (any::<u32>(), any::<bool>(), proptest::collection::vec(any::<u8>(), 0..20)), 0..40)
    ) {
        let total: usize = segments.iter().map(|(_, _, data)| data.len()).sum();
        let segments: Vec<Segment<'_>> = segments
            .iter()
            .map(|(sequence, syn, data)| Segment { sequence: *sequence, syn: *syn, last: false, data })
            .collect();
        let kept: usize = streams(&segments).iter().map(|stream| stream.bytes.len()).sum();
        prop_assert!(kept <= total);
    }
}
