//! Conditions that look like the article's and have nothing to do with SPNs.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::{given, then, when};
use spnfix::{FailureDiagnosis, diagnose_failure};
use spnlab::observed;
use spnlab_harness::{
    Account, AccountChange, ApFact, ConnectOptions, Role, TgsFact, WinrmFact, WinrmSettings,
    accounts,
};

use super::client::{COMMAND, connect_with};
use super::directory::account;
use super::must;
use crate::world::LabWorld;

/// What the engineer makes of a failure, and what somebody did behind the lab's back.
#[derive(Debug, Default)]
pub(crate) struct LookAlikeState {
    failure: Option<FailureDiagnosis>,
    /// The LDIF that takes it back.
    back: Option<String>,
}

#[given(expr = "a healthy lab in which the clock of MEM1 is off by {int} seconds")]
async fn mem1_clock(world: &mut LabWorld, clock_ahead: i32) {
    world.borrow_with(WinrmSettings { clock_ahead, ..WinrmSettings::default() }).await;
}

#[when(expr = "the administrator, whose clock is off by {int} seconds, connects to {string}")]
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
    must(world.lab().change_account(account(name), change).await);
}

#[given(expr = "somebody has set the clock of MEM1 off by {int} seconds")]
async fn somebody_sets_the_clock(world: &mut LabWorld, seconds: i32) {
    world.spoil_lab();
    must(world.lab().set_clock_untold(seconds).await);
}

/// Nothing of it is what a reset undoes.
#[given(expr = "somebody has changed the directory: {}")]
async fn somebody_changes_the_directory(world: &mut LabWorld, what: String) {
    const ADD: &str = "changetype: add\nobjectClass: user\nsAMAccountName: newcomer\n";
    let (rdn, there, back) = match what.as_str() {
        "there is one more account" => {
            ("newcomer", ADD.to_owned(), "changetype: delete\n".to_owned())
        }
        "svc_web has a description" => modified("svc_web", "description", "web site"),
        "visitor is a member of winrm_users" => {
            modified("winrm_users", "member", accounts::VISITOR.dn)
        }
        "trainer has a title, written past Samba" => modified("trainer", "title", "Dr."),
        other => panic!("nobody knows how: {other}"),
    };
    let dn = format!("dn: CN={rdn},CN=Users,DC=contoso,DC=com\n");
    let there = dn.clone() + &there;
    must(if what.ends_with("past Samba") {
        world.lab().change_past_samba(&there).await
    } else {
        world.lab().change_untold(&there).await
    });
    world.look_alike.back = Some(dn + &back);
}

/// Whose object it is, and the changes that give it a value and take the value away.
fn modified<'a>(rdn: &'a str, name: &str, value: &str) -> (&'a str, String, String) {
    let change = |kind| format!("changetype: modify\n{kind}: {name}\n{name}: {value}\n");
    (rdn, change("add"), change("delete"))
}

#[when("somebody takes that back")]
async fn somebody_takes_it_back(world: &mut LabWorld) {
    let back = world.look_alike.back.take().unwrap_or_else(|| panic!("nobody has done anything"));
    must(world.lab().change_untold(&back).await);
}

#[given("no domain controller answers")]
async fn no_dc(world: &mut LabWorld) {
    must(world.lab().kill(Role::Dc1).await);
}

#[given("the WinRM service of MEM1 has ended")]
async fn winrm_ended(world: &mut LabWorld) {
    must(world.lab_mut().end_winrm().await);
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

#[when(expr = "the administrator connects to {string} with a wrong password")]
async fn wrong_password(world: &mut LabWorld, host: String) {
    connect(world, Account { password: "Training-Trianer-1", ..accounts::TRAINER }, &host).await;
}

async fn connect(world: &mut LabWorld, user: Account, host: &str) {
    let options = ConnectOptions { user, ..ConnectOptions::new(host, COMMAND) };
    connect_with(world, &options).await;
}

/// With the directory as it is now.
#[when("the engineer asks why")]
async fn asks_why(world: &mut LabWorld) {
    let attempt = world.attempt();
    let saw = observed(attempt).unwrap_or_else(|| panic!("no word for {:#?}", attempt.outcome));
    let host = attempt.outcome.target.clone();
    let found = must(world.engineer().await.diagnose(&host).await);
    world.look_alike.failure = Some(diagnose_failure(&found, &saw));
}

#[when("the domain controller is back")]
async fn dc_is_back(world: &mut LabWorld) {
    must(world.lab_mut().restart_dc1().await);
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

/// Causes by their short names, the likeliest first; there may be more.
#[then(expr = "it is not a problem of SPNs: first look at {string}, then at {string}")]
fn not_spns_two(world: &mut LabWorld, first: String, second: String) {
    assert_eq!(causes(world)[..2], [first, second]);
}

#[then(expr = "it is not a problem of SPNs: look at {string}")]
fn not_spns(world: &mut LabWorld, first: String) {
    assert_eq!(causes(world)[0], first);
}

fn causes(world: &LabWorld) -> Vec<String> {
    let failure = world.look_alike.failure.as_ref();
    let failure = failure.unwrap_or_else(|| panic!("nobody has asked why yet"));
    assert_eq!(failure.finding.name(), "not-an-spn-problem", "{failure}");
    let text = failure.to_string();
    assert!(text.contains("not a problem of SPNs\n"), "{text}");
    let names = failure.finding.causes().iter().map(|suspect| {
        must(serde_json::to_value(suspect.cause)).as_str().unwrap_or_default().to_owned()
    });
    names.collect()
}

#[then(expr = "the reset says that the clock of {string} is not as it was")]
async fn reset_says_clock(world: &mut LabWorld, name: String) {
    let said = reset_says(world).await;
    let begins = said.contains(&format!("after the reset: {name}'s "));
    assert!(begins && said.contains(" where the engine says "), "{said}");
}

/// And of no other object than the other end of a link.
#[then(expr = "the reset says that {word} of {string} is not as it was")]
async fn reset_says_attribute(world: &mut LabWorld, attribute: String, object: String) {
    let said = reset_says(world).await;
    let (_, off) = said
        .split_once("after the reset: dc1 holds ")
        .unwrap_or_else(|| panic!("it says something else: {said}"));
    let begin = format!("{object},DC=contoso,DC=com: {attribute} ");
    let (these, others): (Vec<&str>, Vec<&str>) =
        off.split("; ").partition(|line| line.starts_with(&begin));
    let no_other = others.iter().all(|line| line.contains(": memberOf "));
    assert!(these.len() == 1 && no_other, "{said}");
}

async fn reset_says(world: &mut LabWorld) -> String {
    world.note_spns().await;
    match world.lab().reset().await {
        Ok(()) => panic!("the reset found nothing"),
        Err(error) => error.to_string(),
    }
}
