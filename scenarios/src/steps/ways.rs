//! The engineer's advice: the ways out, best first, and the next steps of a diagnosis.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::{then, when};
use spnfix::{Finding, Recommendation, Way};
use spnlab_engineer::ArticleOption;

use crate::world::{LabWorld, must};

#[when(expr = "the engineer weighs the ways out for {string}")]
async fn weighs(world: &mut LabWorld, host: String) {
    world.note_holders().await;
    let ways = must(world.engineer().await.recommend(&host).await);
    world.remedy.ways = Some(ways);
}

#[then(expr = "the best way is option {word}")]
fn best_is_option(world: &mut LabWorld, option: ArticleOption) {
    let best = best(world);
    assert!(best.helps && best.remedy == Some(option.remedy()), "{}", ways(world));
}

#[then(expr = "the best way is {string}")]
fn best_is(world: &mut LabWorld, name: String) {
    assert_eq!(best(world).name, name);
}

/// It would help, but costs more than others.
#[then(expr = "option {word} is not the best way, as {string}")]
fn is_not_best(world: &mut LabWorld, option: ArticleOption, because: String) {
    let ranked = &ways(world).ways;
    let at = ranked.iter().position(|way| way.remedy == Some(option.remedy()));
    let at = at.unwrap_or_else(|| panic!("it is no way: {}", ways(world)));
    let way = &ranked[at];
    assert!(at > 0 && way.helps && way.because.contains(&because), "{}", ways(world));
}

#[then(expr = "the ways weigh {string}")]
fn weigh(world: &mut LabWorld, words: String) {
    let weighed = &ways(world).weighed;
    assert!(weighed.iter().any(|line| line.contains(&words)), "{weighed:#?}");
}

#[then(expr = "the next steps say {string}")]
fn next_steps_say(world: &mut LabWorld, words: String) {
    let steps = next_steps(world);
    assert!(steps.iter().any(|step| step.contains(&words)), "{steps:#?}");
}

#[then(expr = "no next step says {string}")]
fn no_next_step_says(world: &mut LabWorld, words: String) {
    let steps = next_steps(world);
    assert!(!steps.is_empty(), "there is no next step, so this proves nothing");
    assert!(!steps.iter().any(|step| step.contains(&words)), "{steps:#?}");
}

/// The diagnosis of the failed connection.
#[then(expr = "the directory explains it: {string}")]
fn explains(world: &mut LabWorld, words: String) {
    let failure = world.failure.as_ref();
    let failure = failure.unwrap_or_else(|| panic!("nobody has asked why yet"));
    let Finding::Explained { because, .. } = &failure.finding else { panic!("{failure}") };
    assert!(because.contains(&words), "{failure}");
}

fn ways(world: &LabWorld) -> &Recommendation {
    world.remedy.ways.as_ref().unwrap_or_else(|| panic!("nobody has weighed the ways yet"))
}

fn best(world: &LabWorld) -> &Way {
    ways(world).ways.first().unwrap_or_else(|| panic!("there is no way"))
}

fn next_steps(world: &LabWorld) -> &[String] {
    let found = world.remedy.diagnosis.as_ref();
    &found.unwrap_or_else(|| panic!("nobody has diagnosed yet")).next_steps
}
