use super::*;
use crate::{Account, InMemoryDirectory, ServiceClass};

const WSMAN: ServiceClass = ServiceClass::WSMAN;

async fn advice(dir: &mut InMemoryDirectory, host: &str) -> Recommendation {
    let (target, client): (Target, _) = (host.parse().unwrap(), ClientProfile::default());
    let seen = DirectorySnapshot::take(dir, &target, &client).await.unwrap();
    recommend(&seen, &target, &client).unwrap()
}

fn directory() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_computer(
        "MEM1",
        "mem1.contoso.com",
        &["HOST/MEM1", "HOST/mem1.contoso.com"],
    )
}

fn order(advice: &Recommendation) -> Vec<&'static str> {
    advice.ways.iter().map(|way| way.remedy.as_ref().map_or("none", Remedy::name)).collect()
}

#[tokio::test]
async fn a_web_service_in_use_keeps_its_name() {
    let mut dir = directory()
        .with_user("svc_web", &["HTTP/www.contoso.com", "HTTP/mem1", "HTTP/mem1.contoso.com"]);
    let advice = advice(&mut dir, "mem1.contoso.com").await;
    assert_eq!(order(&advice), ["port-spns", "host-prefix", "wsman-prefix", "remove-registration"]);
    let last = &advice.ways[3];
    assert!(last.helps && last.loses.len() == 2, "{last:?}");
    let text = advice.to_string();
    assert!(text.contains("svc_web also holds HTTP/www.contoso.com"), "{text}");
    assert!(serde_json::to_string(&advice).unwrap().contains("\"each-connection\""));
}

#[tokio::test]
async fn a_name_of_every_web_class_says_that_a_service_is_in_use() {
    for (other, is_web) in [
        ("http/shop.contoso.com", true),
        ("www/shop.contoso.com", true),
        ("exchangeMDB/shop.contoso.com", true),
        ("MSSQLSvc/shop.contoso.com", false),
    ] {
        let mut dir =
            directory().with_user("svc_web", &["HTTP/mem1", "HTTP/mem1.contoso.com", other]);
        let text = advice(&mut dir, "mem1").await.to_string();
        assert_eq!(text.contains(&format!("svc_web also holds {other}:")), is_web, "{text}");
    }
}

#[tokio::test]
async fn a_name_that_nothing_speaks_for_is_taken_off() {
    let names = ["HTTP/mem1", "HTTP/mem1.contoso.com"];
    let mut dir = directory().with_user("svc_old", &names);
    dir.account_mut("svc_old").unwrap().enabled = false;
    assert_eq!(order(&advice(&mut dir, "mem1").await)[0], "remove-registration");
    // Another computer's leftover.
    let mut dir = directory().with_computer("OLD1", "old1.contoso.com", &names);
    assert_eq!(order(&advice(&mut dir, "mem1").await)[0], "remove-registration");
    // A duplicate gives nobody a ticket.
    let mut dir = directory().with_user("svc_a", &names);
    dir.insert(Account {
        dn: "CN=svc_b,CN=Users,DC=contoso,DC=com".to_owned(),
        name: "svc_b".to_owned(),
        ..dir.accounts()[1].clone()
    });
    assert_eq!(order(&advice(&mut dir, "mem1").await)[0], "remove-registration");
}

#[tokio::test]
async fn an_enabled_service_account_may_need_the_name() {
    let mut dir = directory().with_user("svc_web", &["HTTP/mem1", "HTTP/mem1.contoso.com"]);
    let advice = advice(&mut dir, "mem1").await;
    assert_eq!(order(&advice).last(), Some(&"remove-registration"), "{advice}");
    assert!(advice.to_string().contains("svc_web is enabled: a service may run"), "{advice}");
}

#[tokio::test]
async fn a_disabled_holder_is_not_in_use() {
    let mut dir = directory().with_user("svc_web", &["HTTP/www.contoso.com", "HTTP/mem1"]);
    dir.account_mut("svc_web").unwrap().enabled = false;
    let advice = advice(&mut dir, "mem1").await;
    assert_eq!(advice.ways[0].remedy, Some(Remedy::RemoveRegistration { account: None }));
}

#[tokio::test]
async fn the_other_name_is_a_way_where_it_works() {
    let mut dir =
        directory().with_user("svc_web", &["HTTP/www.contoso.com", "HTTP/mem1.contoso.com"]);
    let advice = advice(&mut dir, "mem1.contoso.com").await;
    assert_eq!(advice.ways[0].name, "connect to mem1 instead");
    assert_eq!(advice.ways[0].client, ClientCost::AnotherName);
}

#[tokio::test]
async fn nothing_is_recommended_where_nothing_is_wrong() {
    let advice = advice(&mut directory(), "mem1").await;
    assert_eq!((advice.ways.len(), advice.ways[0].name.as_str()), (1, "change nothing"));
}

#[tokio::test]
async fn an_unknown_target_has_no_way_that_helps() {
    let advice = advice(&mut directory(), "nosuch").await;
    assert!(advice.ways.iter().all(|way| !way.helps), "{advice}");
    assert!(advice.to_string().contains("cannot be planned"), "{advice}");
}

#[tokio::test]
async fn a_duplicate_is_mended_by_taking_it_off_the_wrong_account() {
    let mut dir = directory().with_user("svc_old", &[]);
    dir.account_mut("svc_old").unwrap().spns.push("HTTP/mem1".to_owned());
    dir.account_mut("MEM1$").unwrap().spns.push("HTTP/mem1".to_owned());
    let advice = advice(&mut dir, "mem1").await;
    assert_eq!(advice.verdict.name(), "duplicate");
    // A name on two accounts gives nobody a ticket: nobody loses one.
    assert!(advice.ways.iter().any(|way| {
        let removes = way.remedy == Some(Remedy::RemoveRegistration { account: None });
        removes && way.helps && way.loses.is_empty()
    }));
}

#[tokio::test]
async fn a_web_service_that_holds_the_other_name_form_counts_too() {
    let mut dir = directory()
        .with_user("svc_old", &["HTTP/mem1.contoso.com"])
        .with_user("svc_web", &["HTTP/www.contoso.com", "HTTP/mem1"]);
    let advice = advice(&mut dir, "mem1.contoso.com").await;
    assert_eq!(order(&advice).last(), Some(&"remove-registration"), "{advice}");
    assert!(advice.to_string().contains("svc_web also holds HTTP/www.contoso.com"), "{advice}");
}

#[tokio::test]
async fn a_disabled_computer_is_to_be_enabled() {
    let mut dir = directory();
    dir.account_mut("MEM1$").unwrap().enabled = false;
    let advice = advice(&mut dir, "mem1").await;
    assert_eq!(advice.ways[0].name, "enable the computer account MEM1$");
    assert_eq!(advice.ways.len(), 1);
}

#[tokio::test]
async fn what_the_dc_may_refuse_comes_last() {
    let mut dir = directory()
        .with_user("svc_web", &["HTTP/mem1", "HTTP/mem1.contoso.com", "cifs/mem1.contoso.com"]);
    dir.account_mut("MEM1$").unwrap().spns.clear();
    let (target, client): (Target, _) =
        ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
    let remedy = Remedy::HostPrefix;
    let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
    let advice = recommend(&seen, &target, &client).unwrap();
    let at = |name| order(&advice).iter().position(|way| *way == name).unwrap();
    assert!(at("wsman-prefix") < at("host-prefix"), "{advice}");
    assert!(advice.to_string().contains("may refuse to add HOST/"), "{advice}");
}

#[tokio::test]
async fn host_on_the_wrong_account_goes_back_first() {
    let names = ["HOST/new9", "HOST/new9.contoso.com", "HOST/old9", "HOST/old9.contoso.com"];
    let replaced = || {
        InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("NEW9", "new9.contoso.com", &names)
            .with_computer("OLD9", "old9.contoso.com", &[])
    };
    for host in ["old9", "old9.contoso.com"] {
        let advice = advice(&mut replaced(), host).await;
        assert_eq!(advice.ways[0].remedy, Some(Remedy::GiveHostBack), "{advice}");
        assert!(advice.ways[0].helps, "{advice}");
        let option_1 = advice
            .ways
            .iter()
            .find(|way| way.remedy == Some(Remedy::RemoveRegistration { account: None }));
        assert!(!option_1.unwrap().helps, "{advice}");
    }
    // On a user, and nowhere.
    let mut dir = directory().with_user("svc_app", &["HOST/MEM1"]);
    dir.account_mut("MEM1$").unwrap().spns.remove(0);
    for _ in 0..2 {
        let advice = advice(&mut dir, "mem1").await;
        assert_eq!(order(&advice)[0], "give-host-back", "{advice}");
        dir.account_mut("svc_app").unwrap().spns.clear();
    }
    // Where HOST is not what is wrong, it is not mentioned.
    let mut dir = directory().with_user("svc_web", &["HTTP/mem1"]);
    dir.account_mut("MEM1$").unwrap().spns.remove(1);
    let advice = advice(&mut dir, "mem1").await;
    assert!(!order(&advice).contains(&"give-host-back"), "{advice}");
}

#[tokio::test]
async fn a_shared_computer_account_is_in_use() {
    let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MAIL", "mail.contoso.com", &["HOST/mail", "HOST/mail.contoso.com"])
        .with_computer("EXCHASA", "", &["http/mail.contoso.com", "http/autodiscover.contoso.com"]);
    dir.account_mut("EXCHASA$").unwrap().dns_host_name = None;
    let found = advice(&mut dir, "mail.contoso.com").await;
    assert_eq!(order(&found).last(), Some(&"remove-registration"), "{found}");
    assert_eq!(found.ways[0].name, "connect to mail instead");
    let text = found.to_string();
    assert!(text.contains("EXCHASA$ also holds http/autodiscover.contoso.com"), "{text}");
    assert!(!text.contains("nothing speaks for the name"), "{text}");

    // Without another name: nothing says that it is in use, and nothing that it is not.
    dir.account_mut("EXCHASA$").unwrap().spns.truncate(1);
    let found = advice(&mut dir, "mail.contoso.com").await;
    assert_eq!(order(&found).last(), Some(&"remove-registration"), "{found}");

    // A machine whose account a web farm uses.
    let names = ["HTTP/mem1", "HTTP/mem1.contoso.com", "HTTP/www.contoso.com", "HTTP/farm"];
    let mut dir = directory().with_computer("FARM", "farm.contoso.com", &names);
    let found = advice(&mut dir, "mem1").await;
    assert_eq!(order(&found).last(), Some(&"remove-registration"), "{found}");
    assert!(found.to_string().contains("FARM$ also holds HTTP/www.contoso.com:"), "{found}");
}

#[tokio::test]
async fn what_is_in_place_is_not_recommended_again() {
    let web = ["HTTP/www.contoso.com", "HTTP/mem1", "HTTP/mem1.contoso.com"];
    for (port, with) in [(5985, ""), (5986, "-UseSSL ")] {
        let mut dir = directory().with_user("svc_web", &web);
        let names = ["HTTP/mem1", "HTTP/mem1.contoso.com"].map(|name| format!("{name}:{port}"));
        dir.account_mut("MEM1$").unwrap().spns.extend(names);
        let advice = advice(&mut dir, "mem1.contoso.com").await;
        let first =
            format!("in place: connect with {with}-IncludePortInSPN (KB 4549715, option 2)");
        assert_eq!(advice.ways[0].name, first, "{advice}");
        assert_eq!((advice.ways[0].writes, advice.ways[0].helps), (0, true));
        let target = "mem1.contoso.com".parse().unwrap();
        let found = crate::diagnose_in(&mut dir, &target, &ClientProfile::default()).await;
        let steps = found.unwrap().next_steps.join("\n");
        assert!(steps.contains(&format!("in place: connect with {with}-Include")), "{steps}");
        let again = advice.ways.iter().filter(|way| way.remedy == Some(Remedy::PortSpns { port }));
        assert_eq!(again.count(), 1, "{advice}");
    }
    // One of the two names is not enough.
    let mut dir = directory().with_user("svc_web", &web);
    dir.account_mut("MEM1$").unwrap().spns.push("HTTP/mem1.contoso.com:5985".to_owned());
    let advice = advice(&mut dir, "mem1.contoso.com").await;
    assert!(advice.ways[0].name.starts_with("register SPNs with the port 5985"), "{advice}");
}

#[tokio::test]
async fn each_way_says_why() {
    let (mem1, www) = (["HTTP/mem1", "HTTP/mem1.contoso.com"], "HTTP/www.contoso.com");
    let in_use = || directory().with_user("svc_web", &[mem1[0], mem1[1], www]);
    let possible = || directory().with_user("svc_web", &mem1);
    let mut disabled = possible();
    disabled.account_mut("svc_web").unwrap().enabled = false;
    let mut in_place = in_use();
    let ports = mem1.map(|name| format!("{name}:5985"));
    in_place.account_mut("MEM1$").unwrap().spns.extend(ports);
    let mut without_host = in_use();
    without_host.account_mut("MEM1$").unwrap().spns.clear();
    let table = [
        (in_use(), "remove-registration", "takes Kerberos away from a service"),
        (possible(), "remove-registration", "the best way once you know that there is none"),
        (disabled, "remove-registration", "nothing speaks for the name being needed"),
        (in_use(), "port-spns", "nobody loses anything; each connection must ask for the port"),
        (in_place, "port-spns", "its names are registered already; nothing is written"),
        (in_use(), "host-prefix", "nothing is written to the directory"),
        (without_host, "host-prefix", "nobody loses a ticket; the client asks every host for HOST"),
    ];
    let (target, client): (Target, _) = ("mem1".parse().unwrap(), ClientProfile::default());
    for (mut dir, name, why) in table {
        let remedy = Remedy::HostPrefix;
        let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await.unwrap();
        let advice = recommend(&seen, &target, &client).unwrap();
        let named = |way: &&Way| way.remedy.as_ref().is_some_and(|known| known.name() == name);
        let way = advice.ways.iter().find(named).unwrap();
        assert!(way.because.contains(why), "{name}: {}", way.because);
    }
}

#[tokio::test]
async fn a_client_without_session_options_is_offered_no_port() {
    let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("WEC1", "wec1.contoso.com", &["HOST/wec1", "HOST/wec1.contoso.com"])
        .with_user("svc_web", &["HTTP/wec1.contoso.com", "HTTP/wec1"]);
    let target = "wec1.contoso.com".parse().unwrap();
    for (client, first) in [
        (ClientProfile::default(), "port-spns"),
        (ClientProfile::default().without_session_options(), "host-prefix"),
    ] {
        let seen = DirectorySnapshot::take(&mut dir, &target, &client).await.unwrap();
        let advice = recommend(&seen, &target, &client).unwrap();
        assert_eq!(order(&advice)[0], first, "{advice}");
        assert_eq!(order(&advice).contains(&"port-spns"), !client.no_session_options);
        let found = diagnose(&seen, &target, &client).unwrap();
        let steps = found.next_steps.join("\n");
        assert_eq!(steps.contains("option 2"), !client.no_session_options, "{steps}");
    }
}

#[tokio::test]
async fn where_no_spn_helps_another_name_does() {
    let cluster = ["HOST/cluster1", "HOST/cluster1.contoso.com", "MSServerCluster/cluster1"];
    let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("CLUSTER1", "cluster1.contoso.com", &cluster)
        .with_user("svc_web", &["HTTP/www.contoso.com"]);
    dir.account_mut("CLUSTER1$").unwrap().spns.push("wsman/cluster1.contoso.com".to_owned());
    for client in [ClientProfile::default(), ClientProfile::default().with_prefix(WSMAN)] {
        for (host, name) in [
            ("cluster1.contoso.com", "connect to a node's own name instead"),
            ("www.contoso.com", "connect to the machine's own name instead"),
        ] {
            let target = host.parse().unwrap();
            let seen = DirectorySnapshot::take(&mut dir, &target, &client).await.unwrap();
            let advice = recommend(&seen, &target, &client).unwrap();
            if advice.verdict.name() == "target-unknown" && client.spn_prefix.is_some() {
                continue;
            }
            assert_eq!((advice.ways.len(), advice.ways[0].name.as_str()), (1, name), "{advice}");
        }
    }
}
