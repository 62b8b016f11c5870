//! A session at a terminal, as `Enter-PSSession` opens one.
//!
//! Uses: cli, console, failure, show, state.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use rustyline::error::ReadlineError;
use rustyline::history::{History as _, MemHistory};
use rustyline::{Config, Editor};
use spnlab_harness::{Begun, ConnectOptions, Ended, Error, Lab, Output, Session};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::name_option;
use crate::console::Console;
use crate::failure::Failure;
use crate::show;
use crate::state::{RunEvidence, note_attempt};

const SIGINT: u8 = 2;

/// Whether a user is at a terminal.
pub(crate) fn on_a_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Connects once with all observers, as with `-c`. Then opens a session and returns its status.
pub(crate) async fn session(
    lab: &Lab,
    mut how: ConnectOptions,
    details: show::Details,
    evidence: &RunEvidence,
    console: &Arc<Console>,
) -> Result<u8, Failure> {
    how.command = None;
    let mut interrupts = signal(SignalKind::interrupt()).map_err(unusable)?;
    let opening = async {
        let attempt = lab.connect_watched(&how, &evidence.watch(console)).await?;
        note_attempt(lab, &attempt).await;
        let status = show::connection(&attempt, details, console);
        evidence.say(console);
        if !attempt.outcome.connected() {
            console.explain(&show::next(&how, &name_option(&lab.identity().name)));
            return Ok(Err(status));
        }
        match lab.client().session(&how).await? {
            Begun::Open(session) => Ok(Ok(session)),
            Begun::Refused(report) => Ok(Err(show::refusal(&report, details, console))),
        }
    };
    let begun: Result<Result<Session, u8>, Failure> = tokio::select! {
        begun = opening => begun,
        _ = interrupts.recv() => {
            return Err(Failure::Interrupted { signal: SIGINT, doing: console.doing() });
        }
    };
    let mut session = match begun? {
        Ok(session) => session,
        Err(status) => return Ok(status),
    };
    let status = match prompts(&how.host, &mut session, &mut interrupts, console).await {
        _ if lab.was_removed().await => {
            return Err(Error::LabGone { name: lab.identity().name.clone() }.into());
        }
        status => status?,
    };
    session.close().await?;
    Ok(status)
}

fn unusable(error: impl std::fmt::Display) -> Failure {
    Failure::Terminal { reason: error.to_string() }
}

/// A line that the user typed at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Input {
    Nothing,
    Leave(Option<u8>),
    Run(String),
}

impl Input {
    fn read(line: &str) -> Self {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (None, ..) => Self::Nothing,
            (Some("exit"), None, _) => Self::Leave(None),
            (Some("exit"), Some(status), None) if status.parse::<u8>().is_ok() => {
                Self::Leave(status.parse().ok())
            }
            _ => Self::Run(line.to_owned()),
        }
    }
}

/// Reads and runs commands until the user leaves; returns the last command's exit status.
async fn prompts(
    host: &str,
    session: &mut Session,
    interrupts: &mut Signal,
    console: &Console,
) -> Result<u8, Failure> {
    // The history ends with the session.
    let mut history = MemHistory::new();
    let mut status = 0;
    loop {
        let prompt = format!("[{host}]: {} $ ", session.directory());
        // Reading from the terminal blocks, so it has a thread of its own.
        let read = tokio::task::spawn_blocking(move || read_line(&prompt, history));
        let (back, line) = read.await.map_err(unusable)?;
        history = back;
        let line = match line {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(status),
            Err(error) => return Err(unusable(error)),
        };
        let command = match Input::read(&line) {
            Input::Nothing => continue,
            Input::Leave(with) => return Ok(with.unwrap_or(status)),
            Input::Run(command) => command,
        };
        let _ = history.add(&line);
        let interrupted = async || {
            interrupts.recv().await;
        };
        match session.run(&command, print, interrupted).await? {
            Ended::Exit(code) => status = u8::try_from(code).unwrap_or(1),
            Ended::Lost(report) => {
                return Ok(show::refusal(&report, show::Details::default(), console));
            }
        }
    }
}

/// Reads one line. The editor takes SIGINT while it lives. So it ends with the line, and afterwards
/// Ctrl-C is for the remote command.
///
/// With its feature signal-hook, the editor leaves SIGINT alone. But then it waits for another key
/// before it reads the rest of a pasted text (seen with rustyline 17 and 18).
fn read_line(prompt: &str, mut history: MemHistory) -> (MemHistory, Result<String, ReadlineError>) {
    let mut editor = match Editor::<(), _>::with_history(Config::default(), history) {
        Ok(editor) => editor,
        Err(error) => return (MemHistory::new(), Err(error)),
    };
    let line = editor.readline(prompt);
    history = std::mem::take(editor.history_mut());
    (history, line)
}

fn print(from: Output, data: &[u8]) {
    // A terminal that is gone ends the session anyway.
    let _ = match from {
        Output::Stdout => {
            let mut out = std::io::stdout().lock();
            out.write_all(data).and_then(|()| out.flush())
        }
        Output::Stderr => std::io::stderr().lock().write_all(data),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_is_not_a_command() {
        assert_eq!(Input::read("  "), Input::Nothing);
        assert_eq!(Input::read(" exit "), Input::Leave(None));
        assert_eq!(Input::read("exit 3"), Input::Leave(Some(3)));
        for line in ["exit 3; id", "exit x", "exiting", "id"] {
            assert_eq!(Input::read(line), Input::Run(line.to_owned()));
        }
    }
}
