//! The part of CLIENT's packet capture that belongs to one attempt.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;
use uuid::Uuid;

use super::decode::{self, decode};
use super::error::WireError;
use super::hosts::Hosts;
use super::message::{Body, Message, Transport};
use super::time::Time;
use super::trace::Trace;
use crate::docker;
use crate::error::{Error, Result};
use crate::evidence::{CAPTURE, EvidenceDir};
use crate::lab::Lab;
use crate::labels::Role;

/// Length of a capture's file header, in bytes.
const FILE_HEADER: u64 = 24;
/// How long the capture may take to write down a packet that was sent.
const WRITTEN_WITHIN: Duration = Duration::from_secs(5);
/// Runs in CLIENT: the capture's file header, and its records from an offset on.
const RECORDS: &str = include_str!("../scripts/records.pl");
/// Called in CLIENT: how long the capture's file is.
const LENGTH: &str = r#"
my $length = -s $_[0] // 0;
print "$length\n";
return 0;
"#;

/// Called in CLIENT: sends a datagram to a port of its own. Nobody takes it.
const MARK: &str = r#"
require Socket;
my ($port, $mark) = @_;
socket my $out, Socket::PF_INET(), Socket::SOCK_DGRAM(), 0 or die "socket: $!\n";
my $there = Socket::pack_sockaddr_in($port, Socket::INADDR_LOOPBACK());
send($out, $mark, 0, $there) // die "send: $!\n";
return 0;
"#;

/// By what the capture of an attempt is known to be whole.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whole {
    /// The end of the connection to the service, whose client's end this is.
    Connection(SocketAddr),
    /// What is told of the attempt: it ends with an answer.
    Told,
    /// A mark, sent when the attempt had ended: what is told is that something is not there.
    Marked,
}

/// What went over the wire in one attempt.
#[derive(Clone, Serialize)]
pub struct Wire {
    /// The capture in pcap format: what CLIENT sent and received during the attempt.
    #[serde(skip)]
    pub capture: Vec<u8>,
    /// The attempt's Kerberos messages.
    #[serde(flatten)]
    pub trace: Trace,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire")
            .field("capture", &format_args!("{} bytes", self.capture.len()))
            .field("trace", &self.trace)
            .finish()
    }
}

impl Wire {
    /// Writes `<name>.pcap` and `<name>.trace.txt` into the folder.
    ///
    /// # Errors
    /// [`Error::Io`]: a file cannot be written.
    pub fn write_to(&self, folder: &EvidenceDir, name: &str) -> Result<()> {
        folder.write(&format!("{name}.pcap"), &self.capture)?;
        folder.write(&format!("{name}.trace.txt"), self.trace.to_string())
    }
}

/// The capture from the beginning of an attempt on.
#[derive(Debug)]
pub(crate) struct Cut {
    /// When the attempt began: the engine is on this machine, so the capture's clock is this program's.
    began: Time,
    /// How long the capture's file was then, in bytes.
    offset: u64,
    /// The file's header, and its records from the offset on.
    capture: Vec<u8>,
}

impl Cut {
    /// Of an attempt that began then, with the file's header and its records from the offset on.
    pub(crate) fn new(began: Time, offset: u64, capture: Vec<u8>) -> Self {
        // A capture that has just been started may not have its header yet.
        Self { began, offset: offset.max(FILE_HEADER), capture }
    }
}

/// A moment of CLIENT's packet capture, and its place there.
#[derive(Debug, Clone, Copy)]
pub struct CaptureMark {
    began: Time,
    offset: u64,
}

impl Lab {
    /// Where CLIENT's packet capture ends now: for connections of which no [`Attempt`](crate::Attempt) is
    /// made.
    ///
    /// # Errors
    /// [`Error::Unreadable`], and those of whatever is run in CLIENT.
    pub async fn capture_mark(&self) -> Result<CaptureMark> {
        let began = Time::from(SystemTime::now());
        let ran = self.call(Role::Client, Some("admin"), LENGTH, &[CAPTURE]).await?;
        let said = ran.success(Role::Client, "the length of the packet capture")?;
        let number = said.trim().parse();
        let offset = number.map_err(|e| unreadable(format!("its length is \"{said}\": {e}")))?;
        Ok(CaptureMark { began, offset })
    }

    /// What went over the wire since then. Waits until every connection that presented a ticket has ended.
    ///
    /// # Errors
    /// [`Error::NotReady`]: one goes on, or there was none.
    pub async fn capture_since(&self, mark: CaptureMark) -> Result<Wire> {
        let cut = Cut::new(mark.began, mark.offset, Vec::new());
        let wire = self.observe_wire(Whole::Marked, cut, all_ended).await?;
        if all_ended(&wire.trace) { Ok(wire) } else { Err(no_end(&wire.trace)) }
    }

    /// What went over the wire in one attempt. Waits until the capture holds all of it; without a connection
    /// also, for a moment, for what is told of the attempt.
    pub(crate) async fn observe_wire(
        &self,
        whole: Whole,
        mut cut: Cut,
        told: impl Fn(&Trace) -> bool,
    ) -> Result<Wire> {
        let (client, mark) = match whole {
            Whole::Connection(client) => (Some(client), None),
            Whole::Told => (None, None),
            Whole::Marked => {
                let mark = self.mark_capture().await?;
                cut.capture = self.capture_from(cut.offset).await?;
                (None, Some(mark))
            }
        };
        let hosts = self.wire_hosts().await?;
        let start = Instant::now();
        loop {
            match decode(&cut.capture) {
                Ok(all) => {
                    let trace = of_attempt(&all, cut.began, client).named(&hosts);
                    let late = start.elapsed() >= WRITTEN_WITHIN;
                    let marked = mark.as_deref().is_none_or(|mark| trace.has_mark(mark));
                    let complete = match client {
                        Some(client) => trace.has_end_of(client),
                        // What is missing when it is late is for the comparison to say.
                        None => marked && (late || told(&trace)),
                    };
                    if complete && (late || !trace.cut_short) {
                        return Ok(Wire { capture: cut.capture, trace });
                    }
                    if late && !marked {
                        return Err(missing("the mark behind the attempt", &trace));
                    }
                    if late {
                        return Err(no_end(&trace));
                    }
                }
                // The file was read while a long record was being written, and so the offset is
                // inside it: all of the file is whole records.
                Err(WireError::Record { .. }) if cut.offset > FILE_HEADER => {
                    cut.offset = FILE_HEADER;
                }
                Err(error) => return Err(unreadable(error.to_string())),
            }
            cut.capture = self.capture_from(cut.offset).await?;
        }
    }

    /// Sends a mark that the capture takes: what CLIENT has sent before, or received and handed on to whoever
    /// asked, is before it.
    async fn mark_capture(&self) -> Result<String> {
        let mark = format!("{}{}", decode::MARK_BEGINS, Uuid::new_v4());
        let words = [&decode::MARK.to_string(), mark.as_str()];
        let ran = self.call(Role::Client, Some("admin"), MARK, &words).await?;
        ran.success(Role::Client, "a mark in the packet capture")?;
        Ok(mark)
    }

    async fn capture_from(&self, offset: u64) -> Result<Vec<u8>> {
        let offset = offset.to_string();
        let command = ["perl", "-e", RECORDS, "--", CAPTURE, &offset];
        let ran = self.exec_raw(Role::Client, Some("admin"), &command, &[]).await?;
        if ran.status == 0 {
            return Ok(ran.stdout);
        }
        Err(unreadable(String::from_utf8_lossy(&ran.stderr).trim().to_owned()))
    }

    /// The lab's hosts by their addresses, spelt as the article spells them. A part that does not
    /// run has no address.
    pub(crate) async fn wire_hosts(&self) -> Result<Hosts> {
        if let Some(known) = self.known_hosts().clone() {
            return Ok(known);
        }
        let dc2 = async {
            if self.has_second_dc() { self.addresses(Role::Dc2).await } else { Ok(Vec::new()) }
        };
        let (dc1, dc2, mem1, client) = tokio::try_join!(
            self.addresses(Role::Dc1),
            dc2,
            self.addresses(Role::Mem1),
            self.addresses(Role::Client)
        )?;
        let named = [
            (dc1, "DC1.contoso.com"),
            (dc2, "DC2.contoso.com"),
            (mem1, "Mem1.contoso.com"),
            (client, "Client.contoso.com"),
        ]
        .into_iter();
        let hosts: Hosts = named
            .flat_map(|(addresses, name)| addresses.into_iter().map(move |one| (one, name)))
            .collect();
        *self.known_hosts() = Some(hosts.clone());
        Ok(hosts)
    }

    async fn addresses(&self, role: Role) -> Result<Vec<IpAddr>> {
        let found = self
            .docker()
            .inspect_container(&self.part(role).id, None)
            .await
            .map_err(docker::refused(format!("inspect the container {role}")))?;
        let networks = found.network_settings.and_then(|settings| settings.networks);
        Ok(networks
            .unwrap_or_default()
            .into_values()
            .flat_map(|end| [end.ip_address, end.global_ipv6_address])
            .filter_map(|address| address?.parse().ok())
            .collect())
    }
}

/// The attempt's own messages, from its beginning on.
fn of_attempt(all: &Trace, began: Time, client: Option<SocketAddr>) -> Trace {
    let since = all.between(began, Time::MAX);
    client.map_or_else(|| since.clone(), |client| since.of_attempt(client))
}

/// Whether tickets were presented over HTTP, and every connection on which that was done has ended.
fn all_ended(trace: &Trace) -> bool {
    let presented = |message: &&Message| {
        message.transport == Transport::Http && matches!(message.body, Body::ApReq(_))
    };
    let mut clients =
        trace.messages.iter().filter(presented).map(|one| one.from.address).peekable();
    clients.peek().is_some() && clients.all(|client| trace.has_end_of(client))
}

fn no_end(trace: &Trace) -> Error {
    missing("the end of the client's connection", trace)
}

fn missing(what: &str, trace: &Trace) -> Error {
    Error::NotReady {
        what: format!("{what} in the packet capture"),
        within: WRITTEN_WITHIN,
        last: trace
            .messages
            .last()
            .map_or_else(|| "no message".to_owned(), |message| message.body.to_string()),
    }
}

fn unreadable(detail: String) -> Error {
    Error::Unreadable { what: "the packet capture".to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_has_nothing_from_before_it_began() {
        let all = decode(include_bytes!("../../tests/wire/article.pcap")).unwrap();
        let began = all.messages[2].time;
        let client = "172.31.0.4:56080".parse().unwrap();
        for client in [Some(client), None] {
            assert_eq!(of_attempt(&all, began, client).messages, all.messages[2..]);
        }
    }

    #[test]
    fn a_session_is_whole_once_every_connection_with_a_ticket_has_ended() {
        let whole = |capture: &[u8]| all_ended(&decode(capture).unwrap());
        assert!(whole(include_bytes!("../../tests/wire/article.pcap")));
        assert!(!whole(include_bytes!("../../tests/wire/healthy.pcap")), "its end is cut off");
        let none = include_bytes!("../../tests/wire/unknown-spn.pcap");
        assert!(!whole(none), "no ticket was presented");
    }

    #[test]
    fn a_cut_begins_behind_the_file_header() {
        let cut = Cut::new(Time::EPOCH, 7, vec![0, 1, 2]);
        assert_eq!((cut.offset, cut.capture.as_slice()), (24, &[0, 1, 2][..]));
        assert_eq!(Cut::new(Time::EPOCH, 25, Vec::new()).offset, 25);
    }
}
