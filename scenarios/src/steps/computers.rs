//! Computer objects as a directory with history has them.

use cucumber::{given, when};
use spnlab_harness::{AddedComputer, accounts};

use super::directory::account;
use crate::world::{LabWorld, must};

#[given(expr = "the computer account {string} with the host name {string} was left behind")]
async fn left_behind(world: &mut LabWorld, name: String, host: String) {
    add(world, &name, Some(&host), true).await;
}

#[given(
    expr = "the computer account {string} with the host name {string} was left behind and disabled"
)]
async fn left_behind_disabled(world: &mut LabWorld, name: String, host: String) {
    add(world, &name, Some(&host), false).await;
}

#[given(expr = "the servers of a farm share the computer account {string}, which has no host name")]
async fn shared(world: &mut LabWorld, name: String) {
    add(world, &name, None, true).await;
}

async fn add(world: &mut LabWorld, name: &str, dns_host_name: Option<&str>, enabled: bool) {
    let computer = AddedComputer { account: account(name), dns_host_name, enabled };
    must(world.lab().dc1().add_computer(computer).await);
}

#[given(expr = "{string} is an additional name of MEM1")]
async fn additional_name(world: &mut LabWorld, host: String) {
    world.require_return_to_image();
    must(world.lab().dc1().add_names(accounts::MEM1, &host).await);
}

#[when(expr = "the administrator deletes the account {string}")]
async fn deletes(world: &mut LabWorld, name: String) {
    world.note_holders().await;
    must(world.lab().dc1().delete_account(account(&name)).await);
}
