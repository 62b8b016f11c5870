//! Random directories, killed at a random write: nothing is lost that could be brought back.

use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::world::{World, killed_at, remedies};
use spnfix::testing::{FailPoint, WithFailPoint};
use spnfix::*;

/// Values that can stand in each other's way: the names of the host in several spellings, aliases,
/// a name of somebody else.
const VALUES: [&str; 12] = [
    "HTTP/mem1",
    "http/MEM1",
    "HTTP/mem1.contoso.com",
    "HTTP/Mem1.Contoso.Com",
    "HTTP/mem1.contoso.com:5985",
    "HOST/mem1",
    "HOST/mem1.contoso.com",
    "WSMAN/mem1.contoso.com",
    "wsman/mem1",
    "cifs/mem1",
    "www/mem1.contoso.com",
    "HTTP/www.contoso.com",
];

fn values() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(VALUES.to_vec(), 0..5)
}

/// A computer and three users with whatever SPNs; a directory built by hand, by replication or by
/// an older server need not keep the rules that a domain controller checks when it writes.
fn world() -> impl Strategy<Value = World> {
    (values(), values(), values(), values(), any::<bool>()).prop_map(|(mem1, web, app, old, on)| {
        let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("MEM1", "mem1.contoso.com", &mem1)
            .with_user("svc_web", &web)
            .with_user("svc_app", &app)
            .with_computer("OLD1", "old1.contoso.com", &old);
        dir.account_mut("svc_app").unwrap().enabled = on;
        World { dir, settings: InMemorySettings::default() }
    })
}

fn remedy() -> impl Strategy<Value = Remedy> {
    proptest::sample::select(remedies())
}

/// Runs a future on a runtime of its own.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// The plan, if there is one.
async fn plan_in(world: &mut World, remedy: &Remedy) -> Option<Plan> {
    let (target, client) = ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
    let seen = DirectorySnapshot::take_for(&mut world.dir, &target, &client, remedy).await.unwrap();
    plan(&seen, &target, remedy, &client).ok()
}

fn warned(plan: &Plan, kind: WarningKind) -> bool {
    plan.warnings.iter().any(|warning| warning.kind == kind)
}

/// Applies until it is killed; gives the journal's text, none if not even that was begun, and
/// whether everything was done.
async fn apply_until(
    world: &mut World,
    plan: &Plan,
    fail_point: FailPoint,
) -> (Option<String>, bool) {
    let store = InMemoryJournal::default();
    let failing = Box::new(WithFailPoint::new(store.clone(), &fail_point));
    let Ok(mut journal) = Journal::begin(failing, plan) else { return (None, false) };
    let mut dir = WithFailPoint::new(&mut world.dir, &fail_point);
    let mut settings = WithFailPoint::new(&mut world.settings, &fail_point);
    let done = apply(&mut dir, &mut settings, &mut journal).await.is_ok();
    (Some(store.text()), done)
}

/// Values have no order: a domain controller may list them otherwise the next time, and take
/// another one of several spellings.
fn turn(world: &mut World) {
    for name in ["svc_web", "svc_app", "OLD1$"] {
        world.dir.account_mut(name).unwrap().spns.reverse();
    }
}

fn resumed(text: &str) -> Journal {
    Journal::resume(Box::new(InMemoryJournal::default()), text).unwrap()
}

/// The plan, carried out to its end; none: there is none, or the directory refuses it.
async fn carried_out(world: &mut World, remedy: &Remedy) -> Option<Plan> {
    let plan = plan_in(world, remedy).await?;
    let (_, done) = apply_until(world, &plan, FailPoint::never()).await;
    done.then_some(plan)
}

proptest! {
    #![proptest_config(Config { cases: 300, failure_persistence: None, ..Config::default() })]

    /// Killed anywhere and rolled back: every value is as before, in its spelling; or, where the
    /// plan warned of that, nothing was written by the rollback.
    #[test]
    fn a_killed_plan_is_taken_back(
        mut world in world(), remedy in remedy(), writes in 0..14_usize, made: bool, turned: bool,
    ) {
        let told = run(async {
            let before = world.clone();
            let plan = plan_in(&mut world, &remedy).await?;
            if turned {
                turn(&mut world);
            }
            let (text, _) = apply_until(&mut world, &plan, killed_at(writes, made)).await;
            let Some(text) = text else {
                assert_eq!(world.picture(), before.picture());
                return None;
            };
            let halfway = world.clone();
            let mut journal = resumed(&text);
            let back = rollback(&mut world.dir, &mut world.settings, &mut journal).await;
            Some((before, halfway, world, plan, back))
        });
        let Some((before, halfway, after, plan, back)) = told else { return Ok(()) };
        match back {
            Ok(_) => {
                prop_assert_eq!(before.picture(), after.picture(), "{}", plan);
                prop_assert_eq!(before.settings, after.settings);
            }
            Err(error) => {
                prop_assert!(warned(&plan, WarningKind::UndoMayBeRefused), "{}\n{}", error, plan);
                if matches!(error, RollbackError::Taken { .. }) {
                    prop_assert_eq!(halfway.picture(), after.picture(), "{}", plan);
                }
            }
        }
    }

    /// Killed anywhere and applied again: the same as never killed.
    #[test]
    fn a_killed_plan_is_finished(
        world in world(), remedy in remedy(), writes in 0..14_usize, made: bool,
    ) {
        run(async {
            let mut straight = world.clone();
            let plan = plan_in(&mut straight, &remedy).await?;
            let (_, done) = apply_until(&mut straight, &plan, FailPoint::never()).await;
            assert!(done || warned(&plan, WarningKind::MayBeRefused), "{plan}");
            if !done {
                return None;
            }
            let mut killed = world.clone();
            let (text, _) = apply_until(&mut killed, &plan, killed_at(writes, made)).await;
            let mut journal = resumed(&text?);
            let again = apply(&mut killed.dir, &mut killed.settings, &mut journal).await;
            assert!(again.is_ok(), "{plan}\n{}", again.unwrap_err());
            assert_eq!(straight.picture(), killed.picture(), "{plan}");
            assert_eq!(straight.settings, killed.settings, "{plan}");
            Some(())
        });
    }

    /// What was carried out leads to the right account, or the plan said that it would not.
    #[test]
    fn a_finished_plan_mends_or_says_that_it_does_not(world in world(), remedy in remedy()) {
        run(async {
            let mut world = world.clone();
            let plan = carried_out(&mut world, &remedy).await?;
            let read = verify(&mut world.dir, &mut world.settings, &plan).await.unwrap();
            assert!(read.checks.iter().all(|check| check.ok), "{plan}\n{read}");
            let told = warned(&plan, WarningKind::StillBroken);
            assert!(read.ok() || told, "{plan}\n{read}");
            let others = read.diagnosis.other_names.iter().all(|other| other.works);
            assert_eq!(read.ok() && others, !told, "{plan}\n{read}");
            Some(())
        });
    }

    /// The same remedy planned again after it was carried out changes nothing.
    #[test]
    fn planned_again_there_is_nothing_to_do(world in world(), remedy in remedy()) {
        run(async {
            let mut world = world.clone();
            let first = carried_out(&mut world, &remedy).await?;
            let (target, client) = ("mem1.contoso.com".parse().unwrap(), first.client_after);
            let seen = DirectorySnapshot::take_for(&mut world.dir, &target, &client, &remedy);
            let again = plan(&seen.await.unwrap(), &target, &remedy, &client).unwrap();
            assert!(again.is_nothing_to_do(), "{again}");
            Some(())
        });
    }
}
