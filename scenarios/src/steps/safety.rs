//! What happens to a fix while it is under way: its process is killed, the DC is.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use cucumber::{then, when};
use spnfix::{Journal, Plan, apply};
use spnlab::{ArticleOption, Engineer};

use super::must;
use super::remedy::journal;
use crate::errand::{Ended, Errand};
use crate::fuse::{Fuse, Fused};
use crate::world::LabWorld;

/// More points than any option has.
const TOO_MANY: usize = 100;

static KILLED_FIX: OnceLock<&str> = OnceLock::new();

/// Says where the program `killed-fix` is.
pub fn killed_fix_is_at(path: &'static str) {
    // Set once, by the test program.
    let _ = KILLED_FIX.set(path);
}

/// Where the program `killed-fix` is.
pub(crate) fn killed_fix() -> &'static str {
    KILLED_FIX.get().unwrap_or_else(|| panic!("nobody said where killed-fix is"))
}

/// What a scenario of this concept has seen.
#[derive(Debug, Default)]
pub(crate) struct SafetyState {
    /// Deaths, and what differed after the rollback, in exact spelling.
    deaths: Vec<(usize, Vec<String>)>,
    /// What the interrupted run said.
    error: Option<String>,
    before: Option<State>,
}

/// Every SPN in its exact spelling, in some order, and the registry value.
type State = (BTreeMap<String, Vec<String>>, Option<String>);

async fn state(world: &LabWorld) -> State {
    let mut spns = must(world.lab().spns().await).0;
    for values in spns.values_mut() {
        for value in values.iter_mut() {
            // Samba itself writes MEM1's `host/x` anew, spelled like the alias of it that comes.
            if value.to_lowercase().starts_with("host/") {
                *value = value.to_lowercase();
            }
        }
        values.sort();
    }
    (spns, must(world.lab().registry_get("spn_prefix").await))
}

fn differences(before: &State, after: &State) -> Vec<String> {
    if before == after { Vec::new() } else { vec![format!("before {before:?}, after {after:?}")] }
}

#[derive(Clone, Copy)]
enum Then {
    RollBack,
    GoOn,
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
    kill_everywhere(world, option, &host, Then::GoOn).await;
}

async fn kill_everywhere(world: &mut LabWorld, option: ArticleOption, host: &str, then: Then) {
    world.note_spns().await;
    let program = killed_fix();
    let journals = world.evidence.journals();
    let before = state(world).await;
    let mut deaths = Vec::new();
    let mut engineer = world.engineer().await;
    // The point after a write and the one before the next are the same moment.
    for point in (1..TOO_MANY).step_by(2) {
        let journal = journals.join(format!("{point}.json"));
        let errand = Errand::new(world.lab(), (host, option), journal.clone(), point);
        let ended = must(errand.send(program, world.lab()).await);
        // Killed before the journal was there: then nothing may have been written either.
        if journal.exists() {
            if matches!(then, Then::GoOn) {
                go_on(&mut engineer, &journal).await;
            }
            must(engineer.rollback(&journal).await);
        }
        let after = state(world).await;
        match ended {
            Ended::Killed => deaths.push((point, differences(&before, &after))),
            Ended::Through => break,
        }
    }
    drop(engineer);
    world.safety.deaths = deaths;
}

/// Applies a journal that stopped half-way to its end.
async fn go_on(engineer: &mut Engineer<'_>, journal: &Path) {
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
    let deaths = &world.safety.deaths;
    assert!(deaths.len() >= least, "{} kills only", deaths.len());
    let wrong: Vec<_> = deaths.iter().filter(|(_, differences)| !differences.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
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
    world.note_spns().await;
    world.safety.before = Some(state(world).await);
    let journal = journal(world);
    let died = die_at(world, point, option, &host, &journal).await;
    let Some((_, said)) = died else { panic!("the plan has no such write") };
    world.safety.error = said.err();
}

#[when(
    expr = "the DC is killed around each write of option {word} for {string} in turn, and the fix rolled back"
)]
async fn dc_killed_everywhere(world: &mut LabWorld, option: ArticleOption, host: String) {
    world.note_spns().await;
    let (journals, before) = (world.evidence.journals(), state(world).await);
    let mut deaths = Vec::new();
    // The point after a write and the one before the next are the same moment; after the last write
    // there is no next.
    let (mut point, mut writes) = (1, TOO_MANY);
    while point <= 2 * writes {
        let journal = journals.join(format!("{point}.json"));
        let Some((plan, said)) = die_at(world, point, option, &host, &journal).await else { break };
        writes = must(Journal::open(&journal)).steps().len();
        let mut engineer = world.engineer().await;
        if said.is_ok() {
            // Nothing more was to be asked of the DC: then everything is there.
            let read_back = must(engineer.verify(&plan).await);
            assert!(read_back.ok(), "{read_back}");
        }
        must(engineer.rollback(&journal).await);
        drop(engineer);
        deaths.push((point, differences(&before, &state(world).await)));
        point = if point + 2 <= 2 * writes { point + 2 } else { point + 1 };
    }
    world.safety.deaths = deaths;
}

/// Applies a plan during which the DC dies, and starts the DC again; nothing: the plan has no such
/// point.
async fn die_at(
    world: &mut LabWorld,
    point: usize,
    option: ArticleOption,
    host: &str,
    journal: &Path,
) -> Option<(Plan, Result<(), String>)> {
    let switch = world.lab().crash_switch();
    let charge: crate::fuse::Charge = Arc::new(move || {
        let switch = switch.clone();
        Box::pin(async move { must(switch.crash().await) })
    });
    let fuse = Fuse::new(point, charge);
    let (plan, said) = {
        let mut engineer = world.engineer().await;
        let plan = must(engineer.plan(host, option).await);
        let mut journal = must(Journal::create(journal, &plan));
        let (directory, registry) = engineer.parts();
        let (mut directory, mut registry) =
            (Fused::new(directory, &fuse), Fused::new(registry, &fuse));
        let said = apply(&mut directory, &mut registry, &mut journal).await;
        (plan, said.map(drop).map_err(|error| error.to_string()))
    };
    world.evidence.planned(&plan);
    if !fuse.went_off() {
        return None;
    }
    must(world.lab().end_crash().await);
    Some((plan, said))
}

#[then(expr = "the fix stops and says {string}")]
fn fix_stops(world: &mut LabWorld, words: String) {
    let said = world.safety.error.as_deref().unwrap_or("nothing: it went through");
    assert!(said.contains(&words), "it said: {said}");
}

#[then("rolling back leaves every SPN exactly as it was")]
async fn rolling_back_restores(world: &mut LabWorld) {
    let journal = journal(world);
    must(world.engineer().await.rollback(&journal).await);
    let after = state(world).await;
    assert_eq!(world.safety.before.as_ref(), Some(&after));
}

#[then("applying it again completes it, and rolling back leaves every SPN exactly as it was")]
async fn goes_on_and_back(world: &mut LabWorld) {
    let journal = journal(world);
    go_on(&mut *world.engineer().await, &journal).await;
    rolling_back_restores(world).await;
}
