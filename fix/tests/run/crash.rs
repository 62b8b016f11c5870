//! Killed at any moment, a fix can be finished or taken back.

use crate::world::{World, killed_at, remedies};
use spnfix::testing::{FailPoint, WithFailPoint};
use spnfix::*;

/// Applies a plan until it is killed; gives what the journal holds then,
/// or nothing if not even that was begun, and whether it died.
async fn apply_until(world: &mut World, plan: &Plan, fail_point: FailPoint) -> (String, bool) {
    let store = InMemoryJournal::default();
    let failing = Box::new(WithFailPoint::new(store.clone(), &fail_point));
    let Ok(mut journal) = Journal::begin(failing, plan) else {
        return (store.text(), true);
    };
    let mut dir = WithFailPoint::new(&mut world.dir, &fail_point);
    let mut settings = WithFailPoint::new(&mut world.settings, &fail_point);
    let died = apply(&mut dir, &mut settings, &mut journal).await.is_err();
    (store.text(), died)
}

/// Rolls back until it is killed.
async fn roll_back(world: &mut World, text: &str, fail_point: FailPoint) -> (String, bool) {
    let store = InMemoryJournal::default();
    store.clone().save(text).unwrap();
    let failing = Box::new(WithFailPoint::new(store.clone(), &fail_point));
    let mut journal = Journal::resume(failing, text).unwrap();
    let mut dir = WithFailPoint::new(&mut world.dir, &fail_point);
    let mut settings = WithFailPoint::new(&mut world.settings, &fail_point);
    let died = rollback(&mut dir, &mut settings, &mut journal).await.is_err();
    (store.text(), died)
}

#[tokio::test]
async fn killed_at_any_write_then_rolled_back_everything_is_as_before() {
    let mut deaths = 0;
    for remedy in remedies() {
        for made in [false, true] {
            for writes in 0.. {
                let mut world = World::broken_for(&remedy);
                let before = world.clone();
                let plan = world.plan(&remedy).await;
                let (text, died) = apply_until(&mut world, &plan, killed_at(writes, made)).await;
                if !text.is_empty() {
                    let (_, died) = roll_back(&mut world, &text, FailPoint::never()).await;
                    assert!(!died, "{remedy:?} {writes} {made}");
                }
                assert_eq!(world.picture(), before.picture(), "{remedy:?} {writes} {made}");
                assert_eq!(world.settings, before.settings, "{remedy:?} {writes} {made}");
                if !died {
                    break;
                }
                deaths += 1;
            }
        }
    }
    assert!(deaths > 50, "only {deaths} deaths: the fail point does not work");
}

#[tokio::test]
async fn killed_at_any_write_then_applied_again_everything_is_done_once() {
    for remedy in remedies() {
        for made in [false, true] {
            for writes in 0.. {
                let mut world = World::broken_for(&remedy);
                let plan = world.plan(&remedy).await;
                let (text, died) = apply_until(&mut world, &plan, killed_at(writes, made)).await;
                if !text.is_empty() {
                    let store = InMemoryJournal::default();
                    let mut journal = Journal::resume(Box::new(store), &text).unwrap();
                    let again = apply(&mut world.dir, &mut world.settings, &mut journal).await;
                    assert_eq!(again.unwrap().done.len(), journal.steps().len());
                    assert_eq!(journal.state(), JournalState::Applied);
                    let read = verify(&mut world.dir, &mut world.settings, &plan).await.unwrap();
                    assert!(read.ok(), "{remedy:?} {writes} {made}: {read}");
                }
                if !died {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn killed_while_rolling_back_the_rollback_can_be_finished() {
    for remedy in remedies() {
        for made in [false, true] {
            for writes in 0.. {
                let mut world = World::broken_for(&remedy);
                let before = world.clone();
                let plan = world.plan(&remedy).await;
                let (text, _) = apply_until(&mut world, &plan, FailPoint::never()).await;
                let (text, died) = roll_back(&mut world, &text, killed_at(writes, made)).await;
                let (_, died_again) = roll_back(&mut world, &text, FailPoint::never()).await;
                assert!(!died_again, "{remedy:?} {writes} {made}");
                assert_eq!(world.picture(), before.picture(), "{remedy:?} {writes} {made}");
                assert_eq!(world.settings, before.settings, "{remedy:?} {writes} {made}");
                if !died {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn killed_twice_it_still_comes_back() {
    let remedy = Remedy::WsmanPrefix;
    for first in 0..8 {
        for second in 0..8 {
            let mut world = World::shadowed();
            let before = world.clone();
            let plan = world.plan(&remedy).await;
            let (text, _) = apply_until(&mut world, &plan, killed_at(first, true)).await;
            if text.is_empty() {
                continue;
            }
            let (text, _) = roll_back(&mut world, &text, killed_at(second, false)).await;
            let (_, died) = roll_back(&mut world, &text, FailPoint::never()).await;
            assert!(!died, "{first} {second}");
            assert_eq!(world.picture(), before.picture(), "{first} {second}");
            assert_eq!(world.settings, before.settings, "{first} {second}");
        }
    }
}

#[tokio::test]
async fn every_spelling_of_one_name_comes_back() {
    for made in [false, true] {
        for writes in 0.. {
            let mut world = World::shadowed();
            world.dir.account_mut("svc_web").unwrap().spns.push("HTTP/Mem1".to_owned());
            let before = world.clone();
            let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
            // Values have no order: the next reader may get them in another one, and a domain
            // controller deletes the first that is equal.
            world.dir.account_mut("svc_web").unwrap().spns.reverse();
            let (text, died) = apply_until(&mut world, &plan, killed_at(writes, made)).await;
            if !text.is_empty() {
                let (_, stopped) = roll_back(&mut world, &text, FailPoint::never()).await;
                assert!(!stopped, "{writes} {made}");
            }
            assert_eq!(world.picture(), before.picture(), "{writes} {made}");
            if !died {
                break;
            }
        }
    }
}
