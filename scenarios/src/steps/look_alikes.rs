//! Failures that look like the article's, but have another cause than SPNs.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::{given, then, when};
use spnfix::diagnose_failure;
use spnlab_engineer::observed;
use spnlab_harness::{Account, AccountChange, ConnectOptions, WinrmSettings, accounts};

use super::client::{COMMAND, connect_with};
use super::directory::account;
use crate::world::{LabWorld, must};

#[given(expr = "a healthy lab in which the clock of MEM1 is off by {int} seconds")]
async fn mem1_clock(world: &mut LabWorld, clock_ahead: i32) {
    world.acquire_lab_with(WinrmSettings { clock_ahead, ..WinrmSettings::default() }).await;
}

#[when(expr = "the user, whose clock is off by {int} seconds, connects to {string}")]
async fn client_clock(world: &mut LabWorld, clock_ahead: i32, host: String) {
    let options = ConnectOptions { clock_ahead, ..ConnectOptions::new(&host, COMMAND) };
    connect_with(world, &options).await;
}

#[given(expr = "the account {string} is disabled")]
async fn disabled(world: &mut LabWorld, name: String) {
    change(world, &name, AccountChange::Disabled).await;
}

#[given(expr = "the account {string} has expired")]
async fn expired(world: &mut LabWorld, name: String) {
    change(world, &name, AccountChange::Expired).await;
}

#[given(expr = "the password of {string} has expired")]
async fn password_expired(world: &mut LabWorld, name: String) {
    change(world, &name, AccountChange::PasswordExpired).await;
}

#[given(expr = "the password of {string} has been changed")]
async fn password_changed(world: &mut LabWorld, name: String) {
    change(world, &name, AccountChange::PasswordChanged).await;
}

#[given("the password of MEM1 was changed in the directory and not on MEM1")]
async fn machine_password_changed(world: &mut LabWorld) {
    change(world, accounts::MEM1.name, AccountChange::PasswordChanged).await;
}

async fn change(world: &mut LabWorld, name: &str, change: AccountChange) {
    must(world.lab().dc1().change_account(account(name), change).await);
}

#[given("no domain controller answers")]
async fn no_dc(world: &mut LabWorld) {
    must(world.lab().dc1().crash_switch().crash().await);
}

#[given("the WinRM service of MEM1 has ended")]
async fn winrm_ended(world: &mut LabWorld) {
    must(world.lab().mem1().end_winrm().await);
}

#[when(expr = "{string} connects to {string}")]
async fn user_connects(world: &mut LabWorld, user: String, host: String) {
    connect(world, account(&user), &host).await;
}

#[when(expr = "a user whom the domain does not know connects to {string}")]
async fn unknown_user_connects(world: &mut LabWorld, host: String) {
    let unknown = Account { name: "trianer", dn: "", ..accounts::TRAINER };
    connect(world, unknown, &host).await;
}

#[when(expr = "the user connects to {string} with a wrong password")]
async fn wrong_password(world: &mut LabWorld, host: String) {
    connect(world, Account { password: "Training-Trianer-1", ..accounts::TRAINER }, &host).await;
}

async fn connect(world: &mut LabWorld, user: Account, host: &str) {
    let options = ConnectOptions { user, ..ConnectOptions::new(host, COMMAND) };
    connect_with(world, &options).await;
}

/// The engineer reads the directory as it is now.
#[when("the engineer asks why")]
async fn asks_why(world: &mut LabWorld) {
    let attempt = world.attempt();
    let saw = observed(attempt).unwrap_or_else(|| panic!("no word for {:#?}", attempt.outcome));
    let host = attempt.outcome.target.clone();
    let found = must(world.engineer().await.diagnose(&host).await);
    world.failure = Some(diagnose_failure(&found, &saw));
}

#[when("the domain controller is back")]
async fn dc_is_back(world: &mut LabWorld) {
    must(world.lab().dc1().end_crash().await);
}

/// Causes by their short names, the most likely first. There may be more.
#[then(expr = "it is not a problem of SPNs: first look at {string}, then at {string}")]
fn not_spns_two(world: &mut LabWorld, first: String, second: String) {
    assert_eq!(causes(world)[..2], [first, second]);
}

#[then(expr = "it is not a problem of SPNs: look at {string}")]
fn not_spns(world: &mut LabWorld, first: String) {
    assert_eq!(causes(world)[0], first);
}

fn causes(world: &LabWorld) -> Vec<String> {
    let failure = world.failure.as_ref();
    let failure = failure.unwrap_or_else(|| panic!("nobody has asked why yet"));
    assert_eq!(failure.finding.name(), "not-an-spn-problem", "{failure}");
    let text = failure.to_string();
    assert!(text.contains("not a problem of SPNs\n"), "{text}");
    let names = failure.finding.causes().iter().map(|suspect| {
        must(serde_json::to_value(suspect.cause)).as_str().unwrap_or_default().to_owned()
    });
    names.collect()
}
