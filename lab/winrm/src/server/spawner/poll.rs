//! How spawner and hosts wait for a message or the end of a child.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::io;
use std::os::fd::BorrowedFd;

/// SIGCHLD as a descriptor to wait for.
pub(super) fn child_signals() -> nix::Result<SignalFd> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGCHLD);
    signals.thread_block()?;
    SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)
}

/// Takes the signals. Many may arrive as one, so the caller looks at all children.
pub(super) fn take(signals: &SignalFd) {
    while let Ok(Some(_)) = signals.read_signal() {}
}

/// Waits for one of two descriptors. Returns which of them is readable or at its end.
pub(super) fn ready(files: [BorrowedFd<'_>; 2], patience: PollTimeout) -> io::Result<[bool; 2]> {
    let mut polled = files.map(|file| PollFd::new(file, PollFlags::POLLIN));
    match poll(&mut polled, patience) {
        Ok(_) => Ok(polled.map(|file| file.any().unwrap_or(true))),
        Err(Errno::EINTR) => Ok([false; 2]),
        Err(error) => Err(error.into()),
    }
}
