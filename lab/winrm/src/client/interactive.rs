//! A session of commands, one after the other, as in `Enter-PSSession`.
//!
//! Requests and events are lines of JSON, so the terminal may be on another machine. Every command
//! is a command of one WinRS shell. Only the working directory passes from one to the next.
//! Variables end with their command, as in cmd.exe's remote shell.

use super::options::Options;
use super::report::Report;
use super::run::{authenticated, ended, new_report, tickets};
use super::settings::SettingsError;
use super::shell_connection::WinrsError;
use super::winrs::{Disturbance, Shell};
use super::working_directory::{Marker, wrap};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, Lines};

/// One input line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Run a command.
    Run {
        /// Its text.
        command: String,
    },
    /// Interrupt the running command (Signal ctrl_c). Without one it does nothing.
    Interrupt,
    /// End the session. The end of the input does the same.
    Close,
}

/// One output line.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The session is open.
    Ready {
        /// The stages up to here.
        report: Box<Report>,
        /// The directory of the first command.
        directory: String,
    },
    /// The session did not open, or it is over.
    Failed {
        /// Where it failed, and why.
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
        /// The directory of the next command.
        directory: String,
    },
    /// The request is unreadable, or came at the wrong time. It had no effect.
    Rejected {
        /// The reason.
        reason: String,
    },
}

/// The receiver of events.
pub type Events<'a> = &'a mut (dyn FnMut(&Event) -> std::io::Result<()> + Send);

/// Runs a session until the input ends or a request ends it. Returns whether it opened and closed
/// in order. Errors are mistakes in the options.
pub async fn interact<R: AsyncBufRead + Unpin>(
    options: &Options,
    requests: R,
    events: Events<'_>,
) -> Result<bool, SettingsError> {
    let mut report = new_report(options)?;
    let mut lines = requests.lines();
    if session(options, &mut report, &mut lines, events).await.is_some() {
        return Ok(true);
    }
    // If the reader is gone, nobody needs the last event.
    let _ = events(&Event::Failed { report: Box::new(report) });
    Ok(false)
}

async fn session<R: AsyncBufRead + Unpin>(
    options: &Options,
    report: &mut Report,
    lines: &mut Lines<R>,
    events: Events<'_>,
) -> Option<()> {
    let endpoint = tickets(options, report)?;
    let connection = authenticated(&endpoint, report).await?;
    let mut shell = Shell::on(&endpoint, connection);
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

/// Opens the shell, and finds its working directory. Requests wait until then.
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
            // The interrupt came after the command's own end.
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

/// Runs one command. `None`: the session ends.
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
                // One command at a time: a sender of another one breaks the protocol.
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
