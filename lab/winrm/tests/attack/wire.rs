//! Plain HTTP over TCP, from any address of loopback, with a limit for each wait.

use crate::support::sealed::Ticket;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::io::{self, Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The attacker's address, and somebody else's: both are loopback.
pub(crate) const ATTACKER: Ipv4Addr = Ipv4Addr::LOCALHOST;
pub(crate) const NEIGHBOUR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// Longer than any right answer takes, even on a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(12);
/// A login from another peer.
pub(crate) const LOGIN: Duration = Duration::from_secs(1);

/// A connection from this address.
pub(crate) fn connect(from: Ipv4Addr, port: u16) -> io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        tokio::time::timeout(LIMIT, socket.connect(to)).await?
    })?;
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    Ok(stream)
}

/// Reads one answer: its head, and as much body as the head says.
pub(crate) fn answer(stream: &mut TcpStream) -> io::Result<String> {
    let mut read = Vec::new();
    let head = loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut read)?;
    };
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let length = text.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next());
    let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    while read.len() < head + length {
        more(stream, &mut read)?;
    }
    Ok(String::from_utf8_lossy(&read).into_owned())
}

fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<()> {
    let mut some = [0; 16 * 1024];
    let count = stream.read(&mut some)?;
    read.extend_from_slice(&some[..count]);
    if count == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// A POST to the endpoint.
pub(crate) fn post(header: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST /wsman HTTP/1.1\r\nHost: localhost\r\n{header}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// What a new connection gets for these bytes.
pub(crate) fn raw(from: Ipv4Addr, port: u16, request: &[u8]) -> io::Result<String> {
    let mut stream = connect(from, port)?;
    // Who is refused early may see a reset while it still writes, and the answer behind it.
    let _ = stream.write_all(request);
    answer(&mut stream)
}

pub(crate) fn authorization(token: &[u8]) -> String {
    format!("Authorization: Negotiate {}\r\n", BASE64_STANDARD.encode(token))
}

/// How long a login with this token takes, from the connection on; an error if it fails.
fn login(from: Ipv4Addr, port: u16, token: &[u8]) -> Result<Duration, String> {
    let request = post(&authorization(token), b"");
    let start = Instant::now();
    let answer = raw(from, port, &request).map_err(|error| told(&error))?;
    let status = answer.lines().next().unwrap_or_default();
    if status.starts_with("HTTP/1.1 200") { Ok(start.elapsed()) } else { Err(status.to_owned()) }
}

/// A connection that has logged in.
pub(crate) fn session(from: Ipv4Addr, port: u16, ticket: &Ticket) -> TcpStream {
    let mut stream = connect(from, port).unwrap();
    stream.write_all(&post(&authorization(&ticket.token()), b"")).unwrap();
    assert!(answer(&mut stream).unwrap().starts_with("HTTP/1.1 200"));
    stream
}

fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!("no answer in {LIMIT:?}"),
        _ => error.to_string(),
    }
}

/// How long a login takes: five at one time, three times; of the slowest time the median. So a
/// hiccup of the machine does not count, and an attack that wears off does.
#[derive(Debug)]
pub(crate) struct Login(Result<Duration, String>);

impl Login {
    pub(crate) fn of(from: Ipv4Addr, port: u16, ticket: &Ticket) -> Self {
        let mut slowest = Ok(Duration::ZERO);
        for _ in 0..3 {
            let tokens: Vec<_> = (0..5).map(|_| ticket.token()).collect();
            let mut wave: Vec<_> = std::thread::scope(|scope| {
                let one = |token| scope.spawn(move || login(from, port, token));
                let started: Vec<_> = tokens.iter().map(|token| one(token.as_slice())).collect();
                started.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            // Failures come last.
            wave.sort_by_key(|login| login.as_ref().copied().unwrap_or(Duration::MAX));
            slowest = match (slowest, wave.swap_remove(2)) {
                (Ok(before), Ok(now)) => Ok(before.max(now)),
                (_, failed) => return Self(failed),
            };
        }
        Self(slowest)
    }

    pub(crate) fn is_in_time(&self) -> bool {
        self.0.as_ref().is_ok_and(|took| *took <= LOGIN)
    }
}

impl std::fmt::Display for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Ok(took) => write!(f, "{:.3} s", took.as_secs_f64()),
            Err(error) => f.write_str(error),
        }
    }
}

/// Logs in again and again; returns how often.
pub(crate) fn flood(port: u16, ticket: &Ticket, stop: &crate::room::Stop) -> usize {
    let mut count = 0;
    while !stop.is_set() {
        count += usize::from(login(ATTACKER, port, &ticket.token()).is_ok());
    }
    count
}
