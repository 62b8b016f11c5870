//! `HOST` names that the computer lacks: what the evidence says of them, and who gets them back.

use super::*;
use crate::InMemoryDirectory;

fn contoso(held: &[&str]) -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_computer(
        "MEM1",
        "mem1.contoso.com",
        held,
    )
}

async fn found(mut dir: InMemoryDirectory, target: &str) -> Diagnosis {
    diagnose_in(&mut dir, &target.parse().unwrap(), &ClientProfile::default()).await.unwrap()
}

/// The lines of the evidence about who should hold a `HOST` name.
fn misplaced(found: &Diagnosis) -> Vec<&str> {
    let lines = found.evidence.iter().map(String::as_str);
    lines.filter(|line| line.contains("should be on")).collect()
}

const AFTERWARDS: &str = "afterwards: klist purge, or the old ticket is used for up to 10 hours";

#[tokio::test]
async fn the_name_that_was_asked_for_is_taken_off_first() {
    let dir = contoso(&[]).with_user("svc_app", &["HOST/mem1", "HOST/mem1.contoso.com"]);
    let found = found(dir, "mem1.contoso.com").await;
    assert_eq!(
        found.next_steps,
        [
            "HOST/mem1.contoso.com is on svc_app, a wrong account; take it off: \
             setspn -D host/mem1.contoso.com svc_app",
            "HOST/mem1 is on svc_app, a wrong account; take it off: setspn -D HOST/mem1 svc_app",
            "then give it to the computer account: setspn -R MEM1",
            AFTERWARDS,
        ]
    );
    assert_eq!(
        misplaced(&found),
        [
            "HOST/mem1 is on svc_app, and should be on MEM1$",
            "HOST/mem1.contoso.com is on svc_app, and should be on MEM1$",
        ]
    );
}

#[tokio::test]
async fn only_a_wrong_holder_of_the_name_that_was_asked_for_matters() {
    let dir = || contoso(&["HOST/mem1.contoso.com"]).with_user("svc_app", &["HOST/mem1"]);
    let asked = found(dir(), "mem1").await;
    assert_eq!(asked.verdict.name(), "shadowed");
    assert!(asked.next_steps[0].ends_with("take it off: setspn -D host/mem1 svc_app"), "{asked}");
    let dir = dir().with_user("svc_web", &["HTTP/mem1.contoso.com"]);
    let other = found(dir, "mem1.contoso.com").await;
    assert_eq!(other.verdict.name(), "shadowed");
    assert!(other.next_steps[0].ends_with("setspn -D HTTP/mem1.contoso.com svc_web"), "{other}");
    assert!(!other.next_steps.join("\n").contains("svc_app"), "{other}");
}

#[tokio::test]
async fn a_name_that_no_account_holds_is_registered_again() {
    let dir = || contoso(&["HOST/mem1"]);
    let missing = found(dir(), "mem1.contoso.com").await;
    assert_eq!(missing.verdict.name(), "missing");
    let step = "register the names of the host again: setspn -R MEM1";
    assert_eq!(missing.next_steps[0], step);
    let line = "nobody holds HOST/mem1.contoso.com, which should be on MEM1$";
    assert_eq!(misplaced(&missing), [line]);
    // For a name that works it does not matter.
    let healthy = found(dir(), "mem1").await;
    assert_eq!(healthy.verdict.name(), "healthy");
    assert_eq!(healthy.misplaced_host.len(), 1);
    assert!(misplaced(&healthy).is_empty(), "{healthy}");
}

#[tokio::test]
async fn a_name_that_a_reset_does_not_register_is_given_back_by_itself() {
    let mut dir = contoso(&["HOST/mem1", "HOST/mem1.contoso.com"])
        .with_user("svc_app", &["HOST/alt.contoso.com"]);
    dir.account_mut("MEM1$").unwrap().additional_names = vec!["alt.contoso.com".to_owned()];
    let found = found(dir, "alt.contoso.com").await;
    assert_eq!(found.verdict.name(), "shadowed");
    let steps = found.next_steps.join("\n");
    assert!(steps.contains("account: setspn -S HOST/alt.contoso.com MEM1"), "{steps}");
}

#[tokio::test]
async fn no_name_that_another_computer_keeps_is_given_back() {
    // MEM1 is also an additional name of FS1, which holds it. So no reset.
    let mut dir = contoso(&[])
        .with_computer("FS1", "fs1.contoso.com", &["HOST/mem1"])
        .with_user("svc_app", &["HOST/mem1.contoso.com"]);
    dir.account_mut("FS1$").unwrap().additional_names = vec!["mem1".to_owned()];
    let found = found(dir, "mem1.contoso.com").await;
    assert_eq!(found.verdict.name(), "shadowed");
    assert_eq!(
        found.next_steps,
        [
            "HOST/mem1.contoso.com is on svc_app, a wrong account; take it off: \
             setspn -D host/mem1.contoso.com svc_app",
            "then give it to the computer account: setspn -S HOST/mem1.contoso.com MEM1",
            AFTERWARDS,
        ]
    );
}
