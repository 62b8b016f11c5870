use super::*;
use crate::InMemoryDirectory;

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
    assert!(advice.ways.iter().any(|way| {
        way.helps && way.remedy == Some(Remedy::RemoveRegistration { account: None })
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
