//! The facts of an attempt, in the words of an expectation.

use spnlab_harness::{ApFact, Attempt, TgsFact};

/// The accounts whose keys decrypt the ticket.
pub(super) fn key_of(attempt: &Attempt) -> String {
    match &attempt.outcome.tgs {
        TgsFact::Issued(ticket) => ticket.encrypted_with_key_of.join(", "),
        other => format!("{other:?}"),
    }
}

/// The code of the KRB-ERROR in the 401, from the capture.
pub(super) fn on_the_wire(attempt: &Attempt) -> String {
    match &attempt.outcome.ap {
        ApFact::Refused { on_the_wire: Some(code), .. } => code.to_string(),
        other => format!("{other:?}"),
    }
}

/// The result of the session.
pub(super) fn session(attempt: &Attempt) -> String {
    let outcome = &attempt.outcome;
    match (&outcome.client_status, &outcome.remote) {
        (Some(status), _) => status.would_report.clone(),
        (None, Some(ran)) if ran.exit_code == 0 => {
            let mut words = ran.stdout.lines();
            let (host, user) = (words.next().unwrap_or("?"), words.next().unwrap_or("?"));
            format!("connected as {user} on {host}")
        }
        (None, ran) => format!("connected, but the command failed: {ran:?}"),
    }
}
