//! The sockets of an attempt. They tell its packets from all other packets on CLIENT.

use std::collections::HashSet;
use std::net::SocketAddr;

use super::error::WireError;
use super::packet::{self, Content, Packet};
use super::time::Time;

/// The sockets that programs connected, as the programs themselves wrote them down (`lab/sockets`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sockets {
    programs: Vec<String>,
    tcp: HashSet<(SocketAddr, SocketAddr)>,
    udp: HashSet<(SocketAddr, SocketAddr)>,
    /// The remote end of the last one.
    last: Option<SocketAddr>,
}

impl Sockets {
    /// Reads a record of sockets.
    ///
    /// # Errors
    /// Names the line that does not belong into a record.
    pub(crate) fn read(record: &str) -> Result<Self, String> {
        let mut read = Self::default();
        for line in record.lines() {
            read.take(line).ok_or_else(|| format!("\"{line}\" is no line about a socket"))?;
        }
        Ok(read)
    }

    fn take(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.split_once(' ')?;
        let sockets = match kind {
            "program" => {
                self.programs.push(rest.to_owned());
                return Some(());
            }
            "tcp" => &mut self.tcp,
            "udp" => &mut self.udp,
            _ => return None,
        };
        let (local, remote) = rest.split_once(' ')?;
        let (local, remote) = (local.parse().ok()?, remote.parse().ok()?);
        self.last = Some(remote);
        sockets.insert((local, remote));
        Some(())
    }

    /// The other end of the socket that was connected last.
    pub(crate) fn last(&self) -> Option<SocketAddr> {
        self.last
    }

    /// Checks that this program wrote its sockets down, and among them the one with the client's
    /// address.
    ///
    /// # Errors
    /// Names what is missing. Without it, nothing is known of the program's packets.
    pub(crate) fn are_of(&self, program: &str, client: Option<SocketAddr>) -> Result<(), String> {
        if !self.programs.iter().any(|name| name == program) {
            return Err(format!(
                "{program} did not write its sockets down: it is linked statically, or \
                 libspnlab_sockets.so is not there"
            ));
        }
        match client.filter(|client| !self.tcp.iter().any(|(local, _)| local == client)) {
            Some(client) => {
                Err(format!("{program} was connected from {client}, and did not write that down"))
            }
            None => Ok(()),
        }
    }

    /// Whether a packet belongs to these sockets. Of a fragment only the hosts are known.
    fn own(&self, packet: &Packet<'_>) -> bool {
        let ends = [(packet.from, packet.to), (packet.to, packet.from)];
        match packet.content {
            Content::Tcp(_) => ends.iter().any(|ends| self.tcp.contains(ends)),
            Content::Udp(_) => ends.iter().any(|ends| self.udp.contains(ends)),
            Content::Fragment => self.udp.iter().any(|(local, remote)| {
                ends.iter().any(|(a, b)| (a.ip(), b.ip()) == (local.ip(), remote.ip()))
            }),
        }
    }
}

/// The capture with only those packets since `began` that belong to these sockets. Without sockets,
/// it has all packets since `began`.
///
/// # Errors
/// Those of [`decode`](super::decode).
pub(crate) fn own_packets(
    capture: &[u8],
    began: Time,
    sockets: Option<&Sockets>,
) -> Result<Vec<u8>, WireError> {
    let read = packet::read(capture)?;
    let own = |packet: &&Packet<'_>| {
        packet.time >= began && sockets.is_none_or(|sockets| sockets.own(packet))
    };
    packet::only(capture, read.all.iter().filter(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Body, Transport, decode};

    const ARTICLE: &[u8] = include_bytes!("../../tests/wire/article.pcap");
    const UDP: &[u8] = include_bytes!("../../tests/wire/udp.pcap");

    fn sockets(lines: &[&str]) -> Sockets {
        Sockets::read(&lines.join("\n")).unwrap()
    }

    /// Every socket of a capture's messages, as its client would have written it down.
    fn all(capture: &[u8]) -> Vec<String> {
        let requests = decode(capture).unwrap().messages.into_iter().filter(|message| {
            matches!(message.body, Body::AsReq(_) | Body::TgsReq(_) | Body::ApReq(_))
        });
        requests
            .map(|asked| {
                let kind = if asked.transport == Transport::Udp { "udp" } else { "tcp" };
                format!("{kind} {} {}", asked.from.address, asked.to.address)
            })
            .collect()
    }

    #[test]
    fn an_attempt_has_the_packets_of_its_sockets_and_no_others() {
        for capture in [ARTICLE, UDP] {
            let lines = all(capture);
            let whole = decode(capture).unwrap();
            let own = Sockets::read(&lines.join("\n")).unwrap();
            let kept = own_packets(capture, Time::EPOCH, Some(&own)).unwrap();
            assert_eq!(decode(&kept).unwrap().messages, whole.messages);
            // Each exchange alone has two messages of one socket, and none of the same hosts' other
            // sockets.
            for line in &lines {
                let own = sockets(&[line]);
                let kept = decode(&own_packets(capture, Time::EPOCH, Some(&own)).unwrap()).unwrap();
                assert_eq!(kept.messages.len(), 2, "{line}");
                let other = line.replace("tcp", "TCP").replace("udp", "tcp").replace("TCP", "udp");
                let none = own_packets(capture, Time::EPOCH, Some(&sockets(&[&other]))).unwrap();
                assert_eq!(none.len(), 24, "{other}");
            }
        }
        assert_eq!(own_packets(ARTICLE, Time::MAX, None).unwrap().len(), 24);
        assert_eq!(own_packets(ARTICLE, Time::EPOCH, None).unwrap(), ARTICLE);
    }

    #[test]
    fn a_fragment_belongs_to_the_sockets_between_its_hosts() {
        let mut capture = UDP.to_vec();
        // "More fragments" in the IP header of the first record, the AS-REQ in a datagram.
        capture[24 + 16 + 20 + 6] |= 0x20;
        let [first, ..] = &all(UDP)[..] else { panic!("no request") };
        let fragments = |sockets: &Sockets| {
            decode(&own_packets(&capture, Time::EPOCH, Some(sockets)).unwrap()).unwrap().fragments
        };
        assert_eq!(fragments(&sockets(&[first])), 1);
        assert_eq!(fragments(&sockets(&["udp 10.0.0.1:1 10.0.0.2:88"])), 0);
    }

    #[test]
    fn a_client_that_wrote_nothing_down_is_told() {
        let own = sockets(&["program winrm-client", "tcp 10.0.0.1:1 10.0.0.2:88"]);
        let client = |text: &str| Some(text.parse().unwrap());
        assert_eq!(own.are_of("winrm-client", None), Ok(()));
        assert_eq!(own.are_of("winrm-client", client("10.0.0.1:1")), Ok(()));
        let said = own.are_of("winrm-client", client("10.0.0.1:2")).unwrap_err();
        assert!(said.contains("from 10.0.0.1:2"), "{said}");
        let said = sockets(&[]).are_of("curl", None).unwrap_err();
        assert!(said.contains("curl did not write its sockets down"), "{said}");
        assert_eq!(own.last(), client("10.0.0.2:88"));
        for bad in ["tcp", "sctp 10.0.0.1:1 10.0.0.2:88", "tcp 10.0.0.1:1 x", "x"] {
            assert!(Sockets::read(bad).is_err(), "{bad}");
        }
    }
}
