//! Translates an attempt of the judge for the diagnosis.
//!
//! Uses: no other room.

use spnfix::Observed;
use spnlab_harness::{ApFact, Attempt, KrbCode, TgsFact, WinrmFact};

/// The code of a WSManFault: access is denied.
const ACCESS_DENIED: i64 = 5;

/// What the client saw in an attempt. `None` if the diagnosis has no word for it, for example for a
/// fault of WS-Management that is not about rights.
pub fn observed(attempt: &Attempt) -> Option<Observed> {
    let outcome = &attempt.outcome;
    let number = |code: &KrbCode| u32::try_from(code.code).ok();
    match (&outcome.tgs, &outcome.ap) {
        _ if outcome.connected() => Some(Observed::Accepted),
        (_, ApFact::Accepted) => match outcome.winrm {
            WinrmFact::Fault { code: Some(ACCESS_DENIED), .. } => Some(Observed::AccessDenied),
            _ => None,
        },
        (_, ap @ ApFact::Refused { .. }) => {
            ap.answered().and_then(number).map(Observed::from_endpoint)
        }
        (TgsFact::Refused(code), _) => number(code).map(Observed::from_ticket_request),
        (TgsFact::NotReached(Some(code)), _) => number(code).map(Observed::from_logon),
        (TgsFact::NotReached(None), _) => {
            (attempt.report.as_exchange.result == "unreachable").then_some(Observed::NoKdc)
        }
        // The client got a ticket, but no endpoint took it.
        (TgsFact::Issued(_), ApFact::NotReached | ApFact::Unanswered) => {
            match attempt.report.client_status.as_ref()?.name.as_str() {
                "ERROR_WSMAN_DESTINATION_UNREACHABLE" => Some(Observed::Unreachable),
                "ERROR_WSMAN_NAME_NOT_RESOLVED" => Some(Observed::NameNotFound),
                _ => None,
            }
        }
    }
}
