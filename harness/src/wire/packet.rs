//! Packets of a capture: from the file's records down to TCP and UDP, read by `pcap-parser` and
//! `etherparse`.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_parser::data::{PacketData, get_packetdata};
use pcap_parser::nom;
use pcap_parser::pcap::{
    LegacyPcapBlock, PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_frame_modified,
    parse_pcap_header,
};

use super::error::WireError;
use super::time::Time;

/// Largest capture that is decoded, in bytes.
const LARGEST: usize = 64 << 20;
/// Longest packet that a record may hold: libpcap's own limit (`MAXIMUM_SNAPLEN`), in bytes.
const LONGEST_PACKET: u32 = 262_144;

/// One TCP segment or UDP datagram, or a fragment of either.
#[derive(Debug)]
pub(super) struct Packet<'a> {
    /// Where its record is in the capture, in bytes.
    pub(super) record: Range<usize>,
    pub(super) time: Time,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) content: Content<'a>,
}

#[derive(Debug)]
pub(super) enum Content<'a> {
    Tcp(Segment<'a>),
    Udp(&'a [u8]),
    /// A fragment. Its ports are unknown, so both are 0.
    Fragment,
}

/// A TCP segment (RFC 9293 section 3.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) sequence: u32,
    pub(super) syn: bool,
    /// FIN or RST: nothing follows in this direction.
    pub(super) last: bool,
    pub(super) data: &'a [u8],
}

/// The packets of a capture.
#[derive(Debug)]
pub(super) struct Packets<'a> {
    pub(super) all: Vec<Packet<'a>>,
    /// Whether the last record is incomplete.
    pub(super) cut_short: bool,
}

/// Reads all packets of TCP and UDP over IP. It leaves out others, and does not join fragments.
pub(super) fn read(capture: &[u8]) -> Result<Packets<'_>, WireError> {
    if capture.len() > LARGEST {
        return Err(WireError::TooLarge { length: capture.len(), limit: LARGEST });
    }
    let (mut rest, header) = parse_pcap_header(capture).map_err(|_| WireError::NotPcap)?;
    let mut read = Packets { all: Vec::new(), cut_short: false };
    while !rest.is_empty() {
        let offset = capture.len() - rest.len();
        let Ok((next, record)) = record(&header, rest) else {
            refuse_impossible(&header, offset, rest)?;
            read.cut_short = true;
            break;
        };
        if record.caplen > LONGEST_PACKET {
            return Err(WireError::Record { offset, length: record.caplen });
        }
        rest = next;
        let Some(sliced) = sliced(&header, &record)? else { continue };
        let time = Time::of_record(record.ts_sec, record.ts_usec, header.is_nanosecond_precision());
        let place = offset..capture.len() - rest.len();
        read.all.extend(packet(place, time, &sliced));
    }
    Ok(read)
}

type Parsed<'a> = nom::IResult<&'a [u8], LegacyPcapBlock<'a>, pcap_parser::PcapError<&'a [u8]>>;

fn record<'a>(header: &PcapHeader, rest: &'a [u8]) -> Parsed<'a> {
    if header.is_modified_format() {
        parse_pcap_frame_modified(rest)
    } else if header.is_bigendian() {
        parse_pcap_frame_be(rest)
    } else {
        parse_pcap_frame(rest)
    }
}

/// An incomplete record may be one that is still being written, unless its length is impossible.
fn refuse_impossible(header: &PcapHeader, offset: usize, rest: &[u8]) -> Result<(), WireError> {
    let Some(field) = rest.get(8..).and_then(<[u8]>::first_chunk::<4>) else { return Ok(()) };
    let length =
        if header.is_bigendian() { u32::from_be_bytes(*field) } else { u32::from_le_bytes(*field) };
    if length > LONGEST_PACKET { Err(WireError::Record { offset, length }) } else { Ok(()) }
}

/// `None` if the packet carries no IP.
fn sliced<'a>(
    header: &PcapHeader,
    record: &LegacyPcapBlock<'a>,
) -> Result<Option<LaxSlicedPacket<'a>>, WireError> {
    match get_packetdata(record.data, header.network, record.data.len()) {
        Some(PacketData::L3(kind, data)) => {
            Ok(Some(LaxSlicedPacket::from_ether_type(EtherType(kind), data)))
        }
        Some(PacketData::L2(frame)) => Ok(LaxSlicedPacket::from_ethernet(frame).ok()),
        Some(PacketData::L4(..)) | None => Ok(None),
        Some(PacketData::Unsupported(_)) => Err(WireError::LinkType { number: header.network.0 }),
    }
}

fn is_fragment(sliced: &LaxSlicedPacket<'_>) -> bool {
    match &sliced.net {
        Some(LaxNetSlice::Ipv4(ip)) => ip.is_payload_fragmented(),
        Some(LaxNetSlice::Ipv6(ip)) => ip.is_payload_fragmented(),
        Some(LaxNetSlice::Arp(_)) | None => false,
    }
}

/// The capture's file header with these of its records only.
pub(super) fn only<'a>(
    capture: &[u8],
    packets: impl Iterator<Item = &'a Packet<'a>>,
) -> Result<Vec<u8>, WireError> {
    let (records, _) = parse_pcap_header(capture).map_err(|_| WireError::NotPcap)?;
    let mut kept = capture[..capture.len() - records.len()].to_vec();
    for packet in packets {
        kept.extend_from_slice(&capture[packet.record.clone()]);
    }
    Ok(kept)
}

fn packet<'a>(
    record: Range<usize>,
    time: Time,
    sliced: &LaxSlicedPacket<'a>,
) -> Option<Packet<'a>> {
    let (source, destination): (IpAddr, IpAddr) = match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Ipv6(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Arp(_) => return None,
    };
    let (from, to, content) = match &sliced.transport {
        _ if is_fragment(sliced) => (0, 0, Content::Fragment),
        Some(TransportSlice::Tcp(tcp)) => {
            let segment = Segment {
                sequence: tcp.sequence_number(),
                syn: tcp.syn(),
                last: tcp.fin() || tcp.rst(),
                data: tcp.payload(),
            };
            (tcp.source_port(), tcp.destination_port(), Content::Tcp(segment))
        }
        Some(TransportSlice::Udp(udp)) => {
            (udp.source_port(), udp.destination_port(), Content::Udp(udp.payload()))
        }
        _ => return None,
    };
    let (from, to) = (SocketAddr::new(source, from), SocketAddr::new(destination, to));
    Some(Packet { record, time, from, to, content })
}
