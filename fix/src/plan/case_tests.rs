//! Directories with history, as reports from the field describe them.

use super::tests::{commands, edits, planned};
use super::*;
use crate::{
    ClientProfile, Directory, InMemoryDirectory, InMemoryJournal, InMemorySettings, Journal, apply,
    diagnose_in, rollback, verify,
};

fn contoso() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
}

async fn plan_of(dir: &mut InMemoryDirectory, target: &str, remedy: &Remedy) -> Plan {
    planned(dir, target, remedy, &ClientProfile::default()).await.unwrap()
}

fn warned(plan: &Plan, kind: WarningKind) -> bool {
    plan.warnings.iter().any(|warning| warning.kind == kind)
}

/// The warning of a name that leads to the wrong account after the plan too.
fn broken(plan: &Plan) -> &str {
    let warning = plan.warnings.iter().find(|warning| warning.kind == WarningKind::StillBroken);
    warning.map_or("", |warning| warning.text.as_str())
}

/// Applies the plan, verifies it, asks under each of these names, and takes it back.
async fn mends(dir: &mut InMemoryDirectory, plan: &Plan, names: &[&str]) {
    let before = dir.clone();
    let mut settings = InMemorySettings::default();
    let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), plan).unwrap();
    apply(dir, &mut settings, &mut journal).await.unwrap();
    let read = verify(dir, &mut settings, plan).await.unwrap();
    assert!(read.ok(), "{plan}\n{read}");
    for name in names {
        let found = diagnose_in(dir, &name.parse().unwrap(), &plan.client_after).await.unwrap();
        assert!(found.verdict.is_healthy(), "{name}: {found}");
    }
    rollback(dir, &mut settings, &mut journal).await.unwrap();
    for (now, then) in dir.accounts().iter().zip(before.accounts()) {
        assert!(crate::names::same_set(&now.spns, &then.spns), "{now:?} {then:?}");
    }
}

/// The machine OLD9 was replaced by NEW9, whose account has the HOST names of both.
fn replaced() -> InMemoryDirectory {
    contoso()
        .with_computer(
            "NEW9",
            "new9.contoso.com",
            &["HOST/new9", "HOST/new9.contoso.com", "HOST/old9", "HOST/old9.contoso.com"],
        )
        .with_computer("OLD9", "old9.contoso.com", &[])
}

#[tokio::test]
async fn host_comes_back_from_the_computer_that_took_it() {
    let mut dir = replaced();
    let plan = plan_of(&mut dir, "old9.contoso.com", &Remedy::GiveHostBack).await;
    assert_eq!(
        edits(&plan),
        [
            "-NEW9$ HOST/old9",
            "+OLD9$ HOST/old9",
            "-NEW9$ HOST/old9.contoso.com",
            "+OLD9$ HOST/old9.contoso.com",
        ]
    );
    assert_eq!(
        commands(&plan),
        [
            "setspn -D HOST/old9 NEW9",
            "setspn -S HOST/old9 OLD9",
            "setspn -D HOST/old9.contoso.com NEW9",
            "setspn -S HOST/old9.contoso.com OLD9",
            "klist purge",
        ]
    );
    assert!(!warned(&plan, WarningKind::StillBroken), "{plan}");
    // NEW9 held the names before.
    assert!(!plan.impact.iter().any(|one| one.text.contains("nobody held it before")), "{plan}");
    assert!(plan.to_string().contains("NEW9$ keeps HOST/new9, HOST/new9.contoso.com"), "{plan}");
    mends(&mut dir, &plan, &["old9", "old9.contoso.com", "new9", "new9.contoso.com"]).await;
}

#[tokio::test]
async fn host_comes_back_with_the_aliases_of_a_machine() {
    let mut dir = replaced();
    let values = ["http/old9", "cifs/old9.contoso.com", "TERMSRV/old9", "HTTP/new9"];
    dir.account_mut("NEW9$").unwrap().spns.extend(values.map(str::to_owned));
    let plan = plan_of(&mut dir, "old9", &Remedy::GiveHostBack).await;
    let taken = ["-NEW9$ http/old9", "-NEW9$ cifs/old9.contoso.com"];
    assert!(taken.iter().all(|edit| edits(&plan).contains(&(*edit).to_owned())), "{plan}");
    assert!(plan.to_string().contains("HTTP/new9"), "{plan}");
    mends(&mut dir, &plan, &["old9", "old9.contoso.com", "new9"]).await;
}

#[tokio::test]
async fn host_comes_back_from_a_user_and_from_nowhere() {
    let names = ["web7", "web7.contoso.com"];
    let hosts = ["HOST/web7", "HOST/web7.contoso.com"];
    let joined_again = contoso().with_computer("WEB7", names[1], &[]);
    for (mut dir, expected) in [
        (joined_again.clone(), vec!["+WEB7$ HOST/web7", "+WEB7$ HOST/web7.contoso.com"]),
        (
            joined_again.clone().with_user("svc_app", &hosts),
            vec![
                "-svc_app HOST/web7",
                "+WEB7$ HOST/web7",
                "-svc_app HOST/web7.contoso.com",
                "+WEB7$ HOST/web7.contoso.com",
            ],
        ),
        (
            contoso()
                .with_computer("WEB7", names[1], &hosts[..1])
                .with_user("svc_app", &["host/WEB7.contoso.com"]),
            vec!["-svc_app host/WEB7.contoso.com", "+WEB7$ HOST/web7.contoso.com"],
        ),
    ] {
        let plan = plan_of(&mut dir, "web7", &Remedy::GiveHostBack).await;
        assert_eq!(edits(&plan), expected);
        mends(&mut dir, &plan, &names).await;
    }
}

#[tokio::test]
async fn a_user_keeps_the_web_name_when_host_goes_back() {
    let values = ["HOST/web7", "HOST/web7.contoso.com", "HTTP/web7.contoso.com"];
    let mut dir =
        contoso().with_computer("WEB7", "web7.contoso.com", &[]).with_user("svc_web", &values);
    let plan = plan_of(&mut dir, "web7", &Remedy::GiveHostBack).await;
    assert!(!edits(&plan).iter().any(|edit| edit.contains("HTTP/")), "{plan}");
    assert!(warned(&plan, WarningKind::StillBroken), "{plan}");
    // Nothing runs as a disabled account.
    dir.account_mut("svc_web").unwrap().enabled = false;
    let plan = plan_of(&mut dir, "web7", &Remedy::GiveHostBack).await;
    mends(&mut dir, &plan, &["web7", "web7.contoso.com"]).await;
}

#[tokio::test]
async fn where_host_is_right_there_is_nothing_to_give_back() {
    let mut dir = contoso().with_computer(
        "WEB7",
        "web7.contoso.com",
        &["host/WEB7", "HOST/web7.contoso.com"],
    );
    let plan = plan_of(&mut dir, "web7", &Remedy::GiveHostBack).await;
    assert!(plan.is_nothing_to_do() && plan.already.len() == 2, "{plan}");
}

/// Two computers of one short name, each in a domain of its own.
fn twins() -> InMemoryDirectory {
    let mut dir = contoso().with_computer(
        "WEB7",
        "web7.contoso.com",
        &["HOST/web7", "HOST/web7.contoso.com"],
    );
    let mut twin = dir.accounts()[0].clone();
    twin.dn = "CN=WEB7,CN=Computers,DC=child,DC=contoso,DC=com".to_owned();
    twin.dns_host_name = Some("web7.child.contoso.com".to_owned());
    twin.guid = None;
    twin.spns = vec!["HOST/web7".to_owned(), "HOST/web7.child.contoso.com".to_owned()];
    dir.insert(twin);
    dir
}

#[tokio::test]
async fn a_twin_in_another_domain_keeps_its_names() {
    for remedy in
        [Remedy::HostPrefix, Remedy::GiveHostBack, Remedy::RemoveRegistration { account: None }]
    {
        let plan = plan_of(&mut twins(), "web7.contoso.com", &remedy).await;
        assert_eq!(edits(&plan), Vec::<String>::new(), "{remedy}");
    }
    // The name is where it should be, whoever else has it.
    let plan = plan_of(&mut twins(), "web7.contoso.com", &Remedy::GiveHostBack).await;
    assert_eq!(plan.already, ["HOST/web7 is on WEB7$", "HOST/web7.contoso.com is on WEB7$"]);
    // What the twin holds rightly is not given to the other one.
    let mut dir = twins();
    dir.account_mut("WEB7$").unwrap().spns.clear();
    let plan = plan_of(&mut dir, "web7.contoso.com", &Remedy::GiveHostBack).await;
    assert_eq!(edits(&plan), ["+WEB7$ HOST/web7.contoso.com"]);
    assert!(plan.already[0].contains("DC=child,"), "{plan}");
}

/// The computer `WEB7` and the user `svc_app`, who holds these names, in the domain at this DN.
fn beside_a_user(domain: &str, values: &[&str]) -> InMemoryDirectory {
    let hosts = ["HOST/web7", "HOST/web7.contoso.com"];
    let mut dir =
        contoso().with_computer("WEB7", "web7.contoso.com", &hosts).with_user("svc_app", values);
    dir.account_mut("svc_app").unwrap().dn = format!("CN=svc_app,{domain}");
    dir
}

const CHILD: &str = "DC=child,DC=contoso,DC=com";

#[tokio::test]
async fn a_second_holder_counts_in_the_domain_of_the_computer() {
    let (mut here, mut far) =
        (beside_a_user("DC=contoso,DC=com", &["HOST/web7"]), beside_a_user(CHILD, &["HOST/web7"]));
    let plan = plan_of(&mut here, "web7", &Remedy::GiveHostBack).await;
    assert_eq!(edits(&plan), ["-svc_app HOST/web7"]);
    let default = ClientProfile::default();
    let error = planned(&mut here, "web7", &Remedy::HostPrefix, &default).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-HELD-BY-OTHER");
    // The KDC of the computer's domain does not look further.
    for remedy in [Remedy::GiveHostBack, Remedy::HostPrefix] {
        let plan = plan_of(&mut far, "web7", &remedy).await;
        assert_eq!(edits(&plan), Vec::<String>::new(), "{plan}");
        assert_eq!(plan.already[0], "HOST/web7 is on WEB7$", "{plan}");
    }
}

#[tokio::test]
async fn an_additional_name_goes_back_if_somebody_has_it() {
    let alt = ["HOST/alt", "HOST/alt.contoso.com"];
    for (holder, expected, already) in [
        ("", vec![], 2),
        ("WEB7$", vec![], 4),
        ("svc_app", vec!["-svc_app HOST/alt", "+WEB7$ HOST/alt"], 2),
    ] {
        let mut dir = beside_a_user("DC=contoso,DC=com", &[]);
        dir.account_mut("WEB7$").unwrap().additional_names = vec!["alt.contoso.com".to_owned()];
        let values = if holder == "WEB7$" { &alt[..] } else { &alt[..1] };
        if let Some(account) = dir.account_mut(holder) {
            account.spns.extend(values.iter().map(ToString::to_string));
        }
        let plan = plan_of(&mut dir, "web7", &Remedy::GiveHostBack).await;
        assert_eq!(edits(&plan), expected, "{holder}");
        assert_eq!(plan.already.len(), already, "{holder}: {plan}");
    }
}

#[tokio::test]
async fn what_clients_of_another_domain_get_wrong_is_said() {
    let remedy = Remedy::RemoveRegistration { account: None };
    let plan = plan_of(&mut beside_a_user(CHILD, &["HTTP/web7"]), "web7", &remedy).await;
    let text = broken(&plan);
    assert!(text.contains("in child.contoso.com, HTTP/web7 leads to svc_app"), "{text}");
    // A computer of that name is right there.
    let plan = plan_of(&mut twins(), "web7", &remedy).await;
    assert_eq!(broken(&plan), "", "{plan}");
}

#[tokio::test]
async fn what_the_name_leads_to_afterwards_is_said() {
    let remedy = Remedy::RemoveRegistration { account: Some("svc_web".parse().unwrap()) };
    let full = "web7.contoso.com";
    let without = contoso()
        .with_computer("WEB7", full, &["HOST/web7"])
        .with_user("svc_web", &["HTTP/web7.contoso.com"]);
    let mut left = without.clone().with_user("svc_app", &["HOST/web7.contoso.com"]);
    left.account_mut("svc_app").unwrap().enabled = false;
    for (mut dir, verdict) in [(without, "missing"), (left, "holder-disabled")] {
        let plan = plan_of(&mut dir, full, &remedy).await;
        assert_eq!(edits(&plan), ["-svc_web HTTP/web7.contoso.com"]);
        let after = plan.after(&DirectorySnapshot::of(
            dir.domain().await.unwrap(),
            crate::SpnMappings::windows_default(),
            dir.accounts().to_vec(),
        ));
        let found = crate::diagnose(&after, &plan.target, &plan.client_after).unwrap();
        assert_eq!(found.verdict.name(), verdict);
        let expected = format!("afterwards HTTP/{full}: {}", found.verdict);
        assert!(broken(&plan).ends_with(&expected), "{plan}");
    }
}

#[tokio::test]
async fn what_changed_since_the_plan_is_named() {
    let mut dir = beside_a_user("DC=contoso,DC=com", &["HTTP/web7"])
        .with_user("svc_web", &["HTTP/web7.contoso.com"]);
    let remedy = Remedy::RemoveRegistration { account: None };
    let plan = plan_of(&mut dir, "web7", &remedy).await;
    for name in ["svc_app", "svc_web"] {
        dir.account_mut(name).unwrap().spns.push(format!("HTTP/{name}"));
    }
    let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
    let refused = apply(&mut dir, &mut InMemorySettings::default(), &mut journal).await;
    let Err(crate::ApplyError::Outdated { differences }) = refused else { panic!("{refused:?}") };
    let places: Vec<&str> = differences.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(places, ["CN=svc_app,DC=contoso,DC=com", "CN=svc_web,CN=Users,DC=contoso,DC=com"]);
}

#[tokio::test]
async fn the_port_that_is_asked_for_is_planned() {
    let enter = "Enter-PSSession -ComputerName web7.contoso.com";
    let option = "-SessionOption (New-PSSessionOption -IncludePortInSPN)";
    for (port, with) in
        [(5985, ""), (5986, " -UseSSL"), (80, " -Port 80"), (443, " -UseSSL -Port 443")]
    {
        let mut dir = contoso()
            .with_computer("WEB7", "web7.contoso.com", &["HOST/web7", "HOST/web7.contoso.com"])
            .with_user("svc_web", &["HTTP/web7", "HTTP/web7.contoso.com"]);
        let plan = plan_of(&mut dir, "web7.contoso.com", &Remedy::PortSpns { port }).await;
        let full = format!("+WEB7$ HTTP/web7.contoso.com:{port}");
        assert_eq!(edits(&plan), [format!("+WEB7$ HTTP/web7:{port}"), full]);
        assert_eq!(commands(&plan).last(), Some(&format!("{enter}{with} {option}").as_str()));
        assert!(plan.to_string().contains(&format!("{with} {option}")), "{plan}");
        let text = plan.to_string();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("With each connection"), "{text}");
        let why = format!("{option}, so that the port {port} is part of the name");
        assert!(text.contains(format!("{with} {why}").trim_start()), "{text}");
        for form in crate::HandOff::ALL {
            let text = plan.hand_off(form).unwrap().text.replace("\n# ", " ");
            assert!(text.contains(&format!("with each connection:{with} -Session")), "{text}");
        }
        mends(&mut dir, &plan, &["web7", "web7.contoso.com"]).await;
    }
}

#[tokio::test]
async fn no_port_and_no_session_options_are_refused() {
    let mut dir = contoso().with_computer("WEB7", "web7.contoso.com", &[]);
    let default = ClientProfile::default();
    let error = planned(&mut dir, "web7", &Remedy::PortSpns { port: 0 }, &default).await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-SPN");
    assert!(error.to_string().contains("0 is not a port"), "{error}");
    let forwarding = default.without_session_options();
    let error = planned(&mut dir, "web7", &Remedy::PortSpns { port: 5985 }, &forwarding).await;
    assert_eq!(error.unwrap_err().code(), "SPNFIX-NO-SESSION-OPTIONS");
}

#[tokio::test]
async fn a_clusters_name_is_warned_about() {
    let values = ["HOST/cluster1", "HOST/cluster1.contoso.com", "MSServerCluster/cluster1"];
    let virtual_server =
        ["HOST/cluster1.contoso.com", "MSClusterVirtualServer/cluster1.contoso.com"];
    for values in [&values[..], &virtual_server] {
        let mut dir = contoso().with_computer("CLUSTER1", "cluster1.contoso.com", values);
        for remedy in [Remedy::WsmanPrefix, Remedy::PortSpns { port: 5985 }] {
            let plan = plan_of(&mut dir, "cluster1.contoso.com", &remedy).await;
            assert!(warned(&plan, WarningKind::ClusterName), "{plan}");
            // All its names lead to its account, which is right for the directory.
            assert!(!warned(&plan, WarningKind::StillBroken), "{plan}");
        }
    }
    // A node has names of the cluster's management.
    let node = ["HOST/node1", "RestrictedKrbHost/node1", "MSServerClusterMgmtAPI/node1"];
    let mut dir = contoso().with_computer("NODE1", "node1.contoso.com", &node);
    let plan = plan_of(&mut dir, "node1", &Remedy::WsmanPrefix).await;
    assert!(!warned(&plan, WarningKind::ClusterName), "{plan}");
}

#[tokio::test]
async fn a_hint_names_the_holder_and_no_other_account() {
    let port = Remedy::PortSpns { port: 5985 };
    let default = ClientProfile::default();
    let base = || contoso().with_computer("WEB7", "web7.contoso.com", &[]);
    for (name, dn, hint) in [
        ("svc_web", "CN=svc_web,DC=contoso,DC=com", "setspn -D HTTP/web7:5985 svc_web"),
        ("web7", "CN=web7,DC=contoso,DC=com", "setspn -U -D HTTP/web7:5985 web7"),
        (
            "svc_web",
            "CN=svc_web,DC=child,DC=contoso,DC=com",
            r#"setspn -U -D HTTP/web7:5985 "child.contoso.com\svc_web""#,
        ),
        ("a$b", "CN=a,DC=contoso,DC=com", "by LDIF (hand-off ldif)"),
    ] {
        let mut dir = base().with_user("svc_web", &["HTTP/web7:5985"]);
        let web = dir.account_mut("svc_web").unwrap();
        (web.name, web.dn) = (name.to_owned(), dn.to_owned());
        let error = planned(&mut dir, "web7", &port, &default).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-HELD-BY-OTHER");
        assert!(error.hint().contains(hint), "{}", error.hint());
    }
}

#[tokio::test]
async fn a_command_for_a_user_with_a_computers_name_says_so() {
    let mut dir = contoso()
        .with_computer("WEB7", "web7.contoso.com", &["HOST/web7", "HOST/web7.contoso.com"])
        .with_user("web7", &["HTTP/web7"]);
    let remedy = Remedy::RemoveRegistration { account: None };
    let plan = plan_of(&mut dir, "web7", &remedy).await;
    assert_eq!(commands(&plan)[0], "setspn -U -D HTTP/web7 web7");
    // Also where the computer has nothing to do with the target.
    let mut dir = dir.with_computer("SHOP", "shop.contoso.com", &[]).with_user("shop", &[]);
    let spns = std::mem::take(&mut dir.account_mut("web7").unwrap().spns);
    dir.account_mut("shop").unwrap().spns = spns;
    let plan = plan_of(&mut dir, "web7", &remedy).await;
    assert_eq!(commands(&plan)[0], "setspn -U -D HTTP/web7 shop");
}
