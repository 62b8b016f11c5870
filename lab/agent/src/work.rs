//! Calls the function that does a request.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use spnlab_agent::{Contents, Message, Request, send};
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio_util::codec::{FramedWrite, LengthDelimitedCodec};

use crate::failure::{about, text};
use crate::registry::Registry;
use crate::{attempt, capture, logon, processes, program, reset};

/// Standard output of the container's first process. The engine keeps it as the container's log.
const LOG: &str = "/proc/1/fd/1";

/// Does one request, and sends the answer.
pub(crate) async fn answer(
    request: Request,
    registry: &mut Registry,
    to: &mut FramedWrite<impl AsyncWrite + Unpin, LengthDelimitedCodec>,
) -> io::Result<()> {
    match request {
        Request::Run(run) => give(to, Ok(program::run(&run.command, &run.input.0).await)).await,
        Request::RunWithTickets(run) => give(to, logon::run_with_tickets(run).await).await,
        Request::ReadFile { path } => give(to, read(path.as_ref())).await,
        Request::WriteToLog { line } => give(to, write_to_log(&line)).await,
        Request::EndOfCapture => give(to, capture::ours().end().map_err(text)).await,
        Request::CaptureSince(end) => {
            let bytes = capture::ours().since(&end);
            give(to, bytes.map(|bytes| Contents { bytes: bytes.into() })).await
        }
        Request::RenewCapture => give(to, capture::ours().renew().await).await,
        Request::Knock { host, port } => give(to, knock(&host, port).await).await,
        Request::SendDatagram { port, text } => give(to, send_datagram(port, &text)).await,
        Request::Connect(attempt) => give(to, attempt::connect(attempt).await).await,
        Request::Visit(visit) => give(to, attempt::visit(visit).await).await,
        Request::NetRegistry { words } => give(to, registry.net(words).await).await,
        Request::ResetClient => give(to, reset::client()).await,
        Request::EndShells => give(to, processes::end_shells()).await,
        Request::UserProcesses => give(to, processes::of_users().map_err(text)).await,
        Request::CrashSamba => give(to, processes::crash_samba().await).await,
    }
}

async fn give<M: Message>(
    to: &mut FramedWrite<impl AsyncWrite + Unpin, LengthDelimitedCodec>,
    answer: Result<M, String>,
) -> io::Result<()> {
    send(to, answer).await
}

fn read(path: &Path) -> Result<Contents, String> {
    let bytes = std::fs::read(path).map_err(about(path))?;
    Ok(Contents { bytes: bytes.into() })
}

fn write_to_log(line: &str) -> Result<(), String> {
    use std::io::Write;
    let log = Path::new(LOG);
    let mut file = std::fs::File::options().write(true).open(log).map_err(about(log))?;
    // A pipe takes 4096 bytes at once. Another agent may write a longer line.
    flock(&file, FlockOperation::LockExclusive).map_err(|error| text(error.into()))?;
    // One write, so that lines of other programs do not split this line.
    file.write_all(format!("{line}\n").as_bytes()).map_err(about(log))
}

async fn knock(host: &str, port: u16) -> Result<(), String> {
    let connected = TcpStream::connect((host, port)).await;
    connected.map(drop).map_err(|error| format!("port {port}: {error}"))
}

fn send_datagram(port: u16, payload: &str) -> Result<(), String> {
    let out = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(text)?;
    out.send_to(payload.as_bytes(), (Ipv4Addr::LOCALHOST, port)).map(drop).map_err(text)
}
