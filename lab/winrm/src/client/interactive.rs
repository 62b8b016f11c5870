//! A session of commands, one after the other: what `Enter-PSSession` is to `Invoke-Command`.
//!
//! Requests come in and events go out as lines of JSON, so that the terminal may be somewhere else.
//! Every command is a command of one WinRS shell. The working directory is carried from one to the
//! next, nothing else is: variables end with their command, as in cmd.exe's remote shell.

use super::channel::WinrsError;
use super::directory::{Marker, wrap};
use super::options::Options;
use super::report::Report;
use super::run::{authenticated, begin, ended, tickets};
use super::settings::SettingsError;
use super::winrs::{Disturbance, Shell};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, Lines};

/// One line that comes in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Run a command.
    Run {
        /// Its text.
        command: String,
    },
    /// Interrupt the command that runs (Signal ctrl_c); nothing if none does.
    Interrupt,
    /// End the session; so does the end of the input.
    Close,
}

/// One line that goes out.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The session is open.
    Ready {
        /// How that came about.
        report: Box<Report>,
        /// Where the first command runs.
        directory: String,
    },
    /// There is no session, or no longer one.
    Failed {
        /// What went wrong, where.
        report: Box<Report>,
    },
    /// Standard output of the command.
    Stdout {
        /// Bytes in base64.
        data: String,
    },
    /// Standard error of the command.
    Stderr {
        /// Bytes in base64.
        data: String,
    },
    /// The command has ended.
    Exit {
        /// Its exit code.
        code: i32,
        /// Where the next command runs.
        directory: String,
    },
    /// A request that cannot be read, or not now; nothing was done.
    Rejected {
        /// Why.
        reason: String,
    },
}

/// Where events go.
pub type Events<'a> = &'a mut (dyn FnMut(&Event) -> std::io::Result<()> + Send);

/// Holds a session until the input ends or asks for it. Returns whether it came about and was
/// closed in order; errors are mistakes in the options.
pub async fn interact<R: AsyncBufRead + Unpin>(
    options: &Options,
    requests: R,
    events: Events<'_>,
) -> Result<bool, SettingsError> {
    let mut report = begin(options)?;
    let mut lines = requests.lines();
    if session(options, &mut report, &mut lines, events).await.is_some() {
        return Ok(true);
    }
    // A reader that has gone needs no last words.
    let _ = events(&Event::Failed { report: Box::new(report) });
    Ok(false)
}

async fn session<R: AsyncBufRead + Unpin>(
    options: &Options,
    report: &mut Report,
    lines: &mut Lines<R>,
    events: Events<'_>,
) -> Option<()> {
    let peer = tickets(options, report)?;
    let transport = authenticated(&peer, report).await?;
    let mut shell = Shell::on(&peer, transport);
    let opened = open(&mut shell, events).await;
    report.http.status = shell.status();
    let directory = match opened {
        Ok(directory) => directory,
        Err(error) => return ended(Err(error), report),
    };
    report.winrm.result = "ok";
    let ready = Event::Ready { report: Box::new(report.clone()), directory: directory.clone() };
    let held = match events(&ready) {
        Ok(()) => commands(&mut shell, directory, lines, events).await,
        Err(error) => Err(error.into()),
    };
    // The first error counts.
    let closed = shell.close().await;
    ended(held.and(closed), report)
}

/// Opens the shell, and finds out where its commands run. Requests wait until then.
async fn open(shell: &mut Shell<'_>, events: Events<'_>) -> Result<String, WinrsError> {
    shell.open().await?;
    let mut directory = String::new();
    run(shell, ":", &mut directory, std::future::pending, events).await?;
    Ok(directory)
}

async fn commands<R: AsyncBufRead + Unpin>(
    shell: &mut Shell<'_>,
    mut directory: String,
    lines: &mut Lines<R>,
    events: Events<'_>,
) -> Result<(), WinrsError> {
    while let Some(line) = lines.next_line().await? {
        let command = match serde_json::from_str(&line) {
            Ok(Request::Run { command }) => command,
            // It came after the command's own end.
            Ok(Request::Interrupt) => continue,
            Ok(Request::Close) => return Ok(()),
            Err(error) => {
                events(&Event::Rejected { reason: error.to_string() })?;
                continue;
            }
        };
        let Some(code) =
            run(shell, &command, &mut directory, async || disturbance(lines).await, events).await?
        else {
            return Ok(());
        };
        events(&Event::Exit { code, directory: directory.clone() })?;
    }
    Ok(())
}

/// Runs one command. `None`: the session is to end.
async fn run(
    shell: &mut Shell<'_>,
    command: &str,
    directory: &mut String,
    disturbed: impl AsyncFnMut() -> Disturbance,
    events: Events<'_>,
) -> Result<Option<i32>, WinrsError> {
    let mut marker = Marker::new();
    let text = wrap(command, directory, &marker);
    let mut sink = |stream: &str, data: &[u8]| {
        let is_error = stream == "stderr";
        let shown = if is_error { marker.filter(data) } else { data.to_vec() };
        pass_on(is_error, &shown, events)
    };
    let code = shell.run_interruptible(&text, &mut sink, disturbed).await?;
    let (rest, left_in) = marker.finish();
    pass_on(true, &rest, events)?;
    if let Some(left_in) = left_in {
        *directory = left_in;
    }
    Ok(code)
}

fn pass_on(is_error: bool, data: &[u8], events: Events<'_>) -> std::io::Result<()> {
    if data.is_empty() {
        return Ok(());
    }
    let data = BASE64_STANDARD.encode(data);
    events(&if is_error { Event::Stderr { data } } else { Event::Stdout { data } })
}

/// The next request while a command runs.
async fn disturbance<R: AsyncBufRead + Unpin>(lines: &mut Lines<R>) -> Disturbance {
    loop {
        match lines.next_line().await {
            Ok(Some(line)) => match serde_json::from_str(&line) {
                Ok(Request::Interrupt) => return Disturbance::Interrupt,
                Ok(Request::Close) => return Disturbance::Abandon,
                // One command at a time: a reader that sends on does not keep to the protocol.
                Ok(Request::Run { .. }) | Err(_) => {}
            },
            Ok(None) | Err(_) => return Disturbance::Abandon,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_lines_of_json() {
        let read = |text: &str| serde_json::from_str::<Request>(text).ok();
        let run = Request::Run { command: "id".to_owned() };
        assert_eq!(read(r#"{"request":"run","command":"id"}"#), Some(run));
        assert_eq!(read(r#"{"request":"interrupt"}"#), Some(Request::Interrupt));
        assert_eq!(read(r#"{"request":"close"}"#), Some(Request::Close));
        for bad in ["", "id", "{}", r#"{"request":"run"}"#, r#"{"request":"run","x":1}"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn events_are_lines_of_json() {
        let exit = Event::Exit { code: 3, directory: "/tmp".to_owned() };
        let text = serde_json::to_string(&exit).unwrap();
        assert_eq!(text, r#"{"event":"exit","code":3,"directory":"/tmp"}"#);
    }
}
