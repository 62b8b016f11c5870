//! The part of CLIENT's packet capture that belongs to one attempt.

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use spnlab_agent::CaptureEnd;

use crate::client::CaptureSlice;
use crate::engine::unreadable;
use crate::evidence::EvidenceDir;
use crate::lab::Lab;
use crate::model::{Error, Result};
use crate::wire::{Body, Message, Time, Trace, Transport, Wire, WireError, decode, new_mark};

/// The longest wait until a sent packet is in the capture.
const WRITTEN_WITHIN: Duration = Duration::from_secs(5);

/// What shows that the capture of an attempt is complete.
#[derive(Debug, Clone, Copy)]
pub(super) enum CompleteWhen {
    /// The connection to the service with this client's end has ended.
    ConnectionEnded(SocketAddr),
    /// The wire has what the client reports, and the attempt ended with an answer.
    ReportConfirmed,
    /// A marker that the judge sent after the attempt is in the capture. What is absent before it
    /// never came.
    MarkerSeen,
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

/// A moment in CLIENT's packet capture, and its position there.
#[derive(Debug, Clone)]
pub struct CaptureMark {
    began: Time,
    position: CaptureEnd,
}

impl Lab {
    /// Marks where CLIENT's packet capture ends now, for connections that are no
    /// [`Attempt`](crate::Attempt).
    ///
    /// # Errors
    /// [`Error::Unreadable`], and those of the programs that run in CLIENT.
    pub async fn capture_mark(&self) -> Result<CaptureMark> {
        let began = Time::from(SystemTime::now());
        Ok(CaptureMark { began, position: self.client().end_of_capture().await? })
    }

    /// What went over the wire since this mark. Waits until every connection that presented a
    /// ticket has ended.
    ///
    /// # Errors
    /// [`Error::NotReady`]: a connection has not ended, or there was none.
    pub async fn capture_since(&self, mark: &CaptureMark) -> Result<Wire> {
        let slice = CaptureSlice {
            began: mark.began,
            position: mark.position.clone(),
            capture: Vec::new(),
            sockets: None,
        };
        let wire = self.observe_wire(CompleteWhen::MarkerSeen, slice, all_ended).await?;
        if all_ended(&wire.trace) { Ok(wire) } else { Err(no_end(&wire.trace)) }
    }

    /// Everything that CLIENT has exchanged with the KDC, the endpoint and the web site until now.
    /// A long capture has lost its beginning: tcpdump fills two files in turn.
    ///
    /// # Errors
    /// [`Error::NotReady`]: the capture takes no packets any more.
    pub async fn whole_capture(&self) -> Result<Wire> {
        let slice = CaptureSlice {
            began: Time::default(),
            position: CaptureEnd::default(),
            capture: Vec::new(),
            sockets: None,
        };
        self.observe_wire(CompleteWhen::MarkerSeen, slice, |_| true).await
    }

    /// What went over the wire in one attempt: the packets of its own sockets. Waits until the
    /// capture holds all of it. Without a connection, it also waits a moment for what `confirmed`
    /// expects.
    ///
    /// # Errors
    /// [`Error::NotReady`]: the capture does not show the attempt's end. If the capture shows
    /// nothing any more, it is started again first.
    pub(super) async fn observe_wire(
        &self,
        complete: CompleteWhen,
        slice: CaptureSlice,
        confirmed: impl Fn(&Trace) -> bool,
    ) -> Result<Wire> {
        let seen = self.complete_wire(complete, slice, confirmed).await;
        if seen.is_err() {
            // The error must say why this attempt was not seen, so an error of the repair is
            // dropped.
            let _ = self.client().mend_capture().await;
        }
        seen
    }

    async fn complete_wire(
        &self,
        complete: CompleteWhen,
        mut slice: CaptureSlice,
        confirmed: impl Fn(&Trace) -> bool,
    ) -> Result<Wire> {
        let (client, mark) = match complete {
            CompleteWhen::ConnectionEnded(client) => (Some(client), None),
            CompleteWhen::ReportConfirmed => (None, None),
            CompleteWhen::MarkerSeen => {
                let mark = new_mark();
                self.client().send_mark(&mark).await?;
                slice.capture = self.client().captured_since(&slice.position).await?;
                (None, Some(mark))
            }
        };
        let hosts = self.wire_hosts().await?;
        let start = Instant::now();
        loop {
            match slice.decode() {
                Ok((own, all)) => {
                    let trace = decode(&own).map_err(|e| unreadable(e.to_string()))?.named(&hosts);
                    let late = start.elapsed() >= WRITTEN_WITHIN;
                    let marked = mark.as_deref().is_none_or(|mark| all.has_mark(mark));
                    let done = match client {
                        Some(client) => trace.has_end_of(client),
                        // When the time is up, the comparison says what is missing.
                        None => marked && (late || confirmed(&trace)),
                    };
                    if done && (late || !all.cut_short) {
                        return Ok(Wire { capture: own, trace });
                    }
                    if late && !marked {
                        return Err(missing("the mark behind the attempt", &trace));
                    }
                    if late {
                        return Err(no_end(&trace));
                    }
                }
                // tcpdump was writing a long record, so the position is inside that record. The
                // files themselves consist of whole records.
                Err(WireError::Record { .. }) if slice.position != CaptureEnd::default() => {
                    slice.position = CaptureEnd::default();
                }
                Err(error) => return Err(unreadable(error.to_string())),
            }
            slice.capture = self.client().captured_since(&slice.position).await?;
        }
    }
}

/// Whether tickets were presented over HTTP, and every connection that presented one has ended.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_whole_once_every_connection_with_a_ticket_has_ended() {
        let whole = |capture: &[u8]| all_ended(&decode(capture).unwrap());
        assert!(whole(include_bytes!("../../tests/wire/article.pcap")));
        assert!(!whole(include_bytes!("../../tests/wire/healthy.pcap")), "its end is cut off");
        let none = include_bytes!("../../tests/wire/unknown-spn.pcap");
        assert!(!whole(none), "no ticket was presented");
        // What is no ticket, or not for a service, need not have ended.
        let mut trace = decode(include_bytes!("../../tests/wire/article.pcap")).unwrap();
        let presented = |one: &&mut Message| matches!(one.body, Body::ApReq(_));
        let mut elsewhere = trace.messages.iter_mut().find(presented).unwrap().clone();
        elsewhere.from.address = ([172, 31, 0, 4], 1).into();
        elsewhere.transport = Transport::Tcp;
        trace.messages.push(elsewhere);
        assert!(all_ended(&trace));
    }
}
