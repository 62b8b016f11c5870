use super::*;

#[test]
fn computers_come_first() {
    let table: &[(&str, Option<&str>, &[&str])] = &[
        ("mem1", None, &["mem1$", "mem1"]),
        ("MEM1$", None, &["MEM1$"]),
        ("CONTOSO\\svc_web", Some("CONTOSO"), &["svc_web$", "svc_web"]),
        ("svc_web@contoso.com", Some("contoso.com"), &["svc_web"]),
        ("MEM1$@CONTOSO.COM", Some("CONTOSO.COM"), &["MEM1$"]),
        ("CN=svc\\, web,CN=Users,DC=contoso,DC=com", Some("contoso.com"), &[]),
    ];
    for (text, domain, candidates) in table {
        let name: AccountName = text.parse().unwrap();
        assert_eq!(name.domain(), *domain);
        assert_eq!(name.candidates(), *candidates);
        assert_eq!(&name.to_string(), text);
    }
}

#[test]
fn one_sort_of_account_can_be_meant() {
    let name = |text: &str| text.parse::<AccountName>().unwrap();
    assert_eq!(name("mem1").only_computer().candidates(), ["mem1$"]);
    assert_eq!(name("mem1").only_user().candidates(), ["mem1"]);
    assert_eq!(name("mem1$").only_computer().candidates(), ["mem1$"]);
}

#[test]
fn what_names_no_account_is_refused() {
    for text in [
        "",
        "$",
        "\\x",
        "CONTOSO\\",
        "a*",
        "a)(b=*",
        "CN=x",
        "DC=contoso,DC=com",
        "x,DC=y",
        "@b",
        "a@",
        "a@b@c",
        "A\\B\\c",
    ] {
        assert!(text.parse::<AccountName>().is_err(), "{text}");
    }
}

#[test]
fn a_dn_is_read_with_the_blanks_of_a_page() {
    let name: AccountName = "CN=web, CN=Users,  dc=contoso,DC=com".parse().unwrap();
    assert_eq!(name.dn(), Some("CN=web,CN=Users,dc=contoso,DC=com"));
    assert_eq!((name.domain(), name.upn()), (Some("contoso.com"), None));
    let again: AccountName = serde_json::from_str(&serde_json::to_string(&name).unwrap()).unwrap();
    assert_eq!(again, name);
    assert_eq!("a@b".parse::<AccountName>().unwrap().upn().as_deref(), Some("a@b"));
}

#[test]
fn another_form_is_named_with_the_right_one() {
    let table = [
        ("CONTOSO\\\\svc_web", "write CONTOSO\\svc_web"),
        ("CONTOSO/svc_web", "an account is CONTOSO\\svc_web; an SPN is looked for with setspn -Q"),
        ("svc–web", "type - in its place: svc-web"),
        ("“svc_web”", "the right quotes are \" and ': \"svc_web\""),
        ("CONTOSO＼svc_web", "type \\ in its place: CONTOSO\\svc_web"),
    ];
    for (text, hint) in table {
        assert_eq!(text.parse::<AccountName>().unwrap_err().hint(), hint);
    }
    assert!(AccountName::literal("svc–web").is_ok(), "a directory may hold it");
    assert!("CN=svc–web,DC=contoso,DC=com".parse::<AccountName>().is_ok());
}

proptest::proptest! {
    #[test]
    fn no_text_panics_and_what_is_taken_comes_back(text in "([\\PC@,=\\\\]|CN=|,DC=|\\$){0,12}") {
        match text.parse::<AccountName>() {
            Ok(name) => {
                let shown = name.to_string();
                proptest::prop_assert_eq!(AccountName::literal(&shown), Ok(name));
            }
            Err(error) => proptest::prop_assert!(!error.hint().is_empty()),
        }
    }
}
