//! The messages between winrmd, the spawner and the hosts.
//!
//! - To the spawner: a byte with the host's end of a new socket.
//! - On that socket, to the host: four bytes of length with the command's three streams, the
//!   [`Program`] as JSON, then [`INTERRUPT`]s. The end of the stream ends the command.
//! - From the host: [`Report`]s.

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice, IoSliceMut, Read as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

/// SIGINT to the command.
pub(super) const INTERRUPT: u8 = b'I';
/// The length of a report.
pub(super) const REPORT: usize = 5;
/// Most descriptors of one message.
const FILES: usize = 3;

/// The program, its account and its limits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Program {
    pub(crate) argv: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) directory: PathBuf,
    /// User, group and supplementary groups; `None` leaves them as they are.
    pub(crate) ids: Option<(u32, u32, Vec<u32>)>,
    pub(crate) processes: u64,
    pub(crate) open_files: u64,
}

/// What a host reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    /// The program runs.
    Started,
    /// The program did not start, for this reason of the kernel.
    Failed(i32),
    /// It has ended with this exit code. Processes that it left behind may still run.
    Ended(i32),
}

impl Report {
    pub(super) fn bytes(self) -> [u8; REPORT] {
        let (kind, number) = match self {
            Self::Started => (b'S', 0),
            Self::Failed(number) => (b'F', number),
            Self::Ended(number) => (b'E', number),
        };
        let [a, b, c, d] = number.to_le_bytes();
        [kind, a, b, c, d]
    }

    pub(super) fn read([kind, a, b, c, d]: [u8; REPORT]) -> Option<Self> {
        let number = i32::from_le_bytes([a, b, c, d]);
        match kind {
            b'S' => Some(Self::Started),
            b'F' => Some(Self::Failed(number)),
            b'E' => Some(Self::Ended(number)),
            _ => None,
        }
    }
}

pub(super) fn encode(program: &Program) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(program)?)
}

pub(super) fn length(text: &[u8]) -> io::Result<[u8; 4]> {
    let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    Ok(length.to_le_bytes())
}

/// Sends a few bytes with descriptors.
pub(super) fn send(socket: impl AsFd, bytes: &[u8], files: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let sent = sendmsg(socket, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL)?;
    if sent == bytes.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// Receives one message of [`send`]. It has no bytes at the end of the stream.
pub(super) fn receive<const N: usize>(
    socket: impl AsFd,
) -> io::Result<Option<([u8; N], Vec<OwnedFd>)>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut bytes = [0; N];
    let mut buffers = [IoSliceMut::new(&mut bytes)];
    let flags = RecvFlags::CMSG_CLOEXEC;
    let count = loop {
        match recvmsg(&socket, &mut buffers, &mut control, flags) {
            Err(rustix::io::Errno::INTR) => {}
            received => break received?.bytes,
        }
    };
    let mut files = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            files.extend(received);
        }
    }
    match count {
        0 => Ok(None),
        count if count == N => Ok(Some((bytes, files))),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Receives a program and its streams.
pub(super) fn receive_program(control: &UnixStream) -> io::Result<(Program, [OwnedFd; 3])> {
    let (length, files) = receive::<4>(control)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let files = files.try_into().map_err(|_| io::ErrorKind::InvalidData)?;
    let length = u64::from(u32::from_le_bytes(length));
    let mut text = Vec::new();
    control.take(length).read_to_end(&mut text)?;
    Ok((serde_json::from_slice(&text)?, files))
}
