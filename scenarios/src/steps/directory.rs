//! The directory: its state, and who holds which SPN.

use cucumber::{given, then, when};
use spnlab_harness::{Account, Fault, accounts};

use crate::world::{LabWorld, must};

#[given("a healthy lab")]
async fn healthy_lab(world: &mut LabWorld) {
    world.acquire_lab().await;
}

#[given("the HTTP SPNs of MEM1 are registered on the web site's service account")]
async fn article(world: &mut LabWorld) {
    must(world.lab().dc1().seed(&Fault::Article).await);
}

#[given(expr = "{string} is registered on {string}")]
async fn registered(world: &mut LabWorld, spn: String, on: String) {
    must(world.lab().dc1().seed(&Fault::Registered { spn, on: account(&on) }).await);
}

#[given(expr = "{string} is on both {string} and {string}")]
async fn on_both(world: &mut LabWorld, spn: String, one: String, other: String) {
    let on = [account(&one), account(&other)];
    must(world.lab().dc1().seed(&Fault::Duplicated { spn, on }).await);
}

#[given(expr = "the account {string} was moved to {string}")]
async fn was_moved(world: &mut LabWorld, name: String, container: String) {
    must(world.lab().dc1().move_account(account(&name), &container).await);
}

#[given(expr = "the directory object of {string} is called {string}")]
async fn is_called(world: &mut LabWorld, name: String, rdn: String) {
    must(world.lab().dc1().rename_account(account(&name), &rdn).await);
}

#[then(expr = "{string} is held by {string}")]
async fn held_by(world: &mut LabWorld, spn: String, account: String) {
    let spns = must(world.lab().dc1().spns().await);
    assert_eq!(spns.holders(&spn), [account]);
}

#[then(expr = "nobody holds {string}")]
async fn held_by_nobody(world: &mut LabWorld, spn: String) {
    let spns = must(world.lab().dc1().spns().await);
    assert_eq!(spns.holders(&spn), Vec::<String>::new());
}

#[given(expr = "{string} is deleted from {string} in the database")]
#[when(expr = "{string} is deleted from {string} in the database")]
async fn is_deleted(world: &mut LabWorld, spn: String, from: String) {
    world.note_holders().await;
    must(world.lab().dc1().delete_value(&spn, account(&from)).await);
}

#[then(expr = "{string} holds the spelling {string} and not {string}")]
async fn holds_the_spelling(world: &mut LabWorld, name: String, one: String, other: String) {
    let spns = must(world.lab().dc1().spns().await);
    let held = spns.0.get(&name).map_or(&[][..], Vec::as_slice);
    assert!(held.contains(&one) && !held.contains(&other), "{name} has {held:?}");
}

pub(crate) fn account(name: &str) -> Account {
    let known = accounts::by_name(name).or_else(|| accounts::added(name));
    known.unwrap_or_else(|| panic!("the lab has no account {name}"))
}
