//! Shows a connection, and says which exit status follows from it.

use spnlab_harness::{Attempt, ClientReport, CommandResult, list_events};

use super::facts;
use crate::console::{Console, escaped};
use crate::exit_status;

/// Shows a connection: the command's output as its own, the facts on standard error. Returns the
/// exit status.
pub(crate) fn connection(attempt: &Attempt, console: &Console) -> u8 {
    let status = if !attempt.outcome.connected() || attempt.report.client_status.is_some() {
        refusal(&attempt.report, console)
    } else if let Some(ran) = &attempt.report.command {
        console.print(ran.stdout.trim_end());
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
    console.say("\nwhat Kerberos did");
    for line in facts::of(attempt) {
        console.say(&format!("  {line}"));
    }
    console.say("\non the wire");
    for line in attempt.wire.trace.to_string().lines() {
        console.say(&format!("  {}", line.replace('\t', "  ")));
    }
    if !attempt.outcome.connected() {
        console.say(&format!("\n{}", escaped(&list_events(&attempt.windows_events))));
    }
    status
}

/// The remote command's own status, unless it would hide that output is missing.
fn status_of(ran: &CommandResult) -> u8 {
    match u8::try_from(ran.exit_code) {
        Ok(0) if ran.truncated => exit_status::INCOMPLETE,
        status => status.unwrap_or(1),
    }
}

/// Shows why there is no connection, in Windows' words if they are known. Returns the exit status.
pub(crate) fn refusal(report: &ClientReport, console: &Console) -> u8 {
    if let Some(status) = &report.client_status {
        console.warn(&status.message);
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
    fn output_that_is_missing_is_no_success() {
        let status = |exit_code, truncated| {
            let (command, stdout, stderr) = Default::default();
            status_of(&CommandResult { command, exit_code, truncated, stdout, stderr })
        };
        assert_eq!((status(0, false), status(0, true)), (0, INCOMPLETE));
        assert_eq!((status(7, true), status(-1, true), status(256, false)), (7, 1, 1));
    }
}
