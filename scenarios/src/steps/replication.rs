//! Two domain controllers, and what replicates from one to the other.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::{given, then, when};
use spnfix::VerifiedEverywhere;
use spnlab_engineer::Engineer;
use spnlab_harness::{ConnectOptions, ExecOutput, Role, accounts};

use super::client::{COMMAND, connect_with};
use super::directory::account;
use crate::world::{LabWorld, must};

#[given("a healthy lab with two domain controllers")]
async fn two_dcs(world: &mut LabWorld) {
    world.acquire_two_dcs().await;
}

#[given("replication between them is held up")]
async fn held_up(world: &mut LabWorld) {
    must(world.lab().hold_replication().await);
}

#[given("the domain controllers have replicated")]
async fn have_replicated(world: &mut LabWorld) {
    must(world.lab().replicate().await);
}

#[when("the domain controllers replicate")]
async fn replicate(world: &mut LabWorld) {
    world.note_holders().await;
    have_replicated(world).await;
}

#[given(expr = "{string} is registered on {string} at {string}")]
async fn registered_at(world: &mut LabWorld, spn: String, on: String, dc: String) {
    let dc = must(world.lab().dc(role(&dc)));
    must(dc.register(&spn, account(&on)).await);
}

#[given(expr = "{string} went to {string} at dc1 and to {string} at dc2 at the same time")]
async fn raced(world: &mut LabWorld, spn: String, one: String, other: String) {
    must(world.lab().race(&spn, [account(&one), account(&other)]).await);
}

#[when(expr = "the user connects to {string} with a ticket from {string}")]
async fn connects(world: &mut LabWorld, host: String, dc: String) {
    connect(world, &host, &dc, false).await;
}

#[when(expr = "the user connects to {string} with the port in the SPN and a ticket from {string}")]
async fn connects_with_port(world: &mut LabWorld, host: String, dc: String) {
    connect(world, &host, &dc, true).await;
}

/// Connects. The packets must show that the client asked only this domain controller, and that it
/// answered.
async fn connect(world: &mut LabWorld, host: &str, dc: &str, port: bool) {
    let options = ConnectOptions {
        domain_controller: role(dc),
        ..ConnectOptions::new(host, COMMAND).include_port_in_spn(port)
    };
    connect_with(world, &options).await;
    let messages = &world.attempt().wire.trace.messages;
    let asked = messages.iter().filter(|message| message.to.address.port() == 88);
    let mut hosts: Vec<_> = asked.map(|message| message.to.host.clone()).collect();
    hosts.dedup();
    let wanted = format!("{}.contoso.com", dc.to_uppercase());
    assert_eq!(hosts, [Some(wanted)], "{}", world.attempt().wire.trace);
}

#[when(expr = "the engineer diagnoses {string} at {string}")]
async fn diagnoses_at(world: &mut LabWorld, host: String, dc: String) {
    world.note_holders().await;
    let operator = accounts::SPN_OPERATOR;
    let found = {
        let mut engineer = must(Engineer::at_dc(must(world.lab().dc(role(&dc))), operator).await);
        must(engineer.diagnose(&host).await)
    };
    world.remedy.diagnosis = Some(found);
}

#[when(expr = "samba-tool takes {string} from {string} at {string}")]
async fn samba_tool(world: &mut LabWorld, spn: String, from: String, dc: String) {
    world.note_holders().await;
    let dc = must(world.lab().dc(role(&dc)));
    must(dc.samba_tool_delete_spn(&spn, account(&from)).await);
}

#[then(expr = "both domain controllers say that {string} is held by {string} and {string}")]
async fn both_say(world: &mut LabWorld, spn: String, one: String, other: String) {
    let mut wanted = [one, other];
    wanted.sort();
    for dc in [Role::Dc1, Role::Dc2] {
        assert_eq!(must(must(world.lab().dc(dc)).spns().await).holders(&spn), wanted, "{dc}");
    }
}

#[when(expr = "{string} is added to {string} in the database, with the rules relaxed")]
async fn added_relaxed(world: &mut LabWorld, spn: String, on: String) {
    world.note_holders().await;
    let ran = must(world.lab().dc1().register_relaxed(&spn, account(&on)).await);
    answered(world, &format!("ldbmodify, which adds {spn} to {on} with the rules relaxed"), ran);
}

#[when(expr = "{string} is added to {string} while dSHeuristics says that SPNs need not be unique")]
async fn added_unverified(world: &mut LabWorld, spn: String, on: String) {
    world.note_holders().await;
    let ran = must(world.lab().dc1().register_unverified(&spn, account(&on)).await);
    answered(world, &format!("ldbmodify, which adds {spn} to {on} under such dSHeuristics"), ran);
}

fn answered(world: &mut LabWorld, command: &str, ran: ExecOutput) {
    world.evidence.said("ldbmodify", command, &ran);
    world.replication.answer = Some(ran);
}

#[then(expr = "Samba refuses: {string}")]
fn refuses(world: &mut LabWorld, words: String) {
    let Some(ran) = &world.replication.answer else { panic!("nothing was asked for") };
    assert!(ran.status != 0 && ran.stderr.contains(&words), "{ran:?}");
}

#[when(expr = "the fix is read back at {string}")]
async fn read_back_at(world: &mut LabWorld, dc: String) {
    let read_back = {
        let plan = world.remedy.plan();
        let operator = accounts::SPN_OPERATOR;
        let mut there = must(Engineer::at_dc(must(world.lab().dc(role(&dc))), operator).await);
        let mut here = world.engineer().await;
        let (directory, _) = there.parts();
        here.verify_in(&mut [(dc.as_str(), directory)], plan).await
    };
    world.replication.read_back = Some(read_back);
}

#[then("the fix has not replicated yet")]
fn not_replicated_yet(world: &mut LabWorld) {
    let said = read_back(world);
    assert!(!said.ok(), "{said}");
    assert!(said.to_string().contains("not yet: replication has not brought it"), "{said}");
}

#[then("the fix has replicated")]
fn has_replicated(world: &mut LabWorld) {
    let said = read_back(world);
    assert!(said.ok(), "{said}");
}

fn read_back(world: &LabWorld) -> &VerifiedEverywhere {
    world.replication.read_back.as_ref().unwrap_or_else(|| panic!("nothing was read back"))
}

/// A domain controller by its name.
pub(super) fn role(dc: &str) -> Role {
    match Role::parse(dc) {
        Some(role @ (Role::Dc1 | Role::Dc2)) => role,
        _ => panic!("{dc} is no domain controller"),
    }
}
