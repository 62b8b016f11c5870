//! Directories with a history: stale objects, twins, clusters, farms, additional names.

use super::*;
use crate::directory::RivalKind;
use crate::{Account, AccountKind, InMemoryDirectory, ServiceClass};

const ROOT: &str = "DC=contoso,DC=com";
const CHILD: &str = "DC=child,DC=contoso,DC=com";

fn contoso() -> InMemoryDirectory {
    InMemoryDirectory::new(ROOT, "CONTOSO")
}

async fn asked(dir: &InMemoryDirectory, target: &str, client: &ClientProfile) -> Diagnosis {
    diagnose_in(&mut dir.clone(), &target.parse().unwrap(), client).await.unwrap()
}

async fn found(dir: &InMemoryDirectory, target: &str) -> Diagnosis {
    asked(dir, target, &ClientProfile::default()).await
}

/// What the client sees, and what the diagnosis makes of it.
fn finding(found: &Diagnosis, observed: &Observed) -> FailureDiagnosis {
    diagnose_failure(found, observed)
}

fn first_causes(failure: &FailureDiagnosis) -> Vec<Cause> {
    failure.finding.causes().iter().map(|suspect| suspect.cause).collect()
}

/// The text on one line.
fn flat(text: &impl std::fmt::Display) -> String {
    text.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn steps(found: &Diagnosis) -> String {
    found.next_steps.join("\n")
}

#[tokio::test]
async fn a_name_that_a_service_holds_is_explained() {
    let gmsa = |dir: InMemoryDirectory| {
        let mut dir = dir.with_user("gmsa_web$", &["HTTP/farm.contoso.com"]);
        dir.account_mut("gmsa_web$").unwrap().kind = AccountKind::ManagedService;
        dir
    };
    let dir = contoso()
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", &["HTTP/www.contoso.com", "HOST/vip.contoso.com"]);
    let dir = gmsa(dir);
    for (host, holder) in [
        ("www.contoso.com", "svc_web"),
        ("vip.contoso.com", "svc_web"),
        ("farm.contoso.com", "gmsa_web$"),
    ] {
        let found = found(&dir, host).await;
        assert_eq!(found.verdict.name(), "target-unknown");
        assert!(flat(&found).contains("KRB_AP_ERR_MODIFIED (41)"), "{found}");
        let failure = finding(&found, &Observed::from_endpoint(41));
        let Finding::Explained { because, next_steps } = &failure.finding else {
            panic!("{failure}")
        };
        assert!(because.contains(holder) && because.contains("no WinRM has the key"), "{failure}");
        assert!(next_steps[0].starts_with("connect to the own name of the computer"), "{failure}");
        assert!(!steps(&found).contains("setspn"), "{found}");
        for observed in [Observed::Accepted, Observed::AccessDenied] {
            let failure = finding(&found, &observed);
            assert_eq!(failure.finding.name(), "contradiction", "{failure}");
            assert_eq!(
                first_causes(&failure)[..3],
                [Cause::Ntlm, Cause::OtherName, Cause::OtherDirectory]
            );
        }
        let failure = finding(&found, &Observed::from_ticket_request(7));
        assert_eq!(failure.finding.name(), "contradiction", "{failure}");
    }
}

#[tokio::test]
async fn a_name_that_a_computer_of_another_name_holds_is_told_with_it() {
    let dir = contoso().with_computer("MEM1", "mem1.contoso.com", &["HTTP/portal.contoso.com"]);
    let found = found(&dir, "portal.contoso.com").await;
    assert_eq!(found.verdict.name(), "target-unknown");
    assert!(flat(&found).contains("it is not known whose key WinRM there has"), "{found}");
    assert!(!steps(&found).contains("no WinRM has the key"), "{found}");
    // Clients of another domain may get a ticket for this account.
    let ticket_for = found.ticket_for.clone();
    let mut other = Elsewhere { domain: "contoso.com".to_owned(), ticket_for };
    assert_eq!(texts::ticket(&other), "a ticket for MEM1$ of that domain");
    other.domain = "fabrikam.com".to_owned();
    let account = found.ticket_for.as_ref().unwrap();
    assert_eq!(texts::ticket(&other), format!("a ticket for {account}"));
    let failure = finding(&found, &Observed::from_endpoint(41));
    assert_eq!(failure.finding.name(), "not-an-spn-problem", "{failure}");
    assert!(flat(&failure).contains("locked with the key of MEM1$"), "{failure}");
    assert_eq!(first_causes(&failure)[..2], [Cause::WrongMachine, Cause::MachinePassword]);
    let failure = finding(&found, &Observed::Accepted);
    assert_eq!(failure.finding.name(), "nothing-wrong", "{failure}");
}

#[tokio::test]
async fn only_the_account_that_should_not_hold_the_name_is_named() {
    let names = ["HOST/web7", "HOST/web7.contoso.com"];
    let dir = contoso()
        .with_computer("WEB7", "web7.contoso.com", &names)
        .with_computer("OLD7", "", &names);
    for mut dir in [dir.clone(), dir.with_user("web7", &[])] {
        dir.account_mut("OLD7$").unwrap().dns_host_name = None;
        let found = found(&dir, "web7").await;
        assert_eq!(found.verdict.name(), "duplicate");
        assert!(steps(&found).contains("setspn -D host/web7 OLD7"), "{found}");
        assert!(!steps(&found).contains("WEB7\n") && steps(&found).contains("WEB7$ keeps it"));
        assert!(steps(&found).contains("HTTP is an alias of host"), "{found}");
    }
}

#[tokio::test]
async fn a_command_names_one_account_only() {
    let dir = contoso()
        .with_computer("WEB7", "web7.contoso.com", &["HOST/web7", "HOST/web7.contoso.com"])
        .with_computer("SVC", "svc.contoso.com", &[])
        .with_user("web7", &["HTTP/web7.contoso.com"])
        .with_user("svc", &["HTTP/web7"]);
    let full = found(&dir, "web7.contoso.com").await;
    assert!(steps(&full).contains("setspn -U -D HTTP/web7.contoso.com web7"), "{full}");
    let short = found(&dir, "web7").await;
    assert!(steps(&short).contains("setspn -U -D HTTP/web7 svc"), "{short}");
    // A managed service account keeps its `$`.
    let mut dir = contoso()
        .with_computer("WEB7", "web7.contoso.com", &["HOST/web7", "HOST/web7.contoso.com"])
        .with_user("gmsa$", &["HTTP/web7"]);
    dir.account_mut("gmsa$").unwrap().kind = AccountKind::ManagedService;
    let managed = found(&dir, "web7").await;
    assert!(steps(&managed).contains("setspn -D HTTP/web7 gmsa$"), "{managed}");
    // In another domain.
    let dir = contoso()
        .served_from(CHILD, "CHILD")
        .with_user("svc", &["HTTP/old.contoso.com"])
        .with_computer("APP", "app.child.contoso.com", &["HTTP/old.contoso.com"])
        .served_from(ROOT, "CONTOSO");
    let far = found(&dir, "old.contoso.com").await;
    for command in [
        r#"setspn -U -D HTTP/old.contoso.com "child.contoso.com\svc""#,
        r#"setspn -D HTTP/old.contoso.com "child.contoso.com\APP""#,
    ] {
        assert!(steps(&far).contains(command), "{far}");
    }
}

fn twins() -> InMemoryDirectory {
    contoso()
        .with_computer("WEB7", "web7.contoso.com", &["HOST/web7", "HOST/web7.contoso.com"])
        .served_from(CHILD, "CHILD")
        .with_computer(
            "WEB7",
            "web7.child.contoso.com",
            &["HOST/web7", "HOST/web7.child.contoso.com"],
        )
}

#[tokio::test]
async fn twins_in_two_domains_are_healthy_for_their_own_clients() {
    for (domain, netbios, other) in
        [(ROOT, "CONTOSO", "child.contoso.com"), (CHILD, "CHILD", "contoso.com")]
    {
        let dir = twins().served_from(domain, netbios);
        let found = found(&dir, "web7").await;
        assert_eq!(found.verdict.name(), "healthy", "{found}");
        assert!(found.owners[0].dn.ends_with(&format!("CN=Computers,{domain}")), "{found}");
        assert!(!steps(&found).contains("setspn"), "{found}");
        assert!(steps(&found).contains("use full names"), "{found}");
        assert!(flat(&found).contains("is another host with the same short name;"), "{found}");
        assert_eq!(found.elsewhere[0].domain, other);
        let text = flat(&found);
        assert_eq!(text.matches("a ticket for WEB7$ of that domain").count(), 1, "{text}");
        let failure = finding(&found, &Observed::from_endpoint(41));
        assert_eq!(failure.finding.name(), "not-an-spn-problem", "{failure}");
        assert!(flat(&failure).contains(&format!("A client of {other}")), "{failure}");
        for full in ["web7.contoso.com", "web7.child.contoso.com"] {
            let found = self::found(&dir, full).await;
            assert_eq!(found.verdict.name(), "healthy", "{found}");
            assert!(!steps(&found).contains("setspn"), "{found}");
        }
    }
}

#[tokio::test]
async fn a_holder_in_another_domain_shadows_the_name_there_only() {
    let dir = contoso()
        .with_computer("WEB7", "web7.contoso.com", &["HOST/web7", "HOST/web7.contoso.com"])
        .served_from(CHILD, "CHILD")
        .with_user("svc_web", &["HTTP/web7.contoso.com"]);
    let child = found(&dir, "web7.contoso.com").await;
    assert_eq!(child.verdict.name(), "shadowed", "{child}");
    assert!(steps(&child).contains("setspn -D HTTP/web7.contoso.com svc_web"), "{child}");
    let root = found(&dir.served_from(ROOT, "CONTOSO"), "web7.contoso.com").await;
    assert_eq!(root.verdict.name(), "healthy", "{root}");
    assert!(flat(&root).contains("svc_web in the domain child.contoso.com holds"), "{root}");
    assert!(
        steps(&root).contains("clients of child.contoso.com get a ticket for svc_web"),
        "{root}"
    );
}

/// `WEB9$`, and an object that has its `dNSHostName`.
fn rejoined(name: &str, enabled: bool, spns: &[&str]) -> InMemoryDirectory {
    let mut dir = contoso()
        .with_computer("WEB9", "web9.contoso.com", &["HOST/web9", "HOST/web9.contoso.com"])
        .with_computer(name, "web9.contoso.com", spns);
    dir.account_mut(&format!("{name}$")).unwrap().enabled = enabled;
    dir
}

#[tokio::test]
async fn a_stale_object_of_the_host_is_named_and_does_not_matter() {
    for (enabled, why, what, line) in [
        (
            false,
            RivalKind::Disabled,
            "delete WEB9OLD$ (CN=WEB9OLD,CN=Computers,DC=contoso,DC=com)",
            "has the same host name, but is disabled: it was left behind; it is not the one that \
             is meant",
        ),
        (
            true,
            RivalKind::SameHostName,
            "correct the dNSHostName of WEB9OLD$",
            "has the same dNSHostName; it is not the one that is meant",
        ),
    ] {
        let dir = rejoined("WEB9OLD", enabled, &[]);
        let healthy = found(&dir, "web9.contoso.com").await;
        assert_eq!(healthy.verdict.name(), "healthy", "{healthy}");
        assert_eq!(healthy.rivals[0].why, why);
        assert!(healthy.next_steps.last().unwrap().starts_with(what), "{healthy}");
        let line = format!("WEB9OLD$ (CN=WEB9OLD,CN=Computers,{ROOT}) {line}");
        assert!(healthy.evidence.contains(&line), "{healthy}");
        let dir = dir.with_user("svc_app", &["HTTP/web9.contoso.com"]);
        let shadowed = found(&dir, "web9.contoso.com").await;
        assert_eq!(shadowed.verdict.name(), "shadowed", "{shadowed}");
        assert_eq!(shadowed.owners[0].name, "WEB9$");
        assert!(steps(&shadowed).contains("setspn -D HTTP/web9.contoso.com svc_app"), "{shadowed}");
    }
    // The stale one holds the name.
    let dir = rejoined("WEB9OLD", false, &["HTTP/web9.contoso.com"]);
    let held = found(&dir, "web9.contoso.com").await;
    assert_eq!(held.verdict.name(), "holder-disabled", "{held}");
    assert!(steps(&held).contains("setspn -D HTTP/web9.contoso.com WEB9OLD"), "{held}");
    // An enabled one may use it: first its dNSHostName.
    let dir = rejoined("WEB9OLD", true, &["HTTP/web9.contoso.com"]);
    let held = found(&dir, "web9.contoso.com").await;
    assert_eq!(held.verdict.name(), "shadowed", "{held}");
    assert!(!steps(&held).contains("setspn"), "{held}");
    assert!(steps(&held).contains("correct the dNSHostName of WEB9OLD$"), "{held}");
}

#[tokio::test]
async fn a_stale_object_gets_no_name_of_the_one_that_replaced_it() {
    let dir = rejoined("WEB9OLD", false, &[]);
    let found = found(&dir, "web9old").await;
    assert_eq!(found.owners[0].name, "WEB9OLD$");
    assert!(!steps(&found).contains("setspn -R"), "{found}");
}

#[tokio::test]
async fn the_loser_of_a_conflict_is_stale_even_if_it_is_enabled() {
    let mut dir = rejoined("WEB9OLD", true, &["HOST/web9", "HOST/web9.contoso.com"]);
    let mut loser: Account = dir.account_mut("WEB9OLD$").unwrap().clone();
    dir.remove(&loser.dn.clone());
    loser.dn = format!("CN=WEB9\\0ACNF:0a1b,CN=Computers,{ROOT}");
    "WEB9CNF$".clone_into(&mut loser.name);
    dir.insert(loser);
    let found = found(&dir, "web9.contoso.com").await;
    assert_eq!(found.verdict.name(), "duplicate", "{found}");
    assert_eq!(found.rivals[0].why, RivalKind::Conflict);
    assert!(steps(&found).contains("setspn -D host/web9.contoso.com WEB9CNF"), "{found}");
    assert!(steps(&found).contains("lost a conflict and is stale"), "{found}");
    assert!(flat(&found).contains("has the name too, but lost a conflict between two"), "{found}");
}

#[tokio::test]
async fn host_on_the_wrong_account_is_given_back() {
    let dir = contoso()
        .with_computer(
            "NEW9",
            "new9.contoso.com",
            &["HOST/new9", "HOST/new9.contoso.com", "HOST/old9", "HOST/old9.contoso.com"],
        )
        .with_computer("OLD9", "old9.contoso.com", &[]);
    let found = found(&dir, "old9.contoso.com").await;
    assert_eq!(found.verdict.name(), "shadowed", "{found}");
    let names: Vec<String> = found.misplaced_host.iter().map(|name| name.spn.to_string()).collect();
    assert_eq!(names, ["HOST/old9", "HOST/old9.contoso.com"]);
    for (at, command) in
        ["setspn -D host/old9.contoso.com NEW9", "setspn -D HOST/old9 NEW9", "setspn -R OLD9"]
            .into_iter()
            .enumerate()
    {
        assert!(found.next_steps[at].ends_with(command), "{found}");
    }
    // Nowhere.
    let dir = contoso().with_computer("OLD9", "old9.contoso.com", &[]);
    let missing = self::found(&dir, "old9.contoso.com").await;
    assert_eq!(missing.verdict.name(), "missing");
    assert!(missing.next_steps[0].ends_with("setspn -R OLD9"), "{missing}");
}

#[tokio::test]
async fn a_cluster_name_is_never_healthy() {
    let cluster = ["HOST/cluster1", "HOST/cluster1.contoso.com", "MSServerCluster/cluster1"];
    let wsman = ["WSMAN/cluster1", "WSMAN/cluster1.contoso.com"];
    let client = || ClientProfile::default().with_prefix(ServiceClass::WSMAN);
    for class in ["MSClusterVirtualServer", "MSServerCluster", "MSServerClusterMgmtAPI"] {
        let own = format!("{class}/cluster1.contoso.com");
        let names = [&cluster[..2], &wsman[..], &[own.as_str()][..]].concat();
        let dir = contoso().with_computer("CLUSTER1", "cluster1.contoso.com", &names);
        for client in [client(), ClientProfile::default()] {
            let found = asked(&dir, "cluster1.contoso.com", &client).await;
            assert_eq!(found.verdict.name(), "cluster-name", "{found}");
            assert!(found.next_steps[0].starts_with("connect to a node's own name"), "{found}");
            assert!(found.other_names.iter().all(|other| !other.works), "{found}");
            let failure = finding(&found, &Observed::from_endpoint(41));
            assert_eq!(failure.finding.name(), "explained", "{failure}");
            let why = "the cluster's node that answers has the key of its own account.";
            assert!(flat(&failure).contains(why), "{failure}");
            let failure = finding(&found, &Observed::Accepted);
            assert_eq!(failure.finding.name(), "contradiction", "{failure}");
        }
    }
    // Without WSMAN names there is no ticket, and registering them would not help.
    let dir = contoso().with_computer("CLUSTER1", "cluster1.contoso.com", &cluster);
    let found = asked(&dir, "cluster1.contoso.com", &client()).await;
    assert_eq!(found.verdict.name(), "cluster-name", "{found}");
    assert_eq!(found.ticket_for, None);
    assert!(!steps(&found).contains("setspn"), "{found}");
    let failure = finding(&found, &Observed::from_ticket_request(7));
    assert_eq!(failure.finding.name(), "explained", "{failure}");
    // A node is a computer.
    let node = ["HOST/n1.contoso.com", "RestrictedKrbHost/n1", "MSServerClusterMgmtAPI/n1"];
    let dir = contoso().with_computer("N1", "n1.contoso.com", &node);
    assert_eq!(self::found(&dir, "n1.contoso.com").await.verdict.name(), "healthy");
}

#[tokio::test]
async fn every_name_of_a_computer_leads_to_it() {
    let mut dir = contoso()
        .with_computer(
            "FS1",
            "fs1.contoso.com",
            &["HOST/fs1", "HOST/fs1.contoso.com", "HOST/alt", "HOST/alt.contoso.com"],
        )
        .with_computer(
            "VERYLONGSERVERN",
            "verylongservername.contoso.com",
            &["HOST/VERYLONGSERVERN", "HOST/verylongservername.contoso.com"],
        )
        .with_computer("ODD1", "odd.other.example", &["HOST/odd", "HOST/odd.other.example"]);
    dir.account_mut("FS1$").unwrap().additional_names =
        vec!["alt.contoso.com".to_owned(), "ALT".to_owned()];
    for (host, owner) in [
        ("alt.contoso.com", "FS1$"),
        ("alt", "FS1$"),
        ("fs1", "FS1$"),
        ("verylongservername.contoso.com", "VERYLONGSERVERN$"),
        ("verylongservern", "VERYLONGSERVERN$"),
        ("odd", "ODD1$"),
        ("odd.other.example", "ODD1$"),
    ] {
        let found = found(&dir, host).await;
        assert_eq!(found.owners.len(), 1, "{found}");
        assert_eq!((found.verdict.name(), found.owners[0].name.as_str()), ("healthy", owner));
    }
    // The whole label is a name, too, and Windows does not register it.
    let found = found(&dir, "verylongservername").await;
    assert_eq!(
        (found.verdict.name(), found.owners[0].name.as_str()),
        ("missing", "VERYLONGSERVERN$")
    );
    assert!(steps(&found).contains("setspn -S HTTP/verylongservername VERYLONGSERVERN"), "{found}");
}

#[tokio::test]
async fn what_only_the_directory_says_is_told_as_that() {
    let dir = contoso().with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1.contoso.com"]);
    let found = found(&dir, "mem1.contoso.com").await;
    let text = flat(&found);
    assert!(!text.contains("logon works"), "{text}");
    assert!(text.contains("by the directory, WinRM has its key"), "{text}");
    let failure = finding(&found, &Observed::from_endpoint(41)).to_string();
    assert!(failure.contains("kvno -S HTTP mem1.contoso.com\n"), "{failure}");
    assert!(failure.contains("grep -rsE 'enctypes|"), "{failure}");
}
