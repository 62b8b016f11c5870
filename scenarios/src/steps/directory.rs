//! The directory: conditions, and who holds what.

use cucumber::{given, then, when};
use spnlab_harness::{Account, Fault, accounts};

use super::must;
use crate::world::{LabWorld, pool};

#[given("a healthy lab")]
async fn healthy_lab(world: &mut LabWorld) {
    let loan = must(Box::pin(pool().lend()).await);
    world.enter(loan).await;
}

#[given("the HTTP SPNs of MEM1 are registered on the web site's service account")]
async fn article(world: &mut LabWorld) {
    must(world.lab().seed(&Fault::Article).await);
}

#[given(expr = "{string} is registered on {string}")]
async fn registered(world: &mut LabWorld, spn: String, on: String) {
    must(world.lab().seed(&Fault::Registered { spn, on: account(&on) }).await);
}

#[given(expr = "{string} is on both {string} and {string}")]
async fn on_both(world: &mut LabWorld, spn: String, one: String, other: String) {
    let on = [account(&one), account(&other)];
    must(world.lab().seed(&Fault::Duplicated { spn, on }).await);
}

#[given(expr = "the account {string} was moved to {string}")]
async fn was_moved(world: &mut LabWorld, name: String, container: String) {
    must(world.lab().move_account(account(&name), &container).await);
}

#[given(expr = "the directory object of {string} is called {string}")]
async fn is_called(world: &mut LabWorld, name: String, rdn: String) {
    must(world.lab().rename_account(account(&name), &rdn).await);
}

#[then(expr = "{string} is held by {string}")]
async fn held_by(world: &mut LabWorld, spn: String, account: String) {
    let spns = must(world.lab().spns().await);
    assert_eq!(spns.holders(&spn), [account]);
}

#[then(expr = "nobody holds {string}")]
async fn held_by_nobody(world: &mut LabWorld, spn: String) {
    let spns = must(world.lab().spns().await);
    assert_eq!(spns.holders(&spn), Vec::<String>::new());
}

#[given(expr = "{string} is deleted from {string} in the database")]
#[when(expr = "{string} is deleted from {string} in the database")]
async fn is_deleted(world: &mut LabWorld, spn: String, from: String) {
    world.note_spns().await;
    must(world.lab().delete_value(&spn, account(&from)).await);
}

#[then(expr = "to the letter {string} has {string} and not {string}")]
async fn has_to_the_letter(world: &mut LabWorld, name: String, one: String, other: String) {
    let spns = must(world.lab().spns().await);
    let held = spns.0.get(&name).map_or(&[][..], Vec::as_slice);
    assert!(held.contains(&one) && !held.contains(&other), "{name} has {held:?}");
}

pub(crate) fn account(name: &str) -> Account {
    accounts::by_name(name).unwrap_or_else(|| panic!("the lab has no account {name}"))
}
