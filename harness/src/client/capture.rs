//! CLIENT's packet capture: where it ends, what has come since, and how it begins anew.
//!
//! tcpdump fills a ring of files for the lab's whole life (`lab/images/client/client-start`). A
//! user of CLIENT may empty, delete or crowd out these files. Then the next attempt begins the
//! capture anew.

use std::time::{Duration, Instant, SystemTime};

use spnlab_agent::{CaptureEnd, Contents, Message, Request};

use crate::engine::{ADMIN, unreadable};
use crate::lab::Client;
use crate::model::{Error, Result, Role};
use crate::wire::{MARKER, Sockets, Time, Trace, WireError, decode, new_mark, own_packets};

/// How long tcpdump may take to record the packet that tests it.
const WORKS_WITHIN: Duration = Duration::from_secs(2);

/// The capture from the beginning of an attempt on.
#[derive(Debug)]
pub(crate) struct CaptureSlice {
    /// When the attempt began. The engine is on this machine, so the capture has this program's
    /// clock.
    pub(crate) began: Time,
    /// Where the capture ended then.
    pub(crate) position: CaptureEnd,
    /// What was captured since.
    pub(crate) capture: Vec<u8>,
    /// The attempt's own; without them it is everything that CLIENT sent and received.
    pub(crate) sockets: Option<Sockets>,
}

impl CaptureSlice {
    /// The attempt's own packets, and what all of them say.
    pub(crate) fn decode(&self) -> std::result::Result<(Vec<u8>, Trace), WireError> {
        let own = own_packets(&self.capture, self.began, self.sockets.as_ref())?;
        Ok((own, decode(&self.capture)?))
    }
}

impl Client<'_> {
    /// Where the capture ends now.
    pub(crate) async fn end_of_capture(self) -> Result<CaptureEnd> {
        self.ask_captured(|| Request::EndOfCapture).await.map(|(_, end)| end)
    }

    /// Asks for what needs a capture, which begins anew if there is none. Returns also when that
    /// began.
    pub(crate) async fn ask_captured<T: Message>(
        self,
        request: impl Fn() -> Request,
    ) -> Result<(Time, T)> {
        for _ in 0..2 {
            let began = Time::from(SystemTime::now());
            match self.lab.ask(Role::Client, ADMIN, request()).await {
                Ok(Some(answer)) => return Ok((began, answer)),
                Ok(None) => {}
                Err(Error::Exec { command, stderr: detail, .. }) => {
                    let what = format!("what the run of {command} left");
                    return Err(Error::Unreadable { what, detail });
                }
                Err(error) => return Err(error),
            }
            self.renew_capture().await?;
        }
        Err(unreadable("there is none, also after it was begun anew".to_owned()))
    }

    /// A capture of what came behind this place.
    pub(crate) async fn captured_since(self, end: &CaptureEnd) -> Result<Vec<u8>> {
        let request = Request::CaptureSince(end.clone());
        match self.lab.ask::<Contents>(Role::Client, ADMIN, request).await {
            Ok(contents) => Ok(contents.bytes.0),
            Err(Error::Exec { stderr, .. }) => Err(unreadable(stderr)),
            Err(error) => Err(error),
        }
    }

    /// Begins the capture anew. Attempts under way lose what was captured of them, and say so.
    pub(crate) async fn renew_capture(self) -> Result<()> {
        self.lab.ask(Role::Client, None, Request::RenewCapture).await
    }

    /// Begins the capture anew if it does not take packets any more. If a user deletes the file to
    /// which tcpdump writes, nothing more comes to it.
    pub(crate) async fn mend_capture(self) -> Result<()> {
        if self.capture_works().await.unwrap_or(false) {
            Ok(())
        } else {
            self.renew_capture().await
        }
    }

    async fn capture_works(self) -> Result<bool> {
        let position = self.end_of_capture().await?;
        let mark = new_mark();
        self.send_mark(&mark).await?;
        let start = Instant::now();
        while start.elapsed() < WORKS_WITHIN {
            let captured = self.captured_since(&position).await?;
            if decode(&captured).is_ok_and(|trace| trace.has_mark(&mark)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sends a marker that the capture takes. What CLIENT has sent before stands before it. So does
    /// what CLIENT has received and handed on to a program.
    pub(crate) async fn send_mark(self, mark: &str) -> Result<()> {
        let request = Request::SendDatagram { port: MARKER, text: mark.to_owned() };
        self.lab.ask(Role::Client, ADMIN, request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_has_nothing_from_before_it_began() {
        let capture = include_bytes!("../../tests/wire/article.pcap");
        let all = decode(capture).unwrap();
        let began = all.messages[2].time;
        let position = CaptureEnd::default();
        let slice = CaptureSlice { began, position, capture: capture.to_vec(), sockets: None };
        assert_eq!(decode(&slice.decode().unwrap().0).unwrap().messages, all.messages[2..]);
    }
}
