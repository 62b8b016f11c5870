//! The tickets of the last connection, and the tickets that a logon session keeps.

use cucumber::{given, then, when};
use spnlab_harness::{ConnectOptions, TgsFact};

use super::client::{COMMAND, connect_with};
use crate::world::{LabWorld, must};

#[given(expr = "the user has connected to {string} and keeps the tickets")]
#[when(expr = "the user connects to {string} with the tickets of the session")]
async fn connects(world: &mut LabWorld, host: String) {
    let options = ConnectOptions::new(&host, COMMAND).keep_tickets(true);
    connect_with(world, &options).await;
}

#[when("the tickets of the session are purged")]
async fn purged(world: &mut LabWorld) {
    must(world.lab().client().purge_tickets().await);
}

#[then("the ticket was in the cache already")]
fn was_cached(world: &mut LabWorld) {
    assert!(world.attempt().cached, "{}", world.attempt().klist);
}

#[then("the ticket was fetched from the KDC")]
fn was_fetched(world: &mut LabWorld) {
    assert!(!world.attempt().cached, "{}", world.attempt().klist);
    assert!(matches!(world.attempt().outcome.tgs, TgsFact::Issued(_)));
}

/// Neither the client nor the wire may show a request.
#[then("no ticket was asked for")]
fn nothing_asked(world: &mut LabWorld) {
    let attempt = world.attempt();
    assert_eq!(attempt.outcome.tgs, TgsFact::NotReached(None));
    assert!(attempt.wire.trace.messages.is_empty(), "{}", attempt.wire.trace);
}

#[then(expr = "the ticket has key version {int}")]
fn key_version(world: &mut LabWorld, version: i64) {
    let TgsFact::Issued(ticket) = &world.attempt().outcome.tgs else {
        panic!("there is no ticket")
    };
    assert_eq!(ticket.kvno, Some(version));
}
