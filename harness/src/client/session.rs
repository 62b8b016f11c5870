//! A session in which CLIENT runs commands on MEM1, one after the other.
//!
//! `winrm-client --interactive` runs in CLIENT. Requests and events are lines of JSON on its
//! standard input and output.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use serde::Deserialize;
use serde_json::json;
use testcontainers::bollard::container::LogOutput;
use tokio::io::AsyncWriteExt;

use super::clock;
use super::tickets::CACHE;
use crate::engine::{self, ADMIN, Attached, attach, refused};
use crate::lab::Client;
use crate::model::{ClientReport, ConnectOptions, Error, Result, Role};

const PROGRAM: &str = "/usr/lib/spnlab/bin/winrm-client";
/// Runs in CLIENT: a program with CLIENT's clock.
const WITH_CLOCK: &str = r#"
if [ -e "$1" ]; then
  export LD_PRELOAD="$(ls /usr/lib/*/faketime/libfaketime.so.1)" FAKETIME_DONT_FAKE_MONOTONIC=1
  export FAKETIME="$(cat "$1")"
fi
shift
exec "$@"
"#;
const WHAT: &str = "the session of winrm-client";

/// An open session.
pub struct Session {
    requests: engine::Input,
    output: engine::Output,
    /// Output that is no complete line yet.
    line: Vec<u8>,
    said: Vec<u8>,
    directory: String,
}

/// How a session began.
#[derive(Debug)]
pub enum Begun {
    /// It is open.
    Open(Session),
    /// It was refused. The report says why.
    Refused(Box<ClientReport>),
}

/// How a command of a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It ended with this exit code.
    Exit(i64),
    /// The session ended before the command did. The report says why.
    Lost(Box<ClientReport>),
}

/// Where output comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event {
    Ready { directory: String },
    Failed { report: Box<ClientReport> },
    Stdout { data: String },
    Stderr { data: String },
    Exit { code: i64, directory: String },
    Rejected { reason: String },
}

impl Client<'_> {
    /// Opens a session. The session ends when it is dropped. With kept tickets, an attempt before
    /// it must have got some.
    ///
    /// # Errors
    /// A refused connection is [`Begun::Refused`], not an error.
    pub async fn session(self, options: &ConnectOptions) -> Result<Begun> {
        let clock = clock::file();
        let mut command = vec!["sh", "-c", WITH_CLOCK, "session", &clock];
        command.extend([PROGRAM, "--interactive"]);
        command.extend(if options.keep_tickets {
            ["--ccache", CACHE].as_slice()
        } else {
            &["--password-stdin"]
        });
        command.extend(options.arguments());
        command.extend(["--", &options.host]);
        let id = &self.lab.part(Role::Client).id;
        let action = "start a session in client";
        let Attached { input, output } =
            attach(self.lab.docker(), id, ADMIN, &command, action).await?;
        let (line, said, directory) = (Vec::new(), Vec::new(), String::new());
        let mut session = Session { requests: input, output, line, said, directory };
        if !options.keep_tickets {
            session.send(&format!("{}\n", options.user.password)).await?;
        }
        match session.event().await? {
            Event::Ready { directory } => {
                session.directory = directory;
                Ok(Begun::Open(session))
            }
            Event::Failed { report } => Ok(Begun::Refused(report)),
            other => Err(unreadable(&format!("it began with {other:?}"))),
        }
    }
}

impl Session {
    /// Where the next command runs.
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// Runs a command to its end. `interrupted` completes at each Ctrl-C, which interrupts the
    /// command and not the session.
    pub async fn run(
        &mut self,
        command: &str,
        mut output: impl FnMut(Output, &[u8]),
        mut interrupted: impl AsyncFnMut(),
    ) -> Result<Ended> {
        self.send(&format!("{}\n", json!({ "request": "run", "command": command }))).await?;
        loop {
            let event = tokio::select! {
                event = self.event() => Some(event?),
                () = interrupted() => None,
            };
            let (from, data) = match event {
                None => {
                    self.send(&format!("{}\n", json!({ "request": "interrupt" }))).await?;
                    continue;
                }
                Some(Event::Stdout { data }) => (Output::Stdout, data),
                Some(Event::Stderr { data }) => (Output::Stderr, data),
                Some(Event::Exit { code, directory }) => {
                    self.directory = directory;
                    return Ok(Ended::Exit(code));
                }
                Some(Event::Failed { report }) => return Ok(Ended::Lost(report)),
                Some(Event::Rejected { reason }) => return Err(unreadable(&reason)),
                Some(Event::Ready { .. }) => return Err(unreadable("it began twice")),
            };
            output(from, &STANDARD.decode(data).map_err(|e| unreadable(&e.to_string()))?);
        }
    }

    /// Ends the session and waits for its end.
    pub async fn close(mut self) -> Result<()> {
        // A session that has already ended takes no request.
        let _ = self.requests.write_all(b"{\"request\":\"close\"}\n").await;
        let _ = self.requests.shutdown().await;
        while let Some(chunk) = self.output.next().await {
            chunk.map_err(refused("read from a session"))?;
        }
        Ok(())
    }

    async fn send(&mut self, line: &str) -> Result<()> {
        let sent = async {
            self.requests.write_all(line.as_bytes()).await?;
            self.requests.flush().await
        };
        sent.await.map_err(|source| Error::Io { action: "write to a session".to_owned(), source })
    }

    /// The next event. If this future is dropped half-way, nothing is lost.
    async fn event(&mut self) -> Result<Event> {
        loop {
            if let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.line.drain(..=end).collect();
                return serde_json::from_slice(&line).map_err(|e| unreadable(&e.to_string()));
            }
            match self.output.next().await {
                Some(Ok(LogOutput::StdErr { message })) => self.said.extend_from_slice(&message),
                Some(Ok(other)) => self.line.extend_from_slice(&other.into_bytes()),
                Some(Err(error)) => return Err(refused("read from a session")(error)),
                None => {
                    let said = String::from_utf8_lossy(&self.said);
                    return Err(unreadable(&format!("it ended; it said: {}", said.trim())));
                }
            }
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("directory", &self.directory).finish_non_exhaustive()
    }
}

fn unreadable(detail: &str) -> Error {
    Error::Unreadable { what: WHAT.to_owned(), detail: detail.to_owned() }
}
