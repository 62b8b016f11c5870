//! Shows a connection, and says which exit status follows from it.

use spnlab_harness::wire::Trace;
use spnlab_harness::{Attempt, ClientReport, CommandResult, ConnectOptions, list_events};
use spnlab_picture::Scene;

use super::powershell::Cmdlet;
use super::{facts, picture};
use crate::console::{BAD, BOLD, Console, escaped};
use crate::exit_status;

/// What a user wants to see besides the facts.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that is typed or not")]
pub(crate) struct Details {
    /// The messages on the wire.
    pub(crate) wire: bool,
    /// What Windows would log.
    pub(crate) events: bool,
    /// All of Windows' message, also on a terminal.
    pub(crate) message: bool,
    /// The picture of the ticket and the doors.
    pub(crate) picture: bool,
    /// The command of Windows in whose words a refusal is shown, and no advice of `connect`.
    pub(crate) cmdlet: Option<Cmdlet>,
}

/// Shows a connection: the command's output as its own, the facts on standard error. Returns the
/// exit status.
pub(crate) fn connection(attempt: &Attempt, details: Details, console: &Console) -> u8 {
    let status = if !attempt.outcome.connected() || attempt.report.client_status.is_some() {
        refusal(&attempt.report, details, console)
    } else if let Some(ran) = &attempt.report.command {
        console.pass_on(ran.stdout.trim_end());
        if !ran.stderr.is_empty() {
            console.warn(ran.stderr.trim_end());
        }
        if ran.truncated {
            console.warn("the command wrote more than 4 MiB; only the beginning is shown");
        }
        status_of(ran)
    } else {
        0
    };
    console.explain("\nwhat Kerberos did");
    for line in facts::of(attempt) {
        console.explain(&format!("  {line}"));
    }
    if details.picture {
        console.explain("");
        let scene = Scene::of_attempt(attempt, None);
        for line in picture::lines(&scene, console.error_columns()) {
            console.explain(&line);
        }
    }
    if details.wire {
        console.explain("\non the wire");
        for line in wire(&attempt.wire.trace) {
            console.explain(&line);
        }
    }
    if details.events {
        console.explain(&format!("\n{}", events(&list_events(&attempt.windows_events))));
    }
    status
}

/// The messages on the wire, in the form of the article's traces.
pub(crate) fn wire(trace: &Trace) -> Vec<String> {
    trace
        .to_string()
        .lines()
        .map(|line| format!("  {}", escaped(&line.replace('\t', "  "))))
        .collect()
}

/// Windows' events with their heads in bold.
pub(crate) fn events(text: &str) -> String {
    let shown = escaped(text);
    let lines = shown.lines().map(|line| match line.strip_prefix("event ") {
        Some(head) => format!("{BOLD}event {head}{BOLD:#}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What to type after a refused connection.
pub(crate) fn next(how: &ConnectOptions, lab: &str) -> String {
    let port = match (how.include_port_in_spn, how.use_ssl) {
        (false, _) => "",
        (true, false) => " --spn-port 5985",
        (true, true) => " --spn-port 5986",
    };
    format!(
        "next: spnlab diagnose {}{port}{lab}\n      --wire shows the messages, --events what \
         Windows would log",
        how.host
    )
}

/// The remote command's own status, unless it would hide that output is missing.
fn status_of(ran: &CommandResult) -> u8 {
    match u8::try_from(ran.exit_code) {
        Ok(0) if ran.truncated => exit_status::INCOMPLETE,
        status => status.unwrap_or(1),
    }
}

/// Shows why there is no connection, in Windows' words if they are known. Returns the exit status.
pub(crate) fn refusal(report: &ClientReport, details: Details, console: &Console) -> u8 {
    if let Some(cmdlet) = details.cmdlet
        && let Some(lines) = cmdlet.refusal(report)
    {
        console.warn(&format!("{BAD}{}{BAD:#}", escaped(&lines)));
    } else if let Some(status) = &report.client_status {
        // The message and the facts below it must fit on 24 lines. A document has the whole message.
        let short = console.error_columns().is_some() || console.is_json();
        let whole = details.message || !short;
        console.warn(if whole { &status.message } else { first_line(&status.message) });
        if !whole && first_line(&status.message).len() < status.message.trim_end().len() {
            console
                .explain("(Windows goes on with advice that fits any error: --message shows it)");
        }
    } else {
        console.warn("the connection failed; what a Windows client says in this case is not known");
        if let Some(text) = report.reason() {
            console.warn(text);
        }
    }
    if let Some(text) = silence(report) {
        console.warn(&text);
    }
    exit_status::REFUSED
}

/// What a message says of this error. Windows puts advice on further lines.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default().trim_end()
}

/// How an endpoint did not answer, and what to check. Windows' message says neither.
fn silence(report: &ClientReport) -> Option<String> {
    let text = report.winrm.text.as_deref().unwrap_or_default();
    if !report.unanswered() && !text.starts_with("time-out: ") {
        return None;
    }
    let host = format!("{} port {}", report.target, report.port);
    Some(format!(
        "the endpoint did not answer: {host}: {text}\n\
         hint: `docker ps` shows whether MEM1 is paused, `spnlab logs mem1` what winrmd said last; other \
         clients may hold all of its connections"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exit_status::INCOMPLETE;

    #[test]
    fn advice_is_no_part_of_the_first_line() {
        assert_eq!(first_line("An error occurred. \n Possible causes are:"), "An error occurred.");
        assert_eq!(first_line(""), "");
    }

    #[test]
    fn the_next_step_asks_as_the_client_did() {
        let mut how = ConnectOptions::new("mem1", "x");
        assert!(next(&how, "").starts_with("next: spnlab diagnose mem1\n"));
        how.include_port_in_spn = true;
        how.use_ssl = true;
        let expected = "next: spnlab diagnose mem1 --spn-port 5986 --name x\n";
        assert!(next(&how, " --name x").starts_with(expected));
    }

    #[test]
    fn output_that_is_missing_is_no_success() {
        let status = |exit_code, truncated| {
            let (command, stdout, stderr) = Default::default();
            status_of(&CommandResult { command, exit_code, truncated, stdout, stderr })
        };
        assert_eq!((status(0, false), status(0, true)), (0, INCOMPLETE));
        assert_eq!((status(7, true), status(-1, true), status(256, false)), (7, 1, 1));
    }
}
