//! `-X --shadowed`: what each finding is, and its next step.

use serde_json::{Value, json};
use spnfix::InMemoryDirectory;
use spnfix::setspn::{Arguments, JsonDocument, Outcome, run};

use crate::stage::{Forest, contoso, one, with_catalog};

async fn swept(directory: InMemoryDirectory, line: &str) -> Value {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let request = Arguments::parse(&words).unwrap().request;
    let mut document = JsonDocument::default();
    let mut forest = Forest(vec![directory]);
    let outcome = run(&request, &mut forest, &mut document).await.unwrap();
    let found = document.finish(&request.command, outcome);
    assert_no_command_twice(&found);
    found
}

/// Commands of all findings, in their order.
fn commands(found: &Value) -> Vec<&str> {
    let kinds = ["duplicates", "shadowed", "misplaced", "stale"];
    let findings = kinds.iter().flat_map(|kind| found[kind].as_array().unwrap());
    findings
        .inspect(|finding| assert!(!finding["next"].as_str().unwrap().is_empty(), "{finding}"))
        .flat_map(|finding| finding["commands"].as_array().unwrap())
        .map(|command| command.as_str().unwrap())
        .collect()
}

fn assert_no_command_twice(found: &Value) {
    let mut all = commands(found);
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "{found}");
}

fn empty() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
}

fn child() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=child,DC=contoso,DC=com", "CHILD")
}

const HOSTS: [&str; 2] = ["HOST/web7", "HOST/web7.contoso.com"];

#[tokio::test]
async fn a_healthy_domain_has_nothing() {
    let found = swept(
        contoso()
            .with_user("svc_sql", &["MSSQLSvc/sql1.contoso.com:1433"])
            .with_computer("SRV-01", "web7.contoso.com", &HOSTS)
            // An alias of a file server, as `netdom computername /add` registers it.
            .with_computer("FS1", "fs1.contoso.com", &["HOST/fs1", "HOST/files.contoso.com"]),
        "-X --shadowed --json",
    )
    .await;
    for kind in ["duplicates", "shadowed", "misplaced", "stale"] {
        assert_eq!(found[kind], json!([]), "{kind}");
    }
    assert_eq!(found["status"], 0);
}

#[tokio::test]
async fn only_those_that_are_not_the_computer_lose_its_name() {
    let found = swept(
        empty().with_computer("WEB7", "web7.contoso.com", &HOSTS).with_computer(
            "OLD7",
            "old7.contoso.com",
            &HOSTS,
        ),
        "-X --shadowed --json",
    )
    .await;
    assert_eq!(
        commands(&found),
        ["setspn -C -D HOST/web7 OLD7", "setspn -C -D HOST/web7.contoso.com OLD7"]
    );
    assert_eq!((&found["misplaced"], &found["stale"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_stale_twin_is_named() {
    let mut directory = empty().with_computer("WEB7", "web7.contoso.com", &HOSTS).with_computer(
        "OLD7",
        "web7.contoso.com",
        &HOSTS,
    );
    let enabled = swept(directory.clone(), "-F -X --shadowed --json").await;
    assert_eq!(enabled["stale"][0]["because"], "replaced");
    directory.account_mut("OLD7$").unwrap().enabled = false;
    let disabled = swept(directory, "-F -X --shadowed --json").await;
    let stale = &disabled["stale"][0];
    assert_eq!(stale["account"], "CN=OLD7,CN=Computers,DC=contoso,DC=com");
    assert_eq!((&stale["because"], &stale["spns"]), (&json!("disabled"), &json!(HOSTS)));
    for found in [enabled, disabled] {
        assert_eq!(
            commands(&found),
            ["setspn -C -D HOST/web7 OLD7", "setspn -C -D HOST/web7.contoso.com OLD7"]
        );
    }
}

#[tokio::test]
async fn names_of_a_service_are_nobodys_to_take() {
    let directory = || {
        contoso()
            .with_user("svc_a", &["HTTP/app.contoso.com", "HTTP/mem1"])
            .with_user("svc_b", &["HTTP/app.contoso.com"])
            .with_computer("FARM", "farm.contoso.com", &["HTTP/mem1", "HOST/farm"])
    };
    let found = swept(directory(), "-X --shadowed --json").await;
    assert_eq!(found["duplicates"].as_array().unwrap().len(), 2);
    assert!(commands(&found).is_empty(), "{found}");
    // A disabled one does not need it.
    let mut one_disabled = directory();
    one_disabled.account_mut("svc_a").unwrap().enabled = false;
    let found = swept(one_disabled, "-X --shadowed --json").await;
    assert_eq!(
        commands(&found),
        ["setspn -U -D HTTP/app.contoso.com svc_a", "setspn -U -D HTTP/mem1 svc_a"]
    );
}

#[tokio::test]
async fn the_kdcs_own_name_in_several_domains_is_by_design() {
    let kdcs = with_catalog(
        empty().with_user("krbtgt", &["kadmin/changepw"]),
        &child().with_user("krbtgt", &["kadmin/changepw"]),
    );
    let printed = one(kdcs.clone(), "-F -X").await;
    assert_eq!(
        printed.out,
        "Checking forest DC=contoso,DC=com\n\
         Operation will be performed forestwide, it might take a while.\n\
         kadmin/changepw is registered on these accounts:\n\
         \tCN=krbtgt,CN=Users,DC=child,DC=contoso,DC=com\n\
         \tCN=krbtgt,CN=Users,DC=contoso,DC=com\n\
         found 1 group of duplicate SPNs.\n"
    );
    assert_eq!(
        printed.err,
        "hint: kadmin/changepw: by design: krbtgt of each domain holds it, so leave it\n"
    );
    assert_eq!(printed.outcome, Outcome::Done);
    let found = swept(kdcs.clone(), "-F -X --shadowed --json").await;
    assert_eq!((&found["duplicates"][0]["by_design"], &found["status"]), (&json!(true), &json!(0)));
    // Another account is none of them.
    let third = kdcs.with_user("svc", &["kadmin/changepw"]);
    assert_eq!(one(third, "-F -X").await.outcome, Outcome::Duplicate);
}

#[tokio::test]
async fn computers_of_one_short_name_in_two_domains_keep_it() {
    let twins = with_catalog(
        empty().with_computer("WEB7", "web7.contoso.com", &HOSTS),
        &child().with_computer(
            "WEB7",
            "web7.child.contoso.com",
            &["HOST/web7", "HOST/web7.child.contoso.com"],
        ),
    );
    let found = swept(twins.clone(), "-F -X --shadowed --json").await;
    assert!(commands(&found).is_empty(), "{found}");
    let next = found["duplicates"][0]["next"].as_str().unwrap();
    assert!(next.contains("delete nothing") && next.contains("full names"), "{next}");
    let own = with_catalog(
        empty().with_computer("WEB7", "web7.contoso.com", &HOSTS),
        &child().with_computer("WEB7", "web7.child.contoso.com", &["HTTP/web7"]),
    );
    let found = swept(own, "-F -X --shadowed --json").await;
    assert!(commands(&found).is_empty() && found["stale"] == json!([]), "{found}");
    // A third account has no right to it.
    let third = twins.with_user("svc", &["HOST/web7"]);
    let found = swept(third, "-F -X --shadowed --json").await;
    assert_eq!(commands(&found), ["setspn -U -D HOST/web7 svc"]);
}

#[tokio::test]
async fn commands_for_another_domain_name_it() {
    let found = swept(
        with_catalog(
            empty(),
            &child()
                .with_computer("WEB7", "web7.child.contoso.com", &[])
                .with_user("svc web", &["HOST/web7.child.contoso.com"]),
        ),
        "-F -X --shadowed --json",
    )
    .await;
    assert_eq!(
        commands(&found),
        [
            r"setspn -U -D HOST/web7.child.contoso.com 'child.contoso.com\svc web'",
            r"setspn -R 'child.contoso.com\WEB7'"
        ]
    );
}

#[tokio::test]
async fn host_goes_back_to_the_computer() {
    let new9 = ["HOST/new9", "HOST/new9.contoso.com", "HOST/old9", "HOST/old9.contoso.com"];
    let directory = empty().with_computer("NEW9", "new9.contoso.com", &new9).with_computer(
        "OLD9",
        "old9.contoso.com",
        &[],
    );
    let printed = one(directory.clone(), "-X --shadowed").await;
    assert_eq!(
        printed.out,
        "Checking domain DC=contoso,DC=com\n\
         Processing entry 0\n\
         found 0 group of duplicate SPNs.\n\
         found 0 shadowed SPN.\n\
         HOST/old9, HOST/old9.contoso.com are registered on these accounts:\n\
         \tCN=NEW9,CN=Computers,DC=contoso,DC=com\n\
         and should be on this:\n\
         \tCN=OLD9,CN=Computers,DC=contoso,DC=com\n\
         found 1 group of misplaced HOST SPNs.\n"
    );
    assert_eq!(
        printed.err,
        "hint: HOST/old9: tickets for OLD9$ are encrypted for NEW9$: delete the names there, then \
         restore them on the computer\n\
         hint: setspn -C -D HOST/old9 NEW9\n\
         hint: setspn -C -D HOST/old9.contoso.com NEW9\n\
         hint: setspn -R OLD9\n"
    );
    assert_eq!(printed.outcome, Outcome::Duplicate);
    // The commands do what they say.
    let mut forest = Forest(vec![directory]);
    for line in printed.err.lines().filter_map(|line| line.strip_prefix("hint: setspn ")) {
        assert_eq!(crate::stage::typed(&mut forest, line).await.unwrap().outcome, Outcome::Done);
    }
    assert_eq!(
        forest.0[0].account_mut("OLD9$").unwrap().spns,
        ["HOST/OLD9", "HOST/old9.contoso.com"]
    );
    let after = swept(forest.0.remove(0), "-X --shadowed --json").await;
    assert_eq!(after["status"], 0, "{after}");
}

#[tokio::test]
async fn host_on_a_user_is_seen() {
    let on = |name: &str| {
        empty()
            .with_computer("WEB7", "web7.contoso.com", &["WSMAN/web7"])
            .with_user(name, &["HOST/web7.contoso.com"])
    };
    for name in ["svc_web", "web7"] {
        let found = swept(on(name), "-X --shadowed --json").await;
        assert_eq!(found["status"], 3, "{found}");
        assert_eq!(
            commands(&found),
            [format!("setspn -U -D HOST/web7.contoso.com {name}"), "setspn -R WEB7".to_owned()]
        );
    }
    // The computer may have another account name.
    let srv1 = empty()
        .with_computer("SRV-01", "web7.contoso.com", &["HOST/web7.contoso.com"])
        .with_user("svc_web", &["HOST/web7"]);
    let found = swept(srv1, "-X --shadowed --json").await;
    assert_eq!(
        commands(&found),
        ["setspn -U -D HOST/web7 svc_web", "setspn -C -S HOST/web7 SRV-01"]
    );
    // No computer has the name: a host with its own keytab, perhaps.
    let keytab = empty().with_user("linux1", &["HOST/linux1.contoso.com"]);
    let found = swept(keytab, "-X --shadowed --json").await;
    assert_eq!((&found["misplaced"][0]["owner"], &found["status"]), (&json!(null), &json!(0)));
    assert!(commands(&found).is_empty());
}

#[tokio::test]
async fn a_computer_that_joined_again_gets_its_name_back() {
    let directory = empty()
        .with_computer("WEB9", "web9.contoso.com", &[])
        .with_computer("WEB9OLD", "web9.contoso.com", &["HOST/web9", "HTTP/web9"])
        .with_user("svc_app", &["HTTP/web9.contoso.com"]);
    for enabled in [true, false] {
        let mut directory = directory.clone();
        directory.account_mut("WEB9OLD$").unwrap().enabled = enabled;
        let found = swept(directory, "-X --shadowed --json").await;
        assert_eq!(commands(&found), ["setspn -C -D HOST/web9 WEB9OLD", "setspn -R WEB9"]);
        assert_eq!(found["stale"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_disabled_owner_has_left_its_name_to_another() {
    // A file server was replaced, and its name moved: the usual way.
    let mut directory = empty()
        .with_computer("NEW9", "new9.contoso.com", &["HOST/new9", "HOST/old9"])
        .with_computer("OLD9", "old9.contoso.com", &[]);
    directory.account_mut("OLD9$").unwrap().enabled = false;
    assert_eq!(swept(directory, "-X --shadowed --json").await["status"], 0);
}

#[tokio::test]
async fn a_computers_own_name_is_not_taken_off_it() {
    // HTTP is on the right computer, HOST is not.
    let directory = empty()
        .with_computer("WEB7", "web7.contoso.com", &["HTTP/web7.contoso.com"])
        .with_computer("OLD7", "old7.contoso.com", &["HOST/old7", "HOST/web7.contoso.com"]);
    let found = swept(directory, "-X --shadowed --json").await;
    assert_eq!(found["shadowed"].as_array().unwrap().len(), 1);
    assert_eq!(commands(&found), ["setspn -C -D HOST/web7.contoso.com OLD7", "setspn -R WEB7"]);
}

#[tokio::test]
async fn a_shadow_in_use_is_weighed_and_a_disabled_one_is_deleted() {
    let directory = contoso().with_user("svc_site", &["HTTP/mem1.contoso.com"]);
    let found = swept(directory.clone(), "-X --shadowed --json").await;
    let next = found["shadowed"][0]["next"].as_str().unwrap();
    assert!(next.starts_with("if a service of svc_site needs it, leave it"), "{next}");
    assert!(next.contains("if not: setspn -U -D HTTP/mem1.contoso.com svc_site"), "{next}");
    assert!(next.contains("port SPNs"), "{next}");
    assert!(commands(&found).is_empty());
    let mut disabled = directory;
    disabled.account_mut("svc_site").unwrap().enabled = false;
    let found = swept(disabled, "-X --shadowed --json").await;
    assert_eq!(commands(&found), ["setspn -U -D HTTP/mem1.contoso.com svc_site"]);
    assert_eq!(found["stale"][0]["because"], "disabled");
}

#[tokio::test]
async fn conflict_objects_are_stale() {
    let mut directory = empty().with_computer("WEB7", "web7.contoso.com", &HOSTS);
    let mut left = directory.accounts()[0].clone();
    left.dn = "CN=WEB7\\0ACNF:6e0c6c0e,CN=Computers,DC=contoso,DC=com".to_owned();
    left.name = "$DUPLICATE-1f4".to_owned();
    left.spns = vec!["HOST/web7".to_owned(), "TERMSRV/web7".to_owned()];
    directory.insert(left);
    let found = swept(directory, "-X --shadowed --json").await;
    assert_eq!(found["stale"][0]["because"], "conflict");
    assert_eq!(found["stale"][0]["spns"], json!(["HOST/web7", "TERMSRV/web7"]));
    assert_eq!(commands(&found), ["setspn -U -D HOST/web7 '$DUPLICATE-1f4'"]);
}

#[tokio::test]
async fn an_alias_of_a_name_that_two_accounts_hold() {
    let directory = empty().with_computer("WEB7", "web7.contoso.com", &HOSTS).with_computer(
        "OLD7",
        "old7.contoso.com",
        &HOSTS,
    );
    let printed = one(directory, "-Q cifs/web7").await;
    assert_eq!(printed.out, "Checking domain DC=contoso,DC=com\n\nNo such SPN found.\n");
    assert_eq!(printed.outcome, Outcome::NotFound);
    assert_eq!(
        printed.err,
        "hint: cifs is an alias of host, and 2 accounts hold host/web7: \
         CN=WEB7,CN=Computers,DC=contoso,DC=com; CN=OLD7,CN=Computers,DC=contoso,DC=com. In one \
         domain, two holders mean no ticket for either name. setspn -X --shadowed says which one \
         should have it\n"
    );
    let printed = one(contoso(), "-Q http/mem1").await;
    assert_eq!(
        printed.err,
        "hint: http is an alias of host, and CN=MEM1,CN=Computers,DC=contoso,DC=com holds \
         host/mem1\n"
    );
    for line in ["-Q wsman/mem1", "-Q http/*", "-Q http/none"] {
        assert_eq!(one(contoso(), line).await.err, "", "{line}");
    }
}
