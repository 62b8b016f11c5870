//! Servers that send the client elsewhere: it stays where it is.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use spnfix::{
    ClientProfile, Directory, DirectorySnapshot, InMemoryJournal, InMemorySettings, Journal,
    JournalState, Remedy, Scope, StepState, Target, apply, plan, rollback,
};

use super::large;
use super::server::{ROOT, Say, connect, referral};

/// Where a client would go that follows: nobody may come.
fn elsewhere() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("ldap://{}/{ROOT}", listener.local_addr().unwrap());
    (listener, url)
}

fn nobody_came(listener: &std::net::TcpListener) {
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_write_that_is_sent_elsewhere_is_a_refusal_and_made_nowhere() {
    let (listener, url) = elsewhere();
    let (spns, writes) = (vec!["HTTP/mem1.contoso.com".to_owned()], Arc::new(AtomicUsize::new(0)));
    let (held, count) = (Mutex::new(spns.clone()), Arc::clone(&writes));
    let mut dir = connect(move |question| {
        if question.kind == 6 {
            count.fetch_add(1, SeqCst);
            return Say::Bytes(referral(question.id, 7, &url));
        }
        Say::Bytes(large::answer(question, &mut held.lock().unwrap()))
    })
    .await
    .unwrap();

    let (target, client): (Target, _) =
        ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
    let remedy = Remedy::RemoveRegistration { account: None };
    let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
    let plan = plan(&seen, &target, &remedy, &client).unwrap();
    let mut settings = InMemorySettings::default();
    let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
    let error = apply(&mut dir, &mut settings, &mut journal).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-LDAP-10", "{error}");
    assert_eq!(journal.steps(), [StepState::Intent]);
    assert_eq!(writes.load(SeqCst), 1);
    nobody_came(&listener);

    let back = rollback(&mut dir, &mut settings, &mut journal).await.unwrap();
    assert_eq!((back.done.len(), back.unmade.len()), (0, 1), "{back}");
    assert_eq!((journal.state(), writes.load(SeqCst)), (JournalState::RolledBack, 1));
}

#[tokio::test]
async fn a_search_that_is_sent_elsewhere_is_a_refusal() {
    let (listener, url) = elsewhere();
    let script =
        move |question: &super::server::Question| Say::Bytes(referral(question.id, 5, &url));
    let mut dir = connect(script).await.unwrap();
    let error = dir.account_at(&format!("CN=x,{ROOT}")).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-LDAP-10");
    assert!(error.hint().contains("domain controller of the account's domain"));
    let error = dir.holders(&["HTTP/a".parse().unwrap()], Scope::Domain).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-LDAP-10");
    nobody_came(&listener);
}
