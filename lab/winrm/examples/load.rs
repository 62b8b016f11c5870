//! Puts load on a service that wants Kerberos, and counts: `ci/bench.d/endpoint` runs it against
//! `winrmd` and against Apache httpd with mod_auth_gssapi.
//!
//! One request is an authenticated one that is answered with 200 and a body. Either each comes on a
//! new connection with a new security context (`--mode new`), or each of the connections proves its
//! user once and goes on from there (`--mode kept`). `--mode held` proves that many users, says
//! `held N`, and keeps the connections until its standard input ends, so that somebody can look at
//! the server's memory.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Parser, ValueEnum};
use winrm::gss::{Context, Credential, Mech, Name, Step};

/// How connections are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// A new connection and security context for each request.
    New,
    /// One security context for each connection.
    Kept,
    /// Connections that prove their user and then wait.
    Held,
}

/// Authenticated requests to one service, counted.
#[derive(Clone, Debug, Parser)]
struct Options {
    /// Where it listens
    #[arg(long)]
    address: String,
    /// Its service principal name
    #[arg(long)]
    spn: String,
    /// What is asked for
    #[arg(long, default_value = "/")]
    path: String,
    /// A file to send as SOAP; without it, it is a GET
    #[arg(long)]
    body: Option<String>,
    /// How connections are used
    #[arg(long, value_enum)]
    mode: Mode,
    /// Connections at one time
    #[arg(long, default_value_t = 1)]
    connections: usize,
    /// Requests in all
    #[arg(long, default_value_t = 1000)]
    requests: usize,
}

type Failure = Box<dyn Error + Send + Sync>;

/// One connection to the service.
struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    fn open(options: &Options) -> Result<Self, Failure> {
        let stream = TcpStream::connect(&options.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Asks, with or without a token; the answer must be a 200.
    fn ask(&mut self, options: &Options, body: &[u8], token: Option<&[u8]>) -> Result<(), Failure> {
        let (verb, path) = (if body.is_empty() { "GET" } else { "POST" }, &options.path);
        let mut request = format!("{verb} {path} HTTP/1.1\r\nHost: bench\r\n");
        if let Some(token) = token {
            request += "Authorization: Negotiate ";
            request += &STANDARD.encode(token);
            request += "\r\n";
        }
        if !body.is_empty() {
            request.push_str("Content-Type: application/soap+xml;charset=UTF-8\r\n");
            request += &["Content-Length: ", &body.len().to_string(), "\r\n"].concat();
        }
        request.push_str("\r\n");
        let request = [request.as_bytes(), body].concat();
        self.stream.write_all(&request)?;
        self.answer()
    }

    /// Reads one answer to its end.
    fn answer(&mut self) -> Result<(), Failure> {
        let head = loop {
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more()?;
        };
        let text = String::from_utf8_lossy(&self.received[..head]).into_owned();
        if !text.starts_with("HTTP/1.1 200") {
            return Err(format!("not a 200: {}", text.lines().next().unwrap_or_default()).into());
        }
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().ok())?
        });
        let length = length.ok_or("the answer does not say how long it is")?;
        while self.received.len() < head + length {
            self.more()?;
        }
        self.received.drain(..head + length);
        Ok(())
    }

    fn more(&mut self) -> Result<(), Failure> {
        let mut some = [0; 16 * 1024];
        let count = self.stream.read(&mut some)?;
        if count == 0 {
            return Err("the connection was closed".into());
        }
        self.received.extend_from_slice(&some[..count]);
        Ok(())
    }
}

/// Who asks, and whom.
struct Identity {
    credential: Credential,
    target: Name,
}

impl Identity {
    fn of(options: &Options) -> Result<Self, Failure> {
        let credential = Credential::from_cache(None, None)?;
        Ok(Self { credential, target: Name::principal(&options.spn)? })
    }

    fn token(&self) -> Result<Vec<u8>, Failure> {
        match Context::default().initiate(&self.credential, &self.target, Mech::Spnego, None) {
            Step::Continue(token) | Step::Complete(Some(token)) => Ok(token),
            Step::Failed(_, error) => Err(error.into()),
            Step::Complete(None) => Err("no token".into()),
        }
    }
}

/// Takes requests until there are none left; gives how long each took.
fn worker(options: &Options, body: &[u8], left: &AtomicUsize) -> Result<Vec<Duration>, Failure> {
    let identity = Identity::of(options)?;
    let mut kept = None;
    if options.mode == Mode::Kept {
        let mut connection = Connection::open(options)?;
        connection.ask(options, body, Some(&identity.token()?))?;
        kept = Some(connection);
    }
    let mut took = Vec::new();
    let one_less = |left: usize| left.checked_sub(1);
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
        let start = Instant::now();
        match &mut kept {
            Some(connection) => connection.ask(options, body, None)?,
            None => Connection::open(options)?.ask(options, body, Some(&identity.token()?))?,
        }
        took.push(start.elapsed());
    }
    Ok(took)
}

fn counted(options: &Options, body: &[u8]) -> Result<(), Failure> {
    let left = AtomicUsize::new(options.requests);
    let start = Instant::now();
    let workers: Vec<Result<Vec<Duration>, Failure>> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..options.connections)
            .map(|_| scope.spawn(|| worker(options, body, &left)))
            .collect();
        let ended = started.into_iter().map(|one| match one.join() {
            Ok(result) => result,
            Err(_) => Err("a worker panicked".into()),
        });
        ended.collect()
    });
    let whole = start.elapsed();
    let mut took = Vec::new();
    for worker in workers {
        took.extend(worker?);
    }
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() - 1) * percent / 100).map_or(0.0, millis);
    let count = u32::try_from(took.len())?;
    println!("{:.0} {:.3} {:.3}", f64::from(count) / whole.as_secs_f64(), at(50), at(99));
    Ok(())
}

fn millis(took: &Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn held(options: &Options, body: &[u8]) -> Result<(), Failure> {
    let identity = Identity::of(options)?;
    let mut connections = Vec::new();
    for _ in 0..options.connections {
        let mut connection = Connection::open(options)?;
        connection.ask(options, body, Some(&identity.token()?))?;
        connections.push(connection);
    }
    println!("held {}", connections.len());
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    // They are still the same users.
    for connection in &mut connections {
        connection.ask(options, body, None)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::parse();
    let run = || -> Result<(), Failure> {
        let body = options.body.as_ref().map(std::fs::read).transpose()?.unwrap_or_default();
        match options.mode {
            Mode::Held => held(&options, &body),
            Mode::New | Mode::Kept => counted(&options, &body),
        }
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}
