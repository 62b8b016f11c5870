//! What Kerberos did. Each `Then` names one fact, and the record holds all of them.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::then;
use spnlab_harness::{ApFact, KerberosOutcome, TgsFact, TicketFact, WinrmFact};

use crate::world::{LabWorld, compare};

#[then("the session runs on MEM1 as the user")]
fn session_runs(world: &mut LabWorld) {
    let outcome = &world.attempt().outcome;
    assert!(outcome.connected(), "the user is not connected\n\n{outcome:#?}");
    let ran = outcome.remote.as_ref().unwrap_or_else(|| panic!("no command ran"));
    assert_eq!((ran.exit_code, ran.stdout.as_str()), (0, "mem1\ntrainer\n"));
}

#[then(expr = "the client asked for {string}")]
fn asked_for(world: &mut LabWorld, spn: String) {
    assert_eq!(world.attempt().outcome.requested_spn, spn);
}

#[then(expr = "the ticket was encrypted with the key of {string}")]
fn encrypted_for(world: &mut LabWorld, account: String) {
    assert_eq!(ticket(world).encrypted_with_key_of, [account]);
}

#[then(expr = "the KDC issues no ticket: {string}")]
fn kdc_refuses(world: &mut LabWorld, code: String) {
    match &world.attempt().outcome.tgs {
        TgsFact::Refused(refused) => assert_eq!(refused.to_string(), code),
        other => panic!("the KDC did not refuse: {other:?}"),
    }
    assert_eq!(world.attempt().outcome.ap, ApFact::NotReached);
}

#[then(expr = "the logon is refused: {string}")]
fn logon_refused(world: &mut LabWorld, code: String) {
    match &world.attempt().outcome.tgs {
        TgsFact::NotReached(Some(refused)) => assert_eq!(refused.to_string(), code),
        other => panic!("the logon was not refused: {other:?}"),
    }
    assert_eq!(world.attempt().outcome.ap, ApFact::NotReached);
}

#[then("no domain controller was reached")]
fn no_dc_reached(world: &mut LabWorld) {
    assert_eq!(world.attempt().outcome.tgs, TgsFact::NotReached(None));
    assert_eq!(world.attempt().report.as_exchange.result, "unreachable");
}

#[then("there is a ticket, and nobody who takes it")]
fn nobody_takes_it(world: &mut LabWorld) {
    let outcome = &world.attempt().outcome;
    assert!(matches!(outcome.tgs, TgsFact::Issued(_)), "{:?}", outcome.tgs);
    assert_eq!((&outcome.ap, outcome.http_status), (&ApFact::NotReached, None));
}

#[then("MEM1 knows the user, and WinRM denies access")]
fn access_denied(world: &mut LabWorld) {
    let outcome = &world.attempt().outcome;
    assert_eq!(outcome.ap, ApFact::Accepted);
    assert!(matches!(outcome.winrm, WinrmFact::Fault { code: Some(5), .. }), "{:?}", outcome.winrm);
}

/// The code is the one on the wire.
#[then(expr = "the endpoint answers {string}")]
fn endpoint_answers(world: &mut LabWorld, code: String) {
    match &world.attempt().outcome.ap {
        ApFact::Refused { on_the_wire: Some(sent), .. } => assert_eq!(sent.to_string(), code),
        other => panic!("the endpoint did not answer with a KRB-ERROR: {other:?}"),
    }
    assert_eq!(world.attempt().outcome.http_status, Some(401));
}

/// `connected`, or the code that ended the attempt and its sender.
pub(crate) fn end_of(outcome: &KerberosOutcome) -> String {
    match (&outcome.tgs, &outcome.ap) {
        _ if outcome.connected() => "connected".to_owned(),
        (TgsFact::Refused(code), _) => code.to_string(),
        (tgs, ap) => ap.answered().map_or_else(|| panic!("{tgs:?}, {ap:?}"), ToString::to_string),
    }
}

#[then(expr = "the attempt ends with {string}")]
fn ends_with(world: &mut LabWorld, end: String) {
    assert_eq!(end_of(&world.attempt().outcome), end);
}

#[then(expr = "a Windows client would report {string}")]
fn would_report(world: &mut LabWorld, status: String) {
    let fact = world.attempt().outcome.client_status.as_ref();
    assert_eq!(fact.map(|fact| fact.would_report.as_str()), Some(status.as_str()));
}

#[then(expr = "the message says {string}")]
fn message_says(world: &mut LabWorld, words: String) {
    let status = world.attempt().report.client_status.as_ref();
    let message = status.map(|status| status.message.as_str()).unwrap_or_default();
    let flat = message.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(&words), "the message is: {message}");
}

#[then("the Kerberos outcome matches the record")]
fn matches_record(world: &mut LabWorld) {
    compare(&world.feature, &world.scenario, &world.attempt().outcome);
}

fn ticket(world: &LabWorld) -> &TicketFact {
    match &world.attempt().outcome.tgs {
        TgsFact::Issued(ticket) => ticket,
        other => panic!("the KDC issued no ticket: {other:?}"),
    }
}
