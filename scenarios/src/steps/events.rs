//! What Windows would log for the last connection.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::collections::BTreeSet;

use cucumber::then;
use spnlab_harness::KdcAudit;

use crate::world::{LabWorld, must};

/// The KDC's records of tickets for this name in this scenario.
async fn audit(world: &LabWorld, spn: &str) -> Vec<KdcAudit> {
    must(world.lab().dc1().kdc_audit(world.began(), spn).await)
}

/// Samba writes one record for each request of the client.
#[then(expr = "the KDC's audit record of {string} says {string} and names {string}")]
async fn audit_names(world: &mut LabWorld, spn: String, status: String, account: String) {
    let wanted = Some(account).filter(|account| account != "nobody");
    let records = audit(world, &spn).await;
    let said: BTreeSet<_> = records.iter().map(|one| (&one.status, &one.account)).collect();
    assert_eq!(said, BTreeSet::from([(&status, &wanted)]));
}

#[then(expr = "the KDC writes no audit record of {string}")]
async fn no_audit(world: &mut LabWorld, spn: String) {
    assert_eq!(audit(world, &spn).await, []);
}

/// The events' numbers, in the order of their packets.
#[then(expr = "Windows would log the events {string}")]
fn events(world: &mut LabWorld, numbers: String) {
    let events = &world.attempt().windows_events;
    let seen: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    assert_eq!(seen.join(", "), numbers);
}

#[then("Windows would log no event")]
fn no_events(world: &mut LabWorld) {
    assert_eq!(world.attempt().windows_events, []);
}

#[then(expr = "event {int} would say {string}")]
fn says(world: &mut LabWorld, number: u32, words: String) {
    let found = world.attempt().windows_events.iter().find(|event| event.id == number);
    let event = found.unwrap_or_else(|| panic!("there is no event {number}"));
    assert!(event.text.contains(&words), "{event}");
}

#[then(expr = "Windows would log event {int} on {string}")]
fn logged_on(world: &mut LabWorld, number: u32, computer: String) {
    let found = world.attempt().windows_events.iter().find(|event| event.id == number);
    let event = found.unwrap_or_else(|| panic!("there is no event {number}"));
    assert_eq!(event.computer, computer, "{event}");
}
