use super::*;

const MEM1: &str = "CN=MEM1,CN=Computers,DC=contoso,DC=com";
const WEB: &str = "CN=svc_web,CN=Users,DC=contoso,DC=com";

fn contoso() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", &["HTTP/www.contoso.com"])
}

#[tokio::test]
async fn the_directory_refuses_what_a_domain_controller_refuses() {
    let table: &[(&str, &str, Option<u32>)] = &[
        (WEB, "HTTP/mem1", None),
        (WEB, "HTTP/mem1:5985", None),
        (WEB, "WSMAN/mem1", None),
        (WEB, "host/mem1", Some(19)),
        (MEM1, "http/WWW.contoso.com", Some(19)),
        (MEM1, "HOST/www.contoso.com", Some(19)),
        (MEM1, "HTTP/mem1", None),
        (MEM1, "HOST/MEM1", Some(20)),
        // To Samba, another spelling on the same object is another value.
        (MEM1, "host/mem1", None),
        (MEM1, "mem1", Some(19)),
        (MEM1, "a/b/c/d", Some(19)),
        ("CN=nobody", "HTTP/x", Some(32)),
    ];
    for (dn, value, code) in table {
        let result = contoso().add(dn, value).await;
        let got = result.err().and_then(|error| error.ldap_code()).map(|code| code.0);
        assert_eq!(got, *code, "{value} on {dn}");
    }
}

#[tokio::test]
async fn deleting_ignores_case_and_needs_the_value() {
    let mut dir = contoso();
    dir.delete(WEB, "http/WWW.CONTOSO.COM").await.unwrap();
    let error = dir.delete(WEB, "HTTP/www.contoso.com").await.unwrap_err();
    assert_eq!(error.ldap_code(), Some(LdapCode::NO_SUCH_ATTRIBUTE));
    let error = dir.clone().read_only().delete(MEM1, "HOST/MEM1").await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-LDAP-50");
}

#[tokio::test]
async fn adding_an_alias_leaves_the_computers_value_in_its_spelling() {
    let mut dir = contoso();
    dir.add(WEB, "HTTP/MEM1").await.unwrap();
    let spns = dir.account_at(MEM1).await.unwrap().unwrap().spns;
    assert_eq!(spns, ["host/MEM1", "HOST/mem1.contoso.com"]);
    dir.add(WEB, "HTTP/Mem1.Contoso.COM").await.unwrap();
    let spns = dir.account_at(MEM1).await.unwrap().unwrap().spns;
    assert_eq!(spns, ["host/MEM1", "host/Mem1.Contoso.COM"]);
}

#[tokio::test]
async fn accounts_are_found_by_every_form_of_name() {
    let mut dir = contoso().with_user("mem1", &[]);
    let table = [
        ("mem1", Some("MEM1$")),
        ("MEM1$", Some("MEM1$")),
        ("CONTOSO\\svc_web", Some("svc_web")),
        ("contoso.com\\SVC_WEB", Some("svc_web")),
        ("nosuch", None),
    ];
    for (name, expected) in table {
        let found = dir.account(&name.parse().unwrap()).await.unwrap();
        assert_eq!(found.map(|account| account.name).as_deref(), expected, "{name}");
    }
    let error = dir.account(&"FABRIKAM\\x".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-OTHER-DOMAIN");
}

#[tokio::test]
async fn the_forest_is_wider_than_the_domain() {
    let mut dir = contoso();
    let mut other = account("CN=far,DC=sub,DC=contoso,DC=com", "far", AccountKind::User, &["X/y"]);
    other.enabled = false;
    dir.insert(other);
    let spns = ["x/Y".parse().unwrap()];
    assert_eq!(dir.holders(&spns, Scope::Domain).await.unwrap().len(), 0);
    assert_eq!(dir.holders(&spns, Scope::Forest).await.unwrap().len(), 1);
    let mut small = dir.without_global_catalog();
    let error = small.holders(&spns, Scope::Forest).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-NO-GLOBAL-CATALOG");
}
