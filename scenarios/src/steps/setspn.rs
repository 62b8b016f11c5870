//! The tool setspn on CLIENT.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::gherkin::Step;
use cucumber::{then, when};
use spnlab_harness::{Account, ExecOutput};

use super::directory::account;
use crate::world::{LabWorld, must};

#[when(expr = "{string} runs setspn {string}")]
async fn runs(world: &mut LabWorld, who: String, line: String) {
    let ran = run(world, account(&who), &line).await;
    world.setspn = Some(ran);
}

/// Runs setspn with these arguments.
pub(crate) async fn run(world: &mut LabWorld, who: Account, line: &str) -> ExecOutput {
    world.note_holders().await;
    let words: Vec<&str> = line.split_whitespace().collect();
    let ran = must(world.lab().client().setspn(who, &words).await);
    world.evidence.said("setspn", &format!("setspn {line} (as {})", who.name), &ran);
    ran
}

#[then(expr = "setspn ends with status {int} and prints")]
fn prints(world: &mut LabWorld, status: i64, step: &Step) {
    let ran = ran(world);
    let expected = step.docstring.as_deref().unwrap_or_default();
    assert_eq!(ran.stdout.trim_end(), expected.trim_matches('\n'), "{}", ran.stderr);
    assert_eq!(ran.status, status, "{}", ran.stderr);
}

#[then(expr = "setspn ends with status {int} and says {string}")]
fn says(world: &mut LabWorld, status: i64, words: String) {
    let ran = ran(world);
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert!(all.contains(&words), "{all}");
    assert_eq!(ran.status, status, "{all}");
}

fn ran(world: &LabWorld) -> &ExecOutput {
    world.setspn.as_ref().unwrap_or_else(|| panic!("nobody has run setspn yet"))
}
