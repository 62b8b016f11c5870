//! What Windows would log for the last connection.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::then;

use crate::world::LabWorld;

/// Numbers in the order in which the events would come about.
#[then(expr = "Windows would log the events {string}")]
fn events(world: &mut LabWorld, numbers: String) {
    let events = &world.attempt().windows_events;
    let seen: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    assert_eq!(seen.join(", "), numbers);
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
