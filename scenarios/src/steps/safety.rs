//! Interrupted fixes: a kill ends the process or the domain controller.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::path::Path;
use std::sync::Arc;

use cucumber::{then, when};
use spnfix::testing::{Action, FailPoint, WithFailPoint};
use spnfix::{Journal, Plan, apply};
use spnlab_engineer::{ArticleOption, Engineer};

use super::remedy::journal;
use crate::kill::{Ended, Holdings, KilledFix};
use crate::world::{LabWorld, must};

/// An option has fewer points than this.
const TOO_MANY: usize = 100;

async fn holdings(world: &LabWorld) -> Holdings {
    let spns = must(world.lab().dc1().spns().await).0;
    Holdings::new(spns, must(world.lab().client().registry_get("spn_prefix").await))
}

/// What the journal on disk does not explain right after a kill.
async fn unexplained(world: &LabWorld, before: &Holdings, journal: &Path) -> Vec<String> {
    let journal = journal.exists().then(|| must(Journal::open(journal)));
    before.unexplained(&holdings(world).await, journal.as_ref())
}

/// Rolls the journal back. Returns the differences from before the fix.
async fn rolled_back(
    world: &LabWorld,
    engineer: &mut Engineer<'_>,
    before: &Holdings,
    journal: &Path,
) -> Vec<String> {
    let mut wrong = Vec::new();
    // Without a journal, the fix may have written nothing.
    if journal.exists()
        && let Err(error) = engineer.rollback(journal).await
    {
        wrong.push(error.to_string());
    }
    wrong.append(&mut before.differences(&holdings(world).await));
    wrong
}

#[derive(Clone, Copy)]
enum Then {
    RollBack,
    Finish,
}

#[when(
    expr = "option {word} for {string} is killed at each of its points in turn, and rolled back"
)]
async fn killed_and_rolled_back(world: &mut LabWorld, option: ArticleOption, host: String) {
    kill_everywhere(world, option, &host, Then::RollBack).await;
}

#[when(
    expr = "option {word} for {string} is killed at each of its points in turn, and applied again"
)]
async fn killed_and_applied_again(world: &mut LabWorld, option: ArticleOption, host: String) {
    kill_everywhere(world, option, &host, Then::Finish).await;
}

async fn kill_everywhere(world: &mut LabWorld, option: ArticleOption, host: &str, then: Then) {
    world.note_holders().await;
    let journals = world.evidence.journals();
    let before = holdings(world).await;
    let mut kills = Vec::new();
    let mut engineer = world.engineer().await;
    // The point after a write and the one before the next are the same moment.
    for point in (1..TOO_MANY).step_by(2) {
        let journal = journals.join(format!("{point}.json"));
        let lab = world.lab().identity().clone();
        let plan = must(engineer.plan(host, option).await);
        let fix = KilledFix { lab, plan, journal: journal.clone(), point };
        let ended = must(fix.run().await);
        let mut wrong = unexplained(world, &before, &journal).await;
        if matches!(then, Then::Finish) && wrong.is_empty() && journal.exists() {
            finish(&mut engineer, &journal).await;
        }
        wrong.append(&mut rolled_back(world, &mut engineer, &before, &journal).await);
        // After a failure the next kill would begin from a wrong state.
        let last = ended == Ended::Completed || !wrong.is_empty();
        if ended == Ended::Killed || !wrong.is_empty() {
            kills.push((point, wrong));
        }
        if last {
            break;
        }
    }
    drop(engineer);
    world.safety.kills = kills;
}

/// Finishes the fix of this journal.
async fn finish(engineer: &mut Engineer<'_>, journal: &Path) {
    let mut journal = must(Journal::open(journal));
    let plan = journal.plan().clone();
    let (directory, registry) = engineer.parts();
    must(apply(directory, registry, &mut journal).await);
    drop(journal);
    let read_back = must(engineer.verify(&plan).await);
    assert!(read_back.ok(), "{read_back}");
}

#[then(expr = "at least {int} kills left every SPN exactly as it was")]
fn kills_left_nothing(world: &mut LabWorld, least: usize) {
    let kills = &world.safety.kills;
    let wrong: Vec<_> = kills.iter().filter(|(_, wrong)| !wrong.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(kills.len() >= least, "{} kills only", kills.len());
}

#[when(expr = "the DC is killed {word} write {int} of option {word} for {string}")]
async fn dc_killed(
    world: &mut LabWorld,
    when: String,
    write: usize,
    option: ArticleOption,
    host: String,
) {
    let point = match when.as_str() {
        "before" => 2 * write - 1,
        "after" => 2 * write,
        other => panic!("before or after, not {other}"),
    };
    world.note_holders().await;
    world.safety.before = Some(holdings(world).await);
    let journal = journal(world);
    let died = die_at(world, point, option, &host, &journal).await;
    let Some((_, said)) = died else { panic!("the plan has no such write") };
    world.safety.error = said.err();
}

#[when(
    expr = "the DC is killed around each write of option {word} for {string} in turn, and the fix rolled back"
)]
async fn dc_killed_everywhere(world: &mut LabWorld, option: ArticleOption, host: String) {
    world.note_holders().await;
    let (journals, before) = (world.evidence.journals(), holdings(world).await);
    let mut kills = Vec::new();
    // The point after a write and the point before the next write are the same moment. Only the
    // last write has no next one.
    let (mut point, mut writes) = (1, TOO_MANY);
    while point <= 2 * writes {
        let journal = journals.join(format!("{point}.json"));
        let Some((plan, said)) = die_at(world, point, option, &host, &journal).await else { break };
        writes = must(Journal::open(&journal)).steps().len();
        let mut wrong = unexplained(world, &before, &journal).await;
        let mut engineer = world.engineer().await;
        if said.is_ok() {
            // The DC died after the last write, so the fix must be complete.
            let read_back = must(engineer.verify(&plan).await);
            assert!(read_back.ok(), "{read_back}");
        }
        wrong.append(&mut rolled_back(world, &mut engineer, &before, &journal).await);
        drop(engineer);
        let failed = !wrong.is_empty();
        kills.push((point, wrong));
        if failed {
            break;
        }
        point = if point + 2 <= 2 * writes { point + 2 } else { point + 1 };
    }
    world.safety.kills = kills;
}

/// Applies a plan, kills the DC at one of its points, and starts the DC again. `None` if the plan
/// has no such point.
async fn die_at(
    world: &mut LabWorld,
    point: usize,
    option: ArticleOption,
    host: &str,
    journal: &Path,
) -> Option<(Plan, Result<(), String>)> {
    let switch = world.lab().dc1().crash_switch();
    let crash: Action = Arc::new(move || {
        let switch = switch.clone();
        Box::pin(async move { must(switch.crash().await) })
    });
    let fail_point = FailPoint::at(point, crash);
    let (plan, said) = {
        let mut engineer = world.engineer().await;
        let plan = must(engineer.plan(host, option).await);
        let mut journal = must(Journal::create(journal, &plan));
        let (directory, registry) = engineer.parts();
        let mut directory = WithFailPoint::new(directory, &fail_point);
        let mut registry = WithFailPoint::new(registry, &fail_point);
        let said = apply(&mut directory, &mut registry, &mut journal).await;
        (plan, said.map(drop).map_err(|error| error.to_string()))
    };
    world.evidence.planned(&plan);
    if !fail_point.reached() {
        return None;
    }
    must(world.lab().dc1().end_crash().await);
    Some((plan, said))
}

#[then(expr = "the fix stops and says {string}")]
fn fix_stops(world: &mut LabWorld, words: String) {
    let said = world.safety.error.as_deref().unwrap_or("nothing: it was completed");
    assert!(said.contains(&words), "it said: {said}");
}

#[then("rolling back leaves every SPN exactly as it was")]
async fn rolling_back_restores(world: &mut LabWorld) {
    let journal = journal(world);
    must(world.engineer().await.rollback(&journal).await);
    let after = holdings(world).await;
    assert_eq!(world.safety.before.as_ref(), Some(&after));
}

#[then("applying it again completes it, and rolling back leaves every SPN exactly as it was")]
async fn finished_and_rolled_back(world: &mut LabWorld) {
    let journal = journal(world);
    finish(&mut *world.engineer().await, &journal).await;
    rolling_back_restores(world).await;
}
