//! Writes lines to standard output without waiting for the reader.
//!
//! If a write does not block, it happens at once. So a client that got an answer finds the line
//! about it in the log. While the pipe is full, lines wait here for a thread that writes them, up
//! to a bound.

use super::Event;
use crate::server::lock::lock;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::VecDeque;
use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A pipe that is ready takes this many bytes at once (PIPE_BUF).
const AT_ONCE: usize = 4096;
/// Most bytes of waiting lines.
const MAX_WAITING: usize = 1 << 20;
/// How long the service waits for a reader when it ends.
const LAST: Duration = Duration::from_secs(1);

struct Queue {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    lost: u64,
    /// Whether the writing thread runs. It ends when no line waits.
    runs: bool,
}

static QUEUE: Mutex<Queue> =
    Mutex::new(Queue { lines: VecDeque::new(), bytes: 0, lost: 0, runs: false });
static DONE: Condvar = Condvar::new();

/// Writes a line, or queues it.
pub(super) fn write(line: Vec<u8>) {
    let mut queue = lock(&QUEUE);
    if !queue.runs && queue.lines.is_empty() && line.len() <= AT_ONCE && is_ready() {
        put(&line);
        return;
    }
    if queue.bytes + line.len() > MAX_WAITING {
        queue.lost += 1;
        return;
    }
    queue.bytes += line.len();
    queue.lines.push_back(line);
    if !queue.runs {
        queue.runs = std::thread::Builder::new().name("log".to_owned()).spawn(write_all).is_ok();
    }
}

/// Whether a line can be written without blocking. If poll fails, it counts as a file, which never
/// blocks.
fn is_ready() -> bool {
    let out = std::io::stdout();
    let mut asked = [PollFd::new(out.as_fd(), PollFlags::POLLOUT)];
    poll(&mut asked, PollTimeout::ZERO) != Ok(0)
}

fn put(line: &[u8]) {
    let mut out = std::io::stdout().lock();
    // If it fails, nobody reads the log.
    let _ = out.write_all(line).and_then(|()| out.flush());
}

fn write_all() {
    loop {
        let line = {
            let mut queue = lock(&QUEUE);
            match queue.lines.pop_front() {
                Some(line) => {
                    queue.bytes -= line.len();
                    line
                }
                None if queue.lost > 0 => {
                    let lines = std::mem::take(&mut queue.lost);
                    super::line(&Event::Lost { lines }).unwrap_or_default()
                }
                None => {
                    queue.runs = false;
                    DONE.notify_all();
                    return;
                }
            }
        };
        put(&line);
    }
}

/// Waits a moment for all lines to be written.
pub(crate) fn flush() {
    let queue = lock(&QUEUE);
    let waited = DONE.wait_timeout_while(queue, LAST, |queue| queue.runs);
    drop(waited.unwrap_or_else(PoisonError::into_inner));
}
