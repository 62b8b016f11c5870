//! Processes without secrets start the commands.
//!
//! ```text
//! winrmd ── spawner ─┬─ host ── command and whatever it starts
//!                    └─ host ── …
//! ```
//!
//! winrmd starts the **spawner** before it opens the keytab or listens. The spawner is winrmd's own
//! program with one thread, one socket and nothing else. It forks one **host** for each command.
//! The host starts the command. It is the parent of everything that the command leaves behind
//! (PR_SET_CHILD_SUBREAPER), and ends only after all of that. So a command inherits its three
//! streams and nothing else, and none of its processes outlives it. A change of session, process
//! group or parent makes no difference.
//!
//! Spawner and hosts run as the service's user, so a command cannot end them. They end when winrmd
//! does, because the sockets to it close.
//!
//! Uses: no other room.

mod children;
mod host;
mod poll;
mod privilege;
mod process;
mod wire;

pub use process::{is_spawner_process, run_spawner};
pub(crate) use wire::{Program, Report};

use nix::sys::prctl;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// Descriptors of the service for each command: its three streams and the socket to its host.
pub(crate) const DESCRIPTORS_PER_COMMAND: usize = 4;

/// The spawner, from winrmd's side.
pub(crate) struct Spawner {
    socket: UnixStream,
    _process: Reaped,
}

/// A started command, from winrmd's side.
pub(crate) struct Host {
    pub(crate) orders: Orders,
    pub(crate) reports: Reports,
    pub(crate) stdin: pipe::Sender,
    pub(crate) stdout: pipe::Receiver,
    pub(crate) stderr: pipe::Receiver,
}

/// Orders to a host. When this is dropped, the host ends every process of its command.
pub(crate) struct Orders(OwnedWriteHalf);

/// Reports of a host.
pub(crate) struct Reports(OwnedReadHalf);

/// Kills and reaps the spawner when dropped, after the socket.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Spawner {
    /// Starts the spawner. From here on, no process of the same user may look into this one: its
    /// memory and its open files hold the computer's keys.
    pub(crate) fn start() -> io::Result<Self> {
        prctl::set_dumpable(false)?;
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        let process = Command::new("/proc/self/exe")
            .arg0(process::NAME)
            .env_clear()
            .current_dir("/")
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            // A terminal's Ctrl-C is for winrmd, which ends the shells in order.
            .process_group(0)
            .spawn()?;
        let process = Reaped(process);
        ours.set_nonblocking(true)?;
        Ok(Self { socket: UnixStream::from_std(ours)?, _process: process })
    }

    /// Waits until the spawner has ended. The spawner itself sends nothing.
    pub(crate) async fn ended(&self) {
        while self.socket.readable().await.is_ok() {
            match self.socket.try_read(&mut [0]) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                _ => return,
            }
        }
    }

    /// Starts a command. An error is the kernel's, from any of the processes.
    pub(crate) async fn start_command(&self, program: &Program) -> io::Result<Host> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        let (stdin, stdout, stderr) = (io::pipe()?, io::pipe()?, io::pipe()?);
        send(&self.socket, &[0], &[theirs.as_fd()]).await?;
        drop(theirs);
        ours.set_nonblocking(true)?;
        let mut control = UnixStream::from_std(ours)?;
        let text = wire::encode(program)?;
        let length = wire::length(&text)?;
        let streams = [stdin.0.as_fd(), stdout.1.as_fd(), stderr.1.as_fd()];
        // If no host can be forked, nobody reads this, and the report has the reason.
        if send(&control, &length, &streams).await.is_ok() {
            let _ = control.write_all(&text).await;
        }
        let stdin = sender(stdin)?;
        let (stdout, stderr) = (receiver(stdout)?, receiver(stderr)?);
        let (reports, orders) = control.into_split();
        let (mut reports, orders) = (Reports(reports), Orders(orders));
        match reports.next().await {
            Some(Report::Started) => Ok(Host { orders, reports, stdin, stdout, stderr }),
            Some(Report::Failed(code)) => Err(io::Error::from_raw_os_error(code)),
            Some(Report::Ended(_)) | None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// Closes the command's end here. Otherwise the end of the stream would never arrive.
fn sender((theirs, ours): (PipeReader, PipeWriter)) -> io::Result<pipe::Sender> {
    drop(theirs);
    pipe::Sender::from_owned_fd(ours.into())
}

fn receiver((ours, theirs): (PipeReader, PipeWriter)) -> io::Result<pipe::Receiver> {
    drop(theirs);
    pipe::Receiver::from_owned_fd(ours.into())
}

async fn send(socket: &UnixStream, bytes: &[u8], files: &[BorrowedFd<'_>]) -> io::Result<()> {
    socket.async_io(Interest::WRITABLE, || wire::send(socket, bytes, files)).await
}

impl Orders {
    /// SIGINT to the command's process group.
    pub(crate) fn interrupt(&self) {
        // The socket is full only after hundreds of interrupts that the host has not passed on yet.
        let _ = self.0.try_write(&[wire::INTERRUPT]);
    }
}

impl Reports {
    /// The next report. `None` after the host and every process of its command have ended.
    pub(crate) async fn next(&mut self) -> Option<Report> {
        let mut bytes = [0; wire::REPORT];
        self.0.read_exact(&mut bytes).await.ok()?;
        Report::read(bytes)
    }
}
