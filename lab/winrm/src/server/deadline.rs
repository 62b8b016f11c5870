//! Time-outs of a connection, below HTTP: idle, head of a request, and a peer that takes no bytes.
//!
//! The body's time-out is the connection's own business, because only it knows where a body ends.

use super::config::Timeouts;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

const IDLE: u8 = 0;
const HEAD: u8 = 1;
const BUSY: u8 = 2;

/// What a connection is doing; shared between its stream and whoever answers its requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phase(Arc<AtomicU8>);

impl Phase {
    /// A request's head has arrived.
    pub(crate) fn request(&self) {
        self.0.store(BUSY, Ordering::Release);
    }

    /// The request has its answer.
    pub(crate) fn answered(&self) {
        self.0.store(IDLE, Ordering::Release);
    }
}

/// A stream with time-outs.
pub(crate) struct Deadline<S> {
    stream: S,
    phase: Phase,
    timeouts: Timeouts,
    /// For which phase the reading clock runs.
    clocked: Option<u8>,
    reading: Pin<Box<Sleep>>,
    writing: Pin<Box<Sleep>>,
    write_waits: bool,
}

impl<S> Deadline<S> {
    pub(crate) fn new(stream: S, phase: Phase, timeouts: Timeouts) -> Self {
        let clock = || Box::pin(sleep(timeouts.idle));
        let (reading, writing) = (clock(), clock());
        Self { stream, phase, timeouts, clocked: None, reading, writing, write_waits: false }
    }

    fn late(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let phase = self.phase.0.load(Ordering::Acquire);
        if self.clocked != Some(phase) {
            self.clocked = Some(phase);
            let wait = if phase == HEAD { self.timeouts.head } else { self.timeouts.idle };
            self.reading.as_mut().reset(Instant::now() + wait);
        }
        if phase == BUSY {
            return Poll::Pending;
        }
        self.reading.as_mut().poll(context).map(|()| io::ErrorKind::TimedOut.into())
    }

    /// Turns a write that waits for too long into an error.
    fn watched<T>(
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
            Poll::Pending => self.late(context).map(Err),
            Poll::Ready(result) => {
                if buffer.filled().len() > before {
                    // The first bytes after an answer start a request.
                    let cell = &self.phase.0;
                    let _ = cell.compare_exchange(IDLE, HEAD, Ordering::AcqRel, Ordering::Acquire);
                    // Bytes that trickle in must not postpone the head's deadline.
                    if let Poll::Ready(error) = self.late(context) {
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
        self.watched(context, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(context);
        self.watched(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watched(context, result)
    }
}
