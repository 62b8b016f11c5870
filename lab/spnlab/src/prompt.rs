//! A session on a host, as `Enter-PSSession` opens one.
//!
//! Uses: console, failure, reader, show, state.

use std::io::Write;
use std::sync::Arc;

use spnlab_harness::{
    Attempt, Begun, ClientReport, ConnectOptions, Ended, Error, Lab, Output, Session,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::console::Console;
use crate::failure::Failure;
use crate::reader::{Reader, Typed, unusable};
use crate::show;
use crate::state::{RunEvidence, note_attempt, note_done};

const SIGINT: u8 = 2;

/// How a session is shown.
pub(crate) struct Look<'a> {
    /// What of the connection.
    pub(crate) details: show::Details,
    /// Says more behind the facts.
    pub(crate) after: &'a (dyn Fn(&Attempt) + Sync),
    /// The end of the prompt.
    pub(crate) prompt_end: &'a str,
}

/// Connects once with all observers, as with `-c`. Then opens a session and returns its status.
///
/// A script's lines go on to the session. At a terminal, the session has a history of its own.
pub(crate) async fn session(
    lab: &Lab,
    mut how: ConnectOptions,
    look: &Look<'_>,
    evidence: &RunEvidence,
    reader: &mut Reader,
    console: &Arc<Console>,
) -> Result<u8, Failure> {
    how.command = None;
    let mut interrupts = signal(SignalKind::interrupt()).map_err(unusable)?;
    let opening = async {
        let attempt = lab.connect_watched(&how, &evidence.watch(console)).await?;
        note_attempt(lab, &attempt, evidence, console).await;
        let status = show::connection(&attempt, look.details, console);
        (look.after)(&attempt);
        // The session may last, and a page shows the attempt now.
        note_done(status, console).await;
        if !attempt.outcome.connected() {
            return Ok(Err(status));
        }
        match lab.client().session(&how).await? {
            Begun::Open(session) => Ok(Ok(session)),
            Begun::Refused(report) => Ok(Err(refusal(&report, look, console))),
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
    let mut own = Reader::terminal();
    let reader = if matches!(reader, Reader::Script(_)) { reader } else { &mut own };
    let open = (how.host.as_str(), &mut session);
    let status = match prompts(open, look, &mut interrupts, reader, console).await {
        _ if lab.was_removed().await => {
            return Err(Error::LabGone { name: lab.identity().name.clone() }.into());
        }
        status => status?,
    };
    session.close().await?;
    Ok(status)
}

fn refusal(report: &ClientReport, look: &Look<'_>, console: &Console) -> u8 {
    show::refusal(report, look.details, console)
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
    (host, session): (&str, &mut Session),
    look: &Look<'_>,
    interrupts: &mut Signal,
    reader: &mut Reader,
    console: &Console,
) -> Result<u8, Failure> {
    let mut status = 0;
    loop {
        let prompt = format!("[{host}]: {}{}", session.directory(), look.prompt_end);
        let line = match reader.line(&prompt).await? {
            Typed::Line(line) => line,
            Typed::Dropped => continue,
            Typed::End => return Ok(status),
        };
        let command = match Input::read(&line) {
            Input::Nothing => continue,
            Input::Leave(with) => return Ok(with.unwrap_or(status)),
            Input::Run(command) => command,
        };
        reader.remember(&line);
        let interrupted = async || {
            interrupts.recv().await;
        };
        match session.run(&command, print, interrupted).await? {
            Ended::Exit(code) => status = u8::try_from(code).unwrap_or(1),
            Ended::Lost(report) => return Ok(refusal(&report, look, console)),
        }
    }
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
