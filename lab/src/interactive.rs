//! `spnlab connect` on a terminal without a command: a session, as `Enter-PSSession` opens one.

use std::io::{IsTerminal, Write};

use rustyline::error::ReadlineError;
use rustyline::history::{History as _, MemHistory};
use rustyline::{Config, Editor};
use spnlab_harness::{Begun, ConnectOptions, Ended, Lab, Output, Session};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::connecting::{REFUSED, show, show_refusal};
use crate::error::Failure;
use crate::talk::Talk;

const SIGINT: u8 = 2;

/// Whether there is somebody to talk with.
pub(crate) fn on_a_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Connects once with all observers, as with `-c`; then holds a session.
pub(crate) async fn interactive(
    lab: &Lab,
    mut how: ConnectOptions,
    talk: &Talk,
) -> Result<u8, Failure> {
    how.command = None;
    let mut interrupts = signal(SignalKind::interrupt()).map_err(unusable)?;
    let opening = async {
        let attempt = lab.connect(&how).await?;
        let status = show(&attempt, talk);
        if !attempt.outcome.connected() {
            return Ok(Err(status));
        }
        match lab.session(&how).await? {
            Begun::Open(session) => Ok(Ok(session)),
            Begun::Refused(report) => Ok(Err(show_refusal(&report, talk))),
        }
    };
    let begun: Result<Result<Session, u8>, Failure> = tokio::select! {
        begun = opening => begun,
        _ = interrupts.recv() => return Err(Failure::Interrupted { signal: SIGINT }),
    };
    let mut session = match begun? {
        Ok(session) => session,
        Err(status) => return Ok(status),
    };
    let status = prompts(&how.host, &mut session, &mut interrupts, talk).await?;
    session.close().await?;
    Ok(status)
}

fn unusable(error: impl std::fmt::Display) -> Failure {
    Failure::Terminal { reason: error.to_string() }
}

/// What the user asked for at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Nothing,
    Leave(Option<u8>),
    Run(String),
}

impl Asked {
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
    talk: &Talk,
) -> Result<u8, Failure> {
    // The history is the session's own, and ends with it.
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
        let command = match Asked::read(&line) {
            Asked::Nothing => continue,
            Asked::Leave(with) => return Ok(with.unwrap_or(status)),
            Asked::Run(command) => command,
        };
        let _ = history.add(&line);
        let interrupted = async || {
            interrupts.recv().await;
        };
        match session.run(&command, print, interrupted).await? {
            Ended::Exit(code) => status = u8::try_from(code).unwrap_or(1),
            Ended::Lost(report) => {
                show_refusal(&report, talk);
                return Ok(REFUSED);
            }
        }
    }
}

/// Reads one line. The editor takes SIGINT for itself while it exists, so it ends with the line:
/// Ctrl-C is the command's then. (Its feature signal-hook would leave SIGINT alone, but then it waits
/// for another key before it looks at the rest of what was pasted; seen with 17 and 18.)
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
    // Where output goes is gone with the terminal, and so is the session.
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
        assert_eq!(Asked::read("  "), Asked::Nothing);
        assert_eq!(Asked::read(" exit "), Asked::Leave(None));
        assert_eq!(Asked::read("exit 3"), Asked::Leave(Some(3)));
        for line in ["exit 3; id", "exit x", "exiting", "id"] {
            assert_eq!(Asked::read(line), Asked::Run(line.to_owned()));
        }
    }
}
