//! Plan, apply, verify, roll back; and what others do meanwhile.

use std::path::Path;

use crate::world::{MEM1, WEB, World, killed_at, remedies};
use spnfix::testing::{FailPoint, WithFailPoint};
use spnfix::*;

fn journal(plan: &Plan) -> Journal {
    Journal::begin(Box::new(InMemoryJournal::default()), plan).unwrap()
}

async fn applied(world: &mut World, plan: &Plan) -> Journal {
    let mut journal = journal(plan);
    apply(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
    journal
}

#[tokio::test]
async fn every_remedy_fixes_and_comes_back() {
    for remedy in remedies() {
        let mut world = World::broken_for(&remedy);
        let before = world.clone();
        let plan = world.plan(&remedy).await;
        let read = verify(&mut world.dir, &mut world.settings, &plan).await.unwrap();
        assert!(!read.ok(), "{remedy:?} before: {read}");
        let mut journal = applied(&mut world, &plan).await;
        let read = verify(&mut world.dir, &mut world.settings, &plan).await.unwrap();
        assert!(read.ok(), "{remedy:?}: {read}");

        let undone = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
        assert_eq!(undone.done.len(), journal.steps().len());
        assert_eq!(world.picture(), before.picture());
        let again = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
        assert!(again.done.is_empty());
        let error = apply(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-ROLLED-BACK");
    }
}

#[tokio::test]
async fn applying_again_changes_nothing() {
    for remedy in remedies() {
        let mut world = World::broken_for(&remedy);
        let plan = world.plan(&remedy).await;
        let mut journal = applied(&mut world, &plan).await;
        let picture = world.picture();
        apply(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
        assert_eq!(world.picture(), picture);
    }
}

#[tokio::test]
async fn a_plan_that_is_too_old_changes_nothing() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
    world.dir.delete(WEB, "HTTP/www.contoso.com").await.unwrap();
    world.dir.add(WEB, "HTTP/new").await.unwrap();
    let picture = world.picture();
    let error = apply(&mut world.dir, &mut world.settings, &mut journal(&plan)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "nothing was changed: {WEB} has changed; it lacks HTTP/www.contoso.com; it has HTTP/new in addition"
        )
    );
    assert_eq!(error.code(), "SPNFIX-CHANGED");
    assert_eq!(world.picture(), picture);
}

#[tokio::test]
async fn a_registry_that_has_changed_stops_it_before_the_first_write() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::WsmanPrefix).await;
    world.settings.set(&RegistryValue::spn_prefix(), "HOST").await.unwrap();
    let picture = world.picture();
    let error = apply(&mut world.dir, &mut world.settings, &mut journal(&plan)).await.unwrap_err();
    assert!(
        error.to_string().contains("spn_prefix has changed; it has HOST in addition"),
        "{error}"
    );
    assert_eq!(world.picture(), picture);
}

#[tokio::test]
async fn a_client_that_is_not_there_stops_it_before_the_first_write() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::WsmanPrefix).await;
    let picture = world.picture();
    let error =
        apply(&mut world.dir, &mut NoClientSettings, &mut journal(&plan)).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-NO-CLIENT");
    assert_eq!(world.picture(), picture);
    // Remedies that write nothing on the client need none.
    let plan = world.plan(&Remedy::PortSpns { port: 5985 }).await;
    apply(&mut world.dir, &mut NoClientSettings, &mut journal(&plan)).await.unwrap();
}

#[tokio::test]
async fn a_refusal_half_way_says_what_was_done() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::WsmanPrefix).await;
    // Somebody takes the second name after the plan was made.
    world.dir.account_mut("svc_web").unwrap().spns.push("WSMAN/mem1.contoso.com".to_owned());
    let mut journal = journal(&plan);
    let error = apply(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
    let text = error.to_string();
    assert_eq!(error.code(), "SPNFIX-LDAP-19");
    assert!(
        text.starts_with("stopped at step 2 of 3 (add WSMAN/mem1.contoso.com to MEM1$"),
        "{text}"
    );
    assert!(text.contains("done before: add WSMAN/mem1 to MEM1$"), "{text}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("constraintViolation (19)") && !text.contains(&source), "{source}");
    assert!(error.hint().contains("roll back"));

    let undone = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
    assert_eq!(undone.done, [format!("delete WSMAN/mem1 from MEM1$ ({MEM1})")]);
}

#[tokio::test]
async fn without_rights_nothing_happens() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
    world.dir = world.dir.read_only();
    let mut journal = journal(&plan);
    let error = apply(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-LDAP-50");
    assert!(error.to_string().contains("nothing was changed before"), "{error}");
    let undone = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
    assert!(undone.done.is_empty());
}

#[tokio::test]
async fn somebody_else_writing_at_the_same_moment_is_noticed() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::PortSpns { port: 5985 }).await;
    let rival = FailPoint::never().with_rival_value("X/meddled");
    let mut busy = WithFailPoint::new(&mut world.dir, &rival);
    let mut journal = journal(&plan);
    let error = apply(&mut busy, &mut world.settings, &mut journal).await.unwrap_err();
    assert!(error.to_string().starts_with("stopped at step 1 of 2"), "{error}");
    assert_eq!(error.code(), "SPNFIX-CHANGED");
    // Nor is it written over.
    let error = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
    assert!(error.to_string().ends_with("it has X/meddled in addition"), "{error}");
    world.dir.delete(MEM1, "X/meddled").await.unwrap();
    rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
}

#[tokio::test]
async fn rollback_stops_where_somebody_else_has_worked() {
    for remedy in remedies().into_iter().take(3) {
        let mut world = World::broken_for(&remedy);
        let plan = world.plan(&remedy).await;
        let mut journal = applied(&mut world, &plan).await;
        let dn = plan.edits[0].account.dn.clone();
        world.dir.add(&dn, "X/y").await.unwrap();
        let picture = world.picture();
        let error = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("nothing was taken back: {dn} has changed; it has X/y in addition")
        );
        assert_eq!(world.picture(), picture);
        // Once that is gone it works.
        world.dir.delete(&dn, "X/y").await.unwrap();
        rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
    }
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::HostPrefix).await;
    let mut journal = applied(&mut world, &plan).await;
    world.settings.delete(&RegistryValue::spn_prefix()).await.unwrap();
    let error = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-CHANGED");
}

#[tokio::test]
async fn a_deleted_account_is_reported() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::PortSpns { port: 5985 }).await;
    let mut journal = applied(&mut world, &plan).await;
    world.dir.remove(MEM1);
    let error = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
    assert_eq!(error.to_string(), format!("nothing was taken back: {MEM1} is gone"));
    let read = verify(&mut world.dir, &mut world.settings, &plan).await.unwrap();
    assert!(!read.ok() && read.to_string().contains("MEM1$ is gone"), "{read}");
}

#[tokio::test]
async fn an_account_that_moved_is_followed() {
    let mut world = World::shadowed();
    let (before, plan) = (world.picture(), world.plan(&Remedy::PortSpns { port: 5985 }).await);
    let mut journal = applied(&mut world, &plan).await;
    let moved = "CN=MEM1,OU=Servers,DC=contoso,DC=com";
    world.dir.account_mut("MEM1$").unwrap().dn = moved.to_owned();
    assert!(verify(&mut world.dir, &mut world.settings, &plan).await.unwrap().ok());
    rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
    assert_eq!(world.picture(), before);
}

#[tokio::test]
async fn another_object_under_the_same_dn_is_not_the_account() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
    let mut journal = applied(&mut world, &plan).await;
    // Deleted, and made anew with the same values.
    world.dir.account_mut("svc_web").unwrap().guid = Some(uuid::Uuid::from_u128(99));
    let before = world.picture();
    let error = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
    assert_eq!(error.to_string(), format!("nothing was taken back: {WEB} is gone"));
    assert_eq!(world.picture(), before);
    // The same between plan and fix.
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
    world.dir.account_mut("svc_web").unwrap().guid = Some(uuid::Uuid::from_u128(99));
    let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
    let error = apply(&mut world.dir, &mut world.settings, &mut journal).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-CHANGED");
}

#[tokio::test]
async fn case_that_the_server_changes_does_not_stop_anything() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::WsmanPrefix).await;
    let spns = &mut world.dir.account_mut("MEM1$").unwrap().spns;
    *spns = spns.iter().rev().map(|spn| spn.to_lowercase()).collect();
    let mut journal = applied(&mut world, &plan).await;
    rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
}

async fn some_plan() -> Plan {
    World::shadowed().plan(&Remedy::PortSpns { port: 5985 }).await
}

#[tokio::test]
async fn a_journal_is_kept_in_a_private_file_and_guards_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fix.json");
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::PortSpns { port: 5985 }).await;
    drop(Journal::create(&path, &plan).unwrap());
    assert!(path.exists(), "it is there before the first write");
    let mut journal = Journal::create(&path, &plan).unwrap();
    apply(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();

    drop(journal);
    let error = Journal::create(&path, &plan).unwrap_err();
    assert!(error.to_string().ends_with("holds a plan that is applied"), "{error}");
    let mut reopened = Journal::open(&path).unwrap();
    assert_eq!(reopened.plan(), &plan);
    assert_eq!(reopened.done().len(), 2);
    rollback(&mut world.dir, &mut world.settings, &mut reopened).await.unwrap();
    drop(reopened);
    Journal::create(&path, &plan).unwrap();
}

#[tokio::test]
async fn what_is_no_journal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fix.json");
    assert_eq!(Journal::open(&path).unwrap_err().code(), "SPNFIX-JOURNAL-IO");
    drop(Journal::create(&path, &some_plan().await).unwrap());
    let good = std::fs::read_to_string(&path).unwrap();
    let table = [
        (String::new(), "is not a journal"),
        ("{}".to_owned(), "is not a journal"),
        (good.replacen("\"version\":2", "\"version\":3", 1), "has version 3"),
        (good.replacen("\"pending\",", "", 1), "damaged or edited"),
    ];
    for (text, message) in table {
        std::fs::write(&path, text).unwrap();
        let error = Journal::open(&path).unwrap_err();
        assert_eq!(error.code(), "SPNFIX-JOURNAL-UNREADABLE");
        assert!(error.to_string().contains(message), "{error}");
        assert!(Journal::create(&path, &some_plan().await).is_err(), "must not be overwritten");
    }
    let nowhere = Path::new("/nonexistent/fix.json");
    assert_eq!(
        Journal::create(nowhere, &some_plan().await).unwrap_err().code(),
        "SPNFIX-JOURNAL-IO"
    );
}

/// Rolling back is refused before its first write, in these words among others.
async fn is_taken(world: &mut World, journal: &mut Journal, words: &str) {
    let picture = world.picture();
    let error = rollback(&mut world.dir, &mut world.settings, journal).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-TAKEN");
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(world.picture(), picture);
    assert_eq!(journal.state(), JournalState::Applied);
}

#[tokio::test]
async fn rollback_stops_before_the_first_write_when_a_value_sits_elsewhere_by_now() {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
    let mut journal = applied(&mut world, &plan).await;
    world.dir = world.dir.with_user("svc_app", &["http/mem1"]);
    is_taken(&mut world, &mut journal, "svc_app").await;
}

#[tokio::test]
async fn a_duplicate_is_not_put_back_by_half() {
    let mut world = World::shadowed();
    let twin = Account {
        dn: "CN=svc_app,CN=Users,DC=contoso,DC=com".to_owned(),
        name: "svc_app".to_owned(),
        spns: vec!["HTTP/mem1".to_owned()],
        ..world.dir.accounts()[1].clone()
    };
    world.dir.insert(twin);
    let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
    let mut journal = applied(&mut world, &plan).await;
    is_taken(&mut world, &mut journal, "would have to hold it").await;
}

#[tokio::test]
async fn a_write_without_an_answer_is_told_of() {
    let mut world = World::shadowed();
    let before = world.picture();
    let plan = world.plan(&Remedy::RemoveRegistration { account: None }).await;
    let mut journal = journal(&plan);
    // The intent is noted, and the write has not arrived.
    let mut dir = WithFailPoint::new(&mut world.dir, &killed_at(0, false));
    apply(&mut dir, &mut world.settings, &mut journal).await.unwrap_err();
    let back = rollback(&mut world.dir, &mut world.settings, &mut journal).await.unwrap();
    assert_eq!((back.done.len(), back.unmade.len()), (0, 1), "{back}");
    assert!(back.to_string().contains("begun, and not there: delete http/MEM1"), "{back}");
    assert_eq!(world.picture(), before);
}
