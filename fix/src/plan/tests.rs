use super::*;
use crate::{ClientProfile, DirectorySnapshot, InMemoryDirectory, ServiceClass, plan as make_plan};

fn contoso(web: &[&str]) -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", web)
        .with_user("svc_app", &[])
}

fn shadowed() -> InMemoryDirectory {
    contoso(&["HTTP/www.contoso.com", "http/MEM1", "HTTP/mem1.contoso.com"])
}

fn remove(account: Option<&str>) -> Remedy {
    Remedy::RemoveRegistration { account: account.map(|name| name.parse().unwrap()) }
}

fn wsman() -> ClientProfile {
    ClientProfile::default().with_prefix(ServiceClass::WSMAN)
}

pub(super) async fn planned(
    dir: &mut InMemoryDirectory,
    target: &str,
    remedy: &Remedy,
    client: &ClientProfile,
) -> Result<Plan, PlanError> {
    let target = target.parse().unwrap();
    let seen = DirectorySnapshot::take_for(dir, &target, client, remedy).await.unwrap();
    make_plan(&seen, &target, remedy, client)
}

async fn plan_of(mut dir: InMemoryDirectory, remedy: &Remedy, client: &ClientProfile) -> Plan {
    planned(&mut dir, "mem1.contoso.com", remedy, client).await.unwrap()
}

pub(super) fn edits(plan: &Plan) -> Vec<String> {
    let sign = |change| if change == Change::Add { '+' } else { '-' };
    plan.edits
        .iter()
        .map(|edit| format!("{}{} {}", sign(edit.change), edit.account.name, edit.value))
        .collect()
}

pub(super) fn commands(plan: &Plan) -> Vec<&str> {
    plan.commands.iter().map(|command| command.text.as_str()).collect()
}

fn kinds(plan: &Plan) -> Vec<WarningKind> {
    plan.warnings.iter().map(|warning| warning.kind).collect()
}

#[tokio::test]
async fn edits_of_each_remedy() {
    let port = Remedy::PortSpns { port: 5985 };
    let default = ClientProfile::default();
    let table: Vec<(&[&str], Remedy, ClientProfile, &[&str])> = vec![
        (
            &["http/MEM1", "HTTP/mem1.contoso.com"],
            remove(None),
            default.clone(),
            &["-svc_web http/MEM1", "-svc_web HTTP/mem1.contoso.com"],
        ),
        (
            &["HTTP/mem1.contoso.com"],
            remove(Some("svc_web")),
            default.clone(),
            &["-svc_web HTTP/mem1.contoso.com"],
        ),
        (&["HTTP/mem1.contoso.com"], remove(Some("svc_app")), default.clone(), &[]),
        (
            &["HTTP/www.contoso.com", "HTTP/mem1:80", "HTTP/mem11"],
            remove(None),
            default.clone(),
            &[],
        ),
        (
            &["HTTP/mem1", "WSMAN/mem1"],
            remove(None),
            wsman(),
            &["-svc_web HTTP/mem1", "-svc_web WSMAN/mem1"],
        ),
        (
            &["HTTP/mem1", "HTTP/mem1:5985"],
            remove(None),
            default.clone().with_port(5985),
            &["-svc_web HTTP/mem1", "-svc_web HTTP/mem1:5985"],
        ),
        (
            &["HTTP/mem1"],
            port.clone(),
            default.clone(),
            &["+MEM1$ HTTP/mem1:5985", "+MEM1$ HTTP/mem1.contoso.com:5985"],
        ),
        (
            &[],
            Remedy::PortSpns { port: 8080 },
            default.clone(),
            &["+MEM1$ HTTP/mem1:8080", "+MEM1$ HTTP/mem1.contoso.com:8080"],
        ),
        (
            &["HTTP/mem1"],
            Remedy::WsmanPrefix,
            default.clone(),
            &["+MEM1$ WSMAN/mem1", "+MEM1$ WSMAN/mem1.contoso.com"],
        ),
        (&["HTTP/mem1"], Remedy::HostPrefix, default, &[]),
    ];
    for (web, remedy, client, expected) in table {
        let plan = plan_of(contoso(web), &remedy, &client).await;
        assert_eq!(edits(&plan), expected, "{web:?} {remedy:?}");
    }
}

#[tokio::test]
async fn the_typed_name_makes_no_difference() {
    for remedy in [remove(None), Remedy::PortSpns { port: 5985 }, Remedy::WsmanPrefix] {
        let client = ClientProfile::default();
        let full = planned(&mut shadowed(), "mem1.contoso.com", &remedy, &client).await.unwrap();
        let short = planned(&mut shadowed(), "MEM1", &remedy, &client).await.unwrap();
        assert_eq!(edits(&full), edits(&short), "{remedy:?}");
    }
}

#[tokio::test]
async fn each_edit_expects_what_the_one_before_leaves() {
    let plan = plan_of(shadowed(), &remove(None), &ClientProfile::default()).await;
    assert_eq!(
        plan.edits[0].before,
        ["HTTP/www.contoso.com", "http/MEM1", "HTTP/mem1.contoso.com"]
    );
    assert_eq!(plan.edits[0].after(), plan.edits[1].before);
    assert_eq!(plan.edits[1].after(), ["HTTP/www.contoso.com"]);
}

#[tokio::test]
async fn client_settings_of_each_remedy() {
    let registry = |before: Option<&str>, after: &str| {
        ClientEdit::Registry(RegistryEdit {
            value: RegistryValue::spn_prefix(),
            before: before.map(str::to_owned),
            after: Some(after.to_owned()),
        })
    };
    let default = ClientProfile::default;
    let port = Remedy::PortSpns { port: 5985 };
    let table: Vec<(Remedy, ClientProfile, Vec<ClientEdit>, &str)> = vec![
        (remove(None), default(), vec![], "HTTP/mem1.contoso.com"),
        (
            port,
            default(),
            vec![ClientEdit::IncludePortInSpn { port: 5985 }],
            "HTTP/mem1.contoso.com:5985",
        ),
        (Remedy::WsmanPrefix, default(), vec![registry(None, "WSMAN")], "WSMAN/mem1.contoso.com"),
        (Remedy::WsmanPrefix, wsman(), vec![], "WSMAN/mem1.contoso.com"),
        (Remedy::HostPrefix, default(), vec![registry(None, "HOST")], "HOST/mem1.contoso.com"),
        (
            Remedy::HostPrefix,
            wsman(),
            vec![registry(Some("WSMAN"), "HOST")],
            "HOST/mem1.contoso.com",
        ),
    ];
    for (remedy, client, expected, requested) in table {
        let plan = plan_of(shadowed(), &remedy, &client).await;
        assert_eq!(plan.client, expected, "{remedy:?} {client:?}");
        assert_eq!(plan.client_after.requested_spn(&plan.target), requested.parse().unwrap());
    }
}

#[tokio::test]
async fn a_registry_edit_says_what_it_sets_and_what_its_undo_does() {
    let value = RegistryValue::spn_prefix();
    for (client, undone) in [
        (ClientProfile::default(), format!("delete {value}")),
        (wsman(), format!("set {value} to WSMAN")),
    ] {
        let plan = plan_of(shadowed(), &Remedy::HostPrefix, &client).await;
        let steps = plan.steps();
        assert_eq!(steps[0].to_string(), format!("set {value} to HOST"));
        assert_eq!(steps[0].undone(), undone);
    }
    let plan = plan_of(contoso(&["HTTP/mem1"]), &remove(None), &ClientProfile::default()).await;
    let holder = &plan.edits[0].account;
    assert_eq!(plan.steps()[0].undone(), format!("add HTTP/mem1 to {holder}"));
}

#[tokio::test]
async fn nothing_to_do_is_a_plan() {
    let mut dir = contoso(&[]);
    let computer = dir.account_mut("MEM1$").unwrap();
    computer.spns.extend(["wsman/MEM1".to_owned(), "WSMAN/mem1.contoso.com".to_owned()]);
    let plan = plan_of(dir, &Remedy::WsmanPrefix, &wsman()).await;
    assert!(plan.is_nothing_to_do());
    assert_eq!(plan.already.len(), 3, "{plan}");
    assert!(plan.to_string().contains("Nothing to do."));
    assert!(commands(&plan).is_empty());

    let plan = plan_of(contoso(&[]), &remove(None), &ClientProfile::default()).await;
    assert!(plan.is_nothing_to_do());
    assert_eq!(
        plan.already,
        ["no wrong account holds a name of mem1.contoso.com that the client asks for"]
    );
}

#[tokio::test]
async fn refusals_say_why() {
    let default = ClientProfile::default();
    let mut two = contoso(&[]).with_computer("MEM2", "mem1.contoso.com", &[]);
    // Neither is called like the host, nor holds its HOST names: nothing tells which is meant.
    let one = two.account_mut("MEM1$").unwrap();
    (one.name, one.spns) = ("OLD1$".to_owned(), Vec::new());
    let mut far = shadowed();
    far.account_mut("svc_web").unwrap().dn = "CN=svc_web,DC=sub,DC=contoso,DC=com".to_owned();
    // Otherwise the KDC of this domain does not look there.
    far.account_mut("MEM1$").unwrap().spns.clear();
    let table = vec![
        (contoso(&[]), "nosuch", remove(None), "SPNFIX-UNKNOWN-TARGET"),
        (two, "mem1.contoso.com", remove(None), "SPNFIX-AMBIGUOUS-TARGET"),
        (contoso(&[]), "mem1", remove(Some("nosuch")), "SPNFIX-UNKNOWN-ACCOUNT"),
        (contoso(&[]), "mem1", remove(Some("mem1")), "SPNFIX-COMPUTER-ITSELF"),
        (contoso(&[]), "mem1", remove(Some("MEM1$")), "SPNFIX-COMPUTER-ITSELF"),
        (
            contoso(&["HTTP/mem1:5985"]),
            "mem1",
            Remedy::PortSpns { port: 5985 },
            "SPNFIX-HELD-BY-OTHER",
        ),
        (contoso(&["WSMAN/mem1.contoso.com"]), "mem1", Remedy::WsmanPrefix, "SPNFIX-HELD-BY-OTHER"),
        (far, "mem1", remove(None), "SPNFIX-OTHER-DOMAIN"),
    ];
    for (mut dir, target, remedy, code) in table {
        let error = planned(&mut dir, target, &remedy, &default).await.unwrap_err();
        assert_eq!(error.code(), code, "{target} {remedy:?}");
        assert!(!error.hint().is_empty() && !error.to_string().ends_with('.'), "{error}");
        if let PlanError::AmbiguousTarget { computers, .. } = &error {
            assert_eq!(computers.len(), 2);
            let named = |one: &AccountRef| error.to_string().contains(&one.to_string());
            assert!(computers.iter().all(named), "{error}");
        }
    }
}

#[tokio::test]
async fn a_snapshot_for_another_port_is_refused() {
    let (mut dir, target) = (shadowed(), "mem1".parse().unwrap());
    let client = ClientProfile::default();
    let seen = DirectorySnapshot::take(&mut dir, &target, &client).await.unwrap();
    let error = make_plan(&seen, &target, &Remedy::PortSpns { port: 8080 }, &client).unwrap_err();
    assert_eq!(error.code(), "SPNFIX-NOT-COVERED");
}

#[tokio::test]
async fn the_impact_names_who_loses_kerberos() {
    let plan = plan_of(shadowed(), &remove(None), &ClientProfile::default()).await;
    let first = &plan.impact[0];
    assert_eq!(first.ticket_before.as_deref(), Some("svc_web"));
    assert_eq!(first.ticket_after.as_deref(), Some("MEM1$"));
    assert!(
        first.text.contains("svc_web") && first.text.contains("loses Kerberos"),
        "{}",
        first.text
    );
    assert!(first.text.contains("are for MEM1$ from then on: WinRM can open them"), "{plan}");
    assert!(plan.impact.iter().any(|i| i.text == "svc_web keeps HTTP/www.contoso.com"), "{plan}");

    let plan = plan_of(shadowed(), &Remedy::WsmanPrefix, &ClientProfile::default()).await;
    assert_eq!(plan.impact[0].ticket_before, None);
    assert_eq!(plan.impact[0].ticket_after.as_deref(), Some("MEM1$"));
    assert!(plan.to_string().contains("to every host"));
}

#[tokio::test]
async fn removing_without_a_fallback_says_so() {
    let mut dir = shadowed();
    dir.account_mut("MEM1$").unwrap().spns.clear();
    let plan = plan_of(dir, &remove(None), &ClientProfile::default()).await;
    assert_eq!(plan.impact[0].ticket_after, None);
    assert!(plan.impact[0].text.starts_with("there are no tickets for"), "{plan}");
}

#[tokio::test]
async fn an_alias_that_comes_into_play_is_removed_as_well() {
    let mut dir = contoso(&["HTTP/mem1.contoso.com"]);
    dir.account_mut("MEM1$").unwrap().spns.clear();
    dir.account_mut("svc_app").unwrap().spns.push("HOST/mem1.contoso.com".to_owned());
    let plan = plan_of(dir.clone(), &remove(None), &ClientProfile::default()).await;
    assert_eq!(edits(&plan), ["-svc_web HTTP/mem1.contoso.com", "-svc_app HOST/mem1.contoso.com"]);
    // Now nobody holds the name.
    assert!(kinds(&plan).contains(&WarningKind::StillBroken), "{plan}");
    // From one account only.
    let plan = plan_of(dir, &remove(Some("svc_web")), &ClientProfile::default()).await;
    assert_eq!(edits(&plan), ["-svc_web HTTP/mem1.contoso.com"]);
    assert!(plan.impact[0].text.contains("are for svc_app from then on;"), "{plan}");
    assert!(plan.to_string().contains("HTTP/mem1.contoso.com: "), "{plan}");
    assert!(kinds(&plan).contains(&WarningKind::StillBroken), "{plan}");
}

#[tokio::test]
async fn every_spelling_is_removed() {
    let mut dir = contoso(&["HTTP/mem1"]);
    dir.account_mut("svc_web").unwrap().spns.push("http/MEM1".to_owned());
    let plan = plan_of(dir, &remove(None), &ClientProfile::default()).await;
    assert_eq!(edits(&plan), ["-svc_web HTTP/mem1", "-svc_web http/MEM1"]);
    assert_eq!(plan.edits[1].before, ["http/MEM1"]);
    assert!(!kinds(&plan).contains(&WarningKind::UndoMayBeRefused), "{plan}");
}

#[tokio::test]
async fn a_duplicate_cannot_be_put_back_and_the_plan_says_so() {
    let mut dir = contoso(&["HTTP/mem1"]);
    dir.account_mut("svc_app").unwrap().spns.push("HTTP/mem1".to_owned());
    let plan = plan_of(dir, &remove(None), &ClientProfile::default()).await;
    assert!(kinds(&plan).contains(&WarningKind::UndoMayBeRefused), "{plan}");
}

#[tokio::test]
async fn an_alias_elsewhere_may_keep_host_from_being_registered() {
    let mut dir = contoso(&["cifs/mem1"]);
    dir.account_mut("MEM1$").unwrap().spns.clear();
    let plan = plan_of(dir, &Remedy::HostPrefix, &ClientProfile::default()).await;
    assert!(kinds(&plan).contains(&WarningKind::MayBeRefused), "{plan}");
    assert!(plan.to_string().contains("cifs/mem1"), "{plan}");
}

#[tokio::test]
async fn a_wrong_holder_of_the_alias_is_removed_too() {
    let mut dir = contoso(&[]);
    dir.account_mut("MEM1$").unwrap().spns.clear();
    dir.account_mut("svc_app").unwrap().spns.push("HOST/mem1.contoso.com".to_owned());
    let plan = plan_of(dir, &remove(None), &ClientProfile::default()).await;
    assert_eq!(edits(&plan), ["-svc_app HOST/mem1.contoso.com"]);
}

#[tokio::test]
async fn warnings_of_each_remedy() {
    use WarningKind::*;
    let default = ClientProfile::default;
    let table: Vec<(Remedy, ClientProfile, &[WarningKind])> = vec![
        (remove(None), default(), &[Replication, CachedTickets]),
        (Remedy::PortSpns { port: 1 }, default(), &[PerConnection, Replication, CachedTickets]),
        (
            Remedy::PortSpns { port: 1 },
            wsman(),
            &[PerConnection, UndocumentedCombination, StillBroken, Replication, CachedTickets],
        ),
        (Remedy::WsmanPrefix, default(), &[ArticleContradiction, Replication, CachedTickets]),
        (Remedy::HostPrefix, default(), &[ArticleContradiction, CachedTickets]),
    ];
    for (remedy, client, expected) in table {
        assert_eq!(kinds(&plan_of(shadowed(), &remedy, &client).await), expected, "{remedy:?}");
    }
    let mut dir = shadowed().without_global_catalog();
    let computer = dir.account_mut("MEM1$").unwrap();
    computer.enabled = false;
    computer.spns.clear();
    let kinds = kinds(&plan_of(dir, &Remedy::HostPrefix, &default()).await);
    for kind in [DomainOnly, ComputerDisabled, MayBeRefused] {
        assert!(kinds.contains(&kind), "{kind:?} in {kinds:?}");
    }
}

#[tokio::test]
async fn commands_are_what_an_administrator_types() {
    let default = ClientProfile::default();
    let enter = "Enter-PSSession -ComputerName mem1.contoso.com -SessionOption (New-PSSessionOption -IncludePortInSPN)";
    let key = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client";
    let plan = plan_of(shadowed(), &remove(None), &default).await;
    assert_eq!(
        commands(&plan),
        ["setspn -D http/MEM1 svc_web", "setspn -D HTTP/mem1.contoso.com svc_web", "klist purge",]
    );
    let plan = plan_of(shadowed(), &Remedy::PortSpns { port: 5985 }, &default).await;
    assert_eq!(
        commands(&plan),
        [
            "setspn -S HTTP/mem1:5985 MEM1",
            "setspn -S HTTP/mem1.contoso.com:5985 MEM1",
            "klist purge",
            enter,
        ]
    );
    let plan = plan_of(shadowed(), &Remedy::WsmanPrefix, &default).await;
    let reg = format!("reg add {key} /v spn_prefix /t REG_SZ /d \"WSMAN\" /f");
    assert_eq!(
        commands(&plan),
        [
            "setspn -S WSMAN/mem1 MEM1",
            "setspn -S WSMAN/mem1.contoso.com MEM1",
            reg.as_str(),
            "klist purge",
        ]
    );
}

#[tokio::test]
async fn the_document_reads_back() {
    for remedy in [remove(Some("svc_web")), Remedy::PortSpns { port: 5985 }, Remedy::WsmanPrefix] {
        let plan = plan_of(shadowed(), &remedy, &ClientProfile::default()).await;
        let json = serde_json::to_value(&plan).unwrap();
        assert_eq!(json["version"], 1);
        assert_eq!(json["remedy"]["remedy"], remedy.name());
        assert_eq!(serde_json::from_value::<Plan>(json).unwrap(), plan);
    }
}

#[tokio::test]
async fn the_text_says_everything_before_asking() {
    let plan = plan_of(shadowed(), &remove(None), &ClientProfile::default()).await;
    let text = plan.to_string();
    let order = [
        "Plan: ",
        "Target: ",
        "Changes",
        "  1. delete http/MEM1 from svc_web",
        "Who notices",
        "Know before",
        "The same by hand, on a machine of the domain",
    ];
    let found: Vec<usize> = order.iter().map(|part| text.find(part).expect(part)).collect();
    assert!(found.is_sorted(), "{text}");
    // Each command stands where the user types it.
    let text = plan_of(shadowed(), &Remedy::WsmanPrefix, &ClientProfile::default()).await;
    let text = text.to_string();
    for part in ["on a machine of the domain\n  setspn -S ", "on the client\n  reg add "] {
        assert!(text.contains(&format!("The same by hand, {part}")), "{text}");
    }
}

#[tokio::test]
async fn a_name_that_cmd_would_interpret_is_not_printed_as_a_command() {
    let mut dir = contoso(&["HTTP/mem1&calc"]);
    dir.account_mut("MEM1$").unwrap().dns_host_name = Some("mem1&calc".to_owned());
    for remedy in [remove(None), Remedy::WsmanPrefix, Remedy::PortSpns { port: 5985 }] {
        let plan = planned(&mut dir.clone(), "mem1&calc", &remedy, &ClientProfile::default()).await;
        let plan = plan.unwrap();
        let commands = commands(&plan);
        assert!(!plan.edits.is_empty(), "{plan}");
        assert!(commands.iter().any(|line| line.starts_with("rem by LDIF")), "{commands:?}");
        assert!(!commands.iter().any(|line| line.contains('&')), "{commands:?}");
    }
}

#[tokio::test]
async fn another_computer_keeps_its_own_short_name() {
    let mut dir = contoso(&["HTTP/mem1.contoso.com"]);
    dir.account_mut("MEM1$").unwrap().spns.retain(|spn| spn != "HOST/MEM1");
    let dir = dir.with_computer("WEBDMZ", "mem1.dmz.contoso.com", &["HOST/mem1", "HTTP/mem1"]);
    let plan = plan_of(dir.clone(), &remove(None), &ClientProfile::default()).await;
    assert_eq!(edits(&plan), ["-svc_web HTTP/mem1.contoso.com"]);
    let client = ClientProfile::default();
    let refused = planned(&mut dir.clone(), "mem1.contoso.com", &Remedy::HostPrefix, &client).await;
    let refused = refused.unwrap_err();
    assert!(refused.hint().contains("holds it rightly"), "{refused}: {}", refused.hint());
}
