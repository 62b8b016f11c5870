use super::*;
use crate::{
    Directory, DirectoryError, DirectorySnapshot, InMemoryDirectory, ServiceClass, SpnMappings,
};

const HOSTS: [&str; 4] = [
    "HOST/MEM1",
    "HOST/mem1.contoso.com",
    "RestrictedKrbHost/MEM1",
    "RestrictedKrbHost/mem1.contoso.com",
];

fn contoso(web: &[&str]) -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &HOSTS)
        .with_user("svc_web", web)
        .with_user("svc_app", &[])
}

async fn found(mut dir: InMemoryDirectory, target: &str, client: &ClientProfile) -> Diagnosis {
    diagnose_in(&mut dir, &target.parse().unwrap(), client).await.unwrap()
}

fn plain() -> ClientProfile {
    ClientProfile::default()
}

/// SPNs of svc_web, target, client, verdict, whose key.
type Row =
    (&'static [&'static str], &'static str, ClientProfile, &'static str, Option<&'static str>);

#[tokio::test]
async fn verdicts() {
    let port = || plain().with_port(5985);
    let wsman = || plain().with_prefix(ServiceClass::WSMAN);
    let host = || plain().with_prefix(ServiceClass::HOST);
    let full = "mem1.contoso.com";
    let table: Vec<Row> = vec![
        (&[], full, plain(), "healthy", Some("MEM1$")),
        (&[], "MEM1", plain(), "healthy", Some("MEM1$")),
        (&["HTTP/www.contoso.com"], full, plain(), "healthy", Some("MEM1$")),
        (&["HTTP/mem1.contoso.com"], full, plain(), "shadowed", Some("svc_web")),
        (&["http/MEM1.CONTOSO.COM"], full, plain(), "shadowed", Some("svc_web")),
        (&["HTTP/mem1.contoso.com"], "mem1", plain(), "healthy", Some("MEM1$")),
        (&["HTTP/mem1"], full, plain(), "healthy", Some("MEM1$")),
        (&["HTTP/mem1.contoso.com:80"], full, plain(), "healthy", Some("MEM1$")),
        (&[], full, port(), "port-variant-missing", None),
        (&["HTTP/mem1.contoso.com:5985"], full, port(), "shadowed", Some("svc_web")),
        (&["HTTP/mem1.contoso.com"], full, port(), "port-variant-missing", None),
        (&[], full, wsman(), "missing", None),
        (&["WSMAN/mem1.contoso.com"], full, wsman(), "shadowed", Some("svc_web")),
        (&["HTTP/mem1.contoso.com"], full, host(), "healthy", Some("MEM1$")),
        (&["HTTP/www.contoso.com"], "www.contoso.com", plain(), "target-unknown", Some("svc_web")),
        (&[], "nosuch", plain(), "target-unknown", None),
        (&[], "mem1.contoso.com.", plain(), "target-unknown", None),
    ];
    for (web, target, client, verdict, key) in table {
        let found = found(contoso(web), target, &client).await;
        assert_eq!(found.verdict.name(), verdict, "{web:?} {target} {client:?}");
        let holder = found.ticket_for.as_ref().map(|account| account.name.as_str());
        assert_eq!(holder, key, "{web:?} {target} {client:?}");
    }
}

#[tokio::test]
async fn duplicates_come_first_whoever_the_target_is() {
    let mut dir = contoso(&["HTTP/mem1"]);
    dir.account_mut("svc_app").unwrap().spns.push("http/MEM1".to_owned());
    let found_here = found(dir.clone(), "mem1", &plain()).await;
    let Verdict::Duplicate { holders } = &found_here.verdict else { panic!("{found_here}") };
    assert_eq!(holders.len(), 2);
    assert_eq!(found_here.ticket_for, None);
    // A duplicate HOST name breaks its aliases too.
    let mut dir = contoso(&[]);
    dir.account_mut("svc_app").unwrap().spns.push("HOST/mem1".to_owned());
    assert_eq!(found(dir, "mem1", &plain()).await.verdict.name(), "duplicate");
}

#[tokio::test]
async fn a_client_that_asks_for_a_port_is_not_led_to_another_one() {
    let mut dir = contoso(&["HTTP/mem1:5985"]);
    let names = ["HTTP/mem1:5986", "HTTP/mem1.contoso.com:5986"].map(str::to_owned);
    dir.account_mut("MEM1$").unwrap().spns.extend(names);
    let found = found(dir, "mem1", &plain().with_port(5985)).await;
    assert_eq!(found.verdict.name(), "shadowed");
    let steps = found.next_steps.join("\n");
    assert!(steps.contains("option 2, if it does: register the names with the port"), "{steps}");
}

#[tokio::test]
async fn a_wrong_holder_of_the_alias_is_seen() {
    let mut dir = contoso(&[]);
    dir.account_mut("MEM1$").unwrap().spns.clear();
    dir.account_mut("svc_app").unwrap().spns.push("HOST/mem1".to_owned());
    let found = found(dir, "mem1", &plain()).await;
    assert_eq!(found.verdict.name(), "shadowed");
    assert!(found.next_steps[0].contains("setspn -D host/mem1 svc_app"), "{found}");
}

#[tokio::test]
async fn states_of_the_computer_count() {
    let mut dir = contoso(&[]);
    dir.account_mut("MEM1$").unwrap().enabled = false;
    let disabled = found(dir, "mem1", &plain()).await;
    assert_eq!(disabled.verdict.name(), "holder-disabled");
    let failure = diagnose_failure(&disabled, &Observed::from_endpoint(41));
    let Finding::NotAnSpnProblem { because, .. } = &failure.finding else { panic!("{failure}") };
    assert!(because.contains("the directory does not say why"), "{failure}");

    let mut dir = contoso(&[]).with_computer("MEM2", "mem1.contoso.com", &[]);
    "OLD1$".clone_into(&mut dir.account_mut("MEM1$").unwrap().name);
    dir.account_mut("OLD1$").unwrap().spns.clear();
    let found = found(dir, "mem1.contoso.com", &plain()).await;
    assert_eq!(found.verdict.name(), "ambiguous-target");
    assert_eq!(found.owners.len(), 2);
}

#[tokio::test]
async fn without_aliases_http_is_missing() {
    let dir = contoso(&[]).with_mappings(SpnMappings::default());
    let found = found(dir, "mem1", &plain()).await;
    assert_eq!(found.verdict.name(), "missing");
    assert_eq!(found.alias, None);
}

#[tokio::test]
async fn the_unaffected_name_is_offered_and_the_small_search_admitted() {
    let dir = contoso(&["HTTP/mem1.contoso.com"]).without_global_catalog();
    let found = found(dir, "mem1.contoso.com", &plain()).await;
    assert!(found.other_names.iter().any(|other| other.works && other.host.as_str() == "mem1"));
    let steps = found.next_steps.join("\n");
    assert!(steps.contains("connect to mem1,"), "{steps}");
    assert!(steps.contains("only this domain was searched"), "{steps}");
}

#[tokio::test]
async fn another_question_needs_another_snapshot() {
    let mut dir = contoso(&[]);
    let target: Target = "mem1".parse().unwrap();
    let seen = DirectorySnapshot::take(&mut dir, &target, &plain()).await.unwrap();
    let error = diagnose(&seen, &"other".parse().unwrap(), &plain()).unwrap_err();
    for (error, code, hint) in [
        (DiagnoseError::from(error), "SPNFIX-NOT-COVERED", "read the directory again"),
        (DirectoryError::NoGlobalCatalog.into(), "SPNFIX-NO-GLOBAL-CATALOG", "global catalog"),
    ] {
        assert_eq!(error.code(), code);
        assert!(error.hint().contains(hint), "{}", error.hint());
    }
    let domain = dir.domain().await.unwrap();
    let whole =
        DirectorySnapshot::of(domain, SpnMappings::windows_default(), dir.accounts().to_vec());
    assert_eq!(diagnose(&whole, &target, &plain()).unwrap().verdict.name(), "healthy");
}

#[tokio::test]
async fn the_text_explains_and_the_document_reads_back() {
    for web in [&[][..], &["HTTP/mem1.contoso.com"]] {
        for target in ["mem1.contoso.com", "nosuch"] {
            for client in
                [plain(), plain().with_port(5985), plain().with_prefix(ServiceClass::WSMAN)]
            {
                let found = found(contoso(web), target, &client).await;
                let text = found.to_string();
                for part in ["service principal name (SPN)", "What happens", "Evidence", "Next"] {
                    assert!(text.contains(part), "{part}: {text}");
                }
                let json = serde_json::to_value(&found).unwrap();
                assert_eq!(json["version"], 1);
                assert_eq!(json["verdict"], found.verdict.name());
                assert_eq!(serde_json::from_value::<Diagnosis>(json).unwrap(), found);
            }
        }
    }
}

#[tokio::test]
async fn a_disabled_wrong_holder_is_told() {
    let mut dir = contoso(&["HTTP/mem1.contoso.com"]);
    dir.account_mut("svc_web").unwrap().enabled = false;
    let held = found(dir, "mem1.contoso.com", &plain()).await;
    assert_eq!(held.verdict.name(), "holder-disabled");
    assert_eq!(held.verdict.wrong_holder().unwrap().name, "svc_web");
    let json = serde_json::to_value(&held).unwrap();
    assert_eq!(
        (&json["holder"]["name"], &json["owner"]["name"]),
        (&"svc_web".into(), &"MEM1$".into())
    );
    assert_eq!(json["disabled_holders"][0]["name"], "svc_web");
    assert_eq!(held.to_string(), include_str!("golden/disabled-holder.txt"));

    // By the alias too. An enabled holder is not listed.
    let mut dir = contoso(&[]);
    dir.account_mut("MEM1$").unwrap().spns.clear();
    let app = dir.account_mut("svc_app").unwrap();
    app.enabled = false;
    app.spns.push("HOST/mem1".to_owned());
    let by_alias = found(dir, "mem1", &plain()).await;
    assert_eq!(by_alias.disabled_holders[0].name, "svc_app");
    let enabled = found(contoso(&["HTTP/mem1"]), "mem1", &plain()).await;
    assert_eq!(enabled.disabled_holders, []);
}

#[tokio::test]
async fn names_that_would_be_more_than_names_stay_out_of_commands_and_terminals() {
    let names =
        ["svc&calc", "svc|more", "%TEMP%", "a\"b", "svc\nforged", "svc\u{1b}[2J", "svc\u{202e}x"];
    for name in names {
        let mut dir = contoso(&["HTTP/mem1.contoso.com"]);
        let web = dir.account_mut("svc_web").unwrap();
        name.clone_into(&mut web.name);
        web.dn = format!("CN={name},CN=Users,DC=contoso,DC=com");
        let found = found(dir, "mem1.contoso.com", &plain()).await;
        assert_eq!(found.verdict.name(), "shadowed");

        let steps = found.next_steps.join("\n");
        assert!(!steps.contains("setspn -D"), "{steps}");
        assert!(steps.contains("by LDIF (hand-off ldif)"), "{steps}");
        let failure = diagnose_failure(&found, &Observed::from_endpoint(41));
        for text in [found.to_string(), found.verdict.to_string(), failure.to_string()] {
            assert!(text.chars().all(|c| c == '\n' || crate::text::is_plain(c)), "{text:?}");
            assert!(text.lines().all(|line| !line.starts_with("forged")), "{text}");
        }
        // The JSON document has the name unescaped.
        assert!(found.evidence.iter().any(|line| line.contains(name)), "{:?}", found.evidence);
    }
}

#[tokio::test]
async fn commands_for_the_suspects_have_safe_names_only() {
    let mut dir = contoso(&[]);
    let computer = dir.account_mut("MEM1$").unwrap();
    "ME'M1)(x=$(calc)$".clone_into(&mut computer.name);
    computer.dn = "CN=MEM1,DC=a&calc,DC=b\nc".to_owned();
    computer.dns_host_name = Some("mem1&calc.contoso.com".to_owned());
    computer.spns = vec!["HOST/mem1&calc.contoso.com".to_owned()];
    let found = found(dir, "mem1&calc.contoso.com", &plain()).await;
    assert_eq!(found.verdict.name(), "healthy");
    let seen = [Observed::from_endpoint(41), Observed::NameNotFound, Observed::NoKdc];
    let mut commands = Vec::new();
    for observed in seen.iter().chain([&Observed::Unreachable, &Observed::AccessDenied]) {
        let failure = diagnose_failure(&found, observed);
        for suspect in failure.finding.causes() {
            commands.extend([suspect.windows.clone(), suspect.linux.clone()].concat());
        }
    }
    assert!(commands.iter().any(|command| command == "kvno <SPN>"), "{commands:?}");
    assert!(commands.iter().any(|command| command.contains("<computer>$")), "{commands:?}");
    for command in commands {
        assert!(!command.contains("calc") && !command.contains('\n'), "{command}");
    }
}
