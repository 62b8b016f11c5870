//! Single facts of an attempt as words, for expectations.

use spnlab_harness::{ApFact, Attempt, TgsFact};

/// The accounts whose keys decrypt the ticket.
pub(crate) fn key_of(attempt: &Attempt) -> String {
    match &attempt.outcome.tgs {
        TgsFact::Issued(ticket) => ticket.encrypted_with_key_of.join(", "),
        other => format!("{other:?}"),
    }
}

/// The code in the KRB-ERROR of the 401, as the capture has it.
pub(crate) fn on_the_wire(attempt: &Attempt) -> String {
    match &attempt.outcome.ap {
        ApFact::Refused { on_the_wire: Some(code), .. } => code.to_string(),
        other => format!("{other:?}"),
    }
}
