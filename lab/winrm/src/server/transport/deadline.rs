//! Time-outs of a connection, below HTTP: an idle peer, a slow head of a request, and a peer that
//! takes no bytes. `connection` has the time-out of a body, because only it knows where a body
//! ends.

use crate::server::config::Timeouts;
use crate::server::lock::lock;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

/// Which side must act, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The peer: send its next request.
    Idle,
    /// The peer: send the rest of a head.
    Head,
    /// The peer: send a body.
    Body,
    /// The endpoint.
    Busy,
}

#[derive(Debug, Clone, Copy)]
struct State {
    step: Step,
    since: Instant,
    authenticated: bool,
}

/// What a connection is doing. Its stream, its requests and its quota share it.
#[derive(Debug, Clone)]
pub(crate) struct Phase(Arc<(Mutex<State>, Notify)>);

impl Default for Phase {
    fn default() -> Self {
        let state = State { step: Step::Idle, since: Instant::now(), authenticated: false };
        Self(Arc::new((Mutex::new(state), Notify::new())))
    }
}

impl Phase {
    fn enter(&self, step: Step) {
        let mut state = lock(&self.0.0);
        (state.step, state.since) = (step, Instant::now());
    }

    /// The first byte after an answer starts a request. A stranger's time goes on: it began with
    /// the connection, or with the last answer.
    fn bytes_arrived(&self) {
        let mut state = lock(&self.0.0);
        if state.step == Step::Idle {
            state.step = Step::Head;
            if state.authenticated {
                state.since = Instant::now();
            }
        }
    }

    /// The endpoint must act: a request's head has arrived, or all of the request.
    pub(crate) fn busy(&self) {
        self.enter(Step::Busy);
    }

    /// The endpoint waits for the request's body.
    pub(crate) fn awaits_body(&self) {
        self.enter(Step::Body);
    }

    /// The request has its answer.
    pub(crate) fn answered(&self) {
        self.enter(Step::Idle);
    }

    /// The peer has authenticated.
    pub(crate) fn authenticated(&self) {
        lock(&self.0.0).authenticated = true;
    }

    /// Start of the endpoint's wait for the peer; `None` if it does not wait.
    pub(crate) fn waiting_since(&self) -> Option<Instant> {
        let state = *lock(&self.0.0);
        (state.step != Step::Busy).then_some(state.since)
    }

    /// Ends the connection, because another one needs its slot.
    pub(crate) fn evict(&self) {
        self.0.1.notify_one();
    }

    /// Waits for an eviction.
    pub(crate) async fn evicted(&self) {
        self.0.1.notified().await;
    }

    /// The deadline for the next bytes.
    fn read_deadline(&self, timeouts: &Timeouts) -> Option<Instant> {
        let state = *lock(&self.0.0);
        let wait = match (state.step, state.authenticated) {
            (Step::Body | Step::Busy, _) => return None,
            (Step::Idle, true) => timeouts.idle,
            (Step::Idle, false) => timeouts.head.min(timeouts.idle),
            (Step::Head, _) => timeouts.head,
        };
        Some(state.since + wait)
    }
}

/// A stream with time-outs.
pub(crate) struct Deadline<S> {
    stream: S,
    phase: Phase,
    timeouts: Timeouts,
    reading: Pin<Box<Sleep>>,
    writing: Pin<Box<Sleep>>,
    write_waits: bool,
}

impl<S> Deadline<S> {
    pub(crate) fn new(stream: S, phase: Phase, timeouts: Timeouts) -> Self {
        let clock = || Box::pin(sleep(timeouts.idle));
        let (reading, writing) = (clock(), clock());
        Self { stream, phase, timeouts, reading, writing, write_waits: false }
    }

    /// Ready when the peer is late.
    fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let Some(end) = self.phase.read_deadline(&self.timeouts) else { return Poll::Pending };
        if self.reading.deadline() != end {
            self.reading.as_mut().reset(end);
        }
        self.reading.as_mut().poll(context).map(|()| io::ErrorKind::TimedOut.into())
    }

    /// Turns a write that waits too long into an error.
    fn with_write_deadline<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.write_waits = false;
            return result;
        }
        if !self.write_waits {
            self.write_waits = true;
            self.writing.as_mut().reset(Instant::now() + self.timeouts.write);
        }
        ready!(self.writing.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Deadline<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Pending => self.poll_late(context).map(Err),
            Poll::Ready(result) => {
                if buffer.filled().len() > before {
                    self.phase.bytes_arrived();
                    // Single bytes must not postpone the head's deadline.
                    if let Poll::Ready(error) = self.poll_late(context) {
                        return Poll::Ready(Err(error));
                    }
                }
                Poll::Ready(result)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Deadline<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.with_write_deadline(context, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(context);
        self.with_write_deadline(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_shutdown(context);
        self.with_write_deadline(context, result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::advance;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    /// Sends a byte each second. Returns how many were read before the connection ended.
    async fn trickle(phase: Phase) -> u64 {
        let (mut peer, stream) = duplex(64);
        let mut stream = Deadline::new(stream, phase, Timeouts::default());
        for read in 0.. {
            advance(seconds(1)).await;
            peer.write_all(b"x").await.unwrap();
            if stream.read_u8().await.is_err() {
                return read;
            }
        }
        0
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_is_late_however_it_trickles() {
        let head = Timeouts::default().head.as_secs();
        let stranger = Phase::default();
        assert_eq!(trickle(stranger).await, head - 1);
        let known = Phase::default();
        known.authenticated();
        // Its time begins with the first byte.
        assert_eq!(trickle(known).await, head);
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_has_the_whole_time_for_its_head() {
        let head = Timeouts::default().head.as_secs();
        for authenticated in [false, true] {
            let (mut peer, stream) = duplex(64);
            let phase = Phase::default();
            if authenticated {
                phase.authenticated();
            }
            let mut stream = Deadline::new(stream, phase.clone(), Timeouts::default());
            for _ in 0..10 {
                advance(seconds(head - 1)).await;
                peer.write_all(b"x").await.unwrap();
                stream.read_u8().await.unwrap();
                phase.busy();
                advance(seconds(2 * head)).await;
                phase.answered();
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_are_waited_for_shortly() {
        let timeouts = Timeouts::default();
        let phase = Phase::default();
        let begun = Instant::now();
        assert_eq!(phase.read_deadline(&timeouts), Some(begun + timeouts.head));
        phase.busy();
        assert_eq!((phase.read_deadline(&timeouts), phase.waiting_since()), (None, None));
        phase.awaits_body();
        assert_eq!((phase.read_deadline(&timeouts), phase.waiting_since()), (None, Some(begun)));
        advance(seconds(1)).await;
        phase.answered();
        // A 401 restarts it.
        assert_eq!(phase.read_deadline(&timeouts), Some(begun + seconds(1) + timeouts.head));
        phase.authenticated();
        assert_eq!(phase.read_deadline(&timeouts), Some(begun + seconds(1) + timeouts.idle));
    }
}
