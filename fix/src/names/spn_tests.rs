use proptest::prelude::*;

use super::*;

fn spn(text: &str) -> Spn {
    text.parse().unwrap()
}

#[test]
fn the_parts_are_told_apart() {
    // text, class, host, port, instance, service name
    type Row = (
        &'static str,
        &'static str,
        &'static str,
        Option<u16>,
        Option<&'static str>,
        Option<&'static str>,
    );
    let table: &[Row] = &[
        ("HTTP/mem1", "HTTP", "mem1", None, None, None),
        ("http/MEM1.contoso.com", "http", "MEM1.contoso.com", None, None, None),
        ("HTTP/mem1:5985", "HTTP", "mem1", Some(5985), None, None),
        ("HTTP/mem1:05985", "HTTP", "mem1", Some(5985), None, None),
        ("HTTP/mem1:65535", "HTTP", "mem1", Some(65535), None, None),
        ("MSSQLSvc/db1:PAYROLL", "MSSQLSvc", "db1", None, Some("PAYROLL"), None),
        ("MSSQLSvc/db1:5x", "MSSQLSvc", "db1", None, Some("5x"), None),
        (
            "ldap/dc1.contoso.com/contoso.com",
            "ldap",
            "dc1.contoso.com",
            None,
            None,
            Some("contoso.com"),
        ),
        ("ldap/dc1:389/contoso.com", "ldap", "dc1", Some(389), None, Some("contoso.com")),
    ];
    for (text, class, host, port, instance, name) in table {
        let parsed = spn(text);
        assert_eq!(parsed.class().as_str(), *class, "{text}");
        assert_eq!(parsed.host(), *host, "{text}");
        assert_eq!(parsed.port(), *port, "{text}");
        assert_eq!(parsed.instance(), *instance, "{text}");
        assert_eq!(parsed.service_name(), *name, "{text}");
        assert_eq!(&parsed.to_string(), text);
    }
}

#[test]
fn what_is_not_an_spn_says_why() {
    let table = [
        ("", "\"\" is not an SPN: there is no slash between service class and host"),
        ("mem1", "\"mem1\" is not an SPN: there is no slash between service class and host"),
        ("/mem1", "\"/mem1\" is not an SPN: the service class is empty"),
        ("HTTP/", "\"HTTP/\" is not an SPN: the host is empty"),
        ("HTTP/:80", "\"HTTP/:80\" is not an SPN: the host is empty"),
        ("HTTP/a:", "\"HTTP/a:\" is not an SPN: the port or instance name is empty"),
        ("HTTP/a/", "\"HTTP/a/\" is not an SPN: the service name is empty"),
        ("a/b/c/d", "\"a/b/c/d\" is not an SPN: it has 3 slashes, at most two are possible"),
        ("HTTP/a b", "\"HTTP/a b\" is not an SPN: ' ' cannot be in the host"),
        ("HTTP/*", "\"HTTP/*\" is not an SPN: '*' cannot be in the host"),
        ("HTTP/a:1:2", "\"HTTP/a:1:2\" is not an SPN: ':' cannot be in the port or instance name"),
        ("HTTP/a:0", "\"HTTP/a:0\" is not an SPN: 0 is not a port between 1 and 65535"),
        ("HTTP/a:65536", "\"HTTP/a:65536\" is not an SPN: 65536 is not a port between 1 and 65535"),
        ("HTTP/a\n", "\"HTTP/a\\n\" is not an SPN: '\\n' cannot be in the host"),
    ];
    for (text, message) in table {
        let error = text.parse::<Spn>().unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn comparison_is_the_directorys() {
    assert_eq!(spn("HTTP/mem1"), spn("http/MEM1"));
    assert_ne!(spn("HTTP/mem1"), spn("HTTP/mem1:80"));
    assert_ne!(spn("HTTP/mem1:80"), spn("HTTP/mem1:080"));
    assert_ne!(spn("HTTP/mem1"), spn("HTTP/mem1.contoso.com"));
    assert!(spn("HTTP/mem1").is("hTTp/mEm1"));
    assert!(!spn("HTTP/mem1").is("HTTP/mem1 "));
}

#[test]
fn serde_uses_the_text() {
    assert_eq!(serde_json::to_string(&spn("HTTP/mem1:1")).unwrap(), "\"HTTP/mem1:1\"");
    assert!(serde_json::from_str::<Spn>("\"nothing\"").is_err());
}

fn part() -> impl Strategy<Value = String> {
    "[A-Za-z0-9äÖ._-]{1,12}"
}

prop_compose! {
    fn any_spn()(
        class in part(),
        host in part(),
        qualifier in proptest::option::of(prop_oneof![
            (1u16..).prop_map(|port| port.to_string()),
            "[A-Z][A-Z0-9]{0,8}",
        ]),
        name in proptest::option::of(part()),
    ) -> String {
        let qualifier = qualifier.map_or_else(String::new, |text| format!(":{text}"));
        let name = name.map_or_else(String::new, |text| format!("/{text}"));
        format!("{class}/{host}{qualifier}{name}")
    }
}

fn hash(spn: &Spn) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    spn.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #[test]
    fn display_gives_back_what_was_typed(text in any_spn()) {
        prop_assert_eq!(spn(&text).to_string(), text);
    }

    #[test]
    fn parsing_never_panics_and_what_parses_comes_back(text in ".{0,40}") {
        if let Ok(parsed) = text.parse::<Spn>() {
            prop_assert_eq!(parsed.to_string(), text);
        }
    }

    #[test]
    fn case_makes_no_difference(text in any_spn()) {
        let (typed, upper, lower) =
            (spn(&text), spn(&text.to_ascii_uppercase()), spn(&text.to_ascii_lowercase()));
        prop_assert_eq!(&typed, &upper);
        prop_assert_eq!(&upper, &lower);
        prop_assert_eq!(hash(&upper), hash(&lower));
    }

    #[test]
    fn a_port_replaces_only_the_port(text in any_spn(), port in 1u16..) {
        let (before, after) = (spn(&text), spn(&text).with_port(port));
        prop_assert_eq!(after.port(), Some(port));
        prop_assert_eq!(before.class(), after.class());
        prop_assert_eq!(before.host(), after.host());
        prop_assert_eq!(before.service_name(), after.service_name());
        prop_assert_eq!(after.without_port().port(), None);
        prop_assert_eq!(spn(&after.to_string()), after);
    }

    #[test]
    fn a_class_replaces_only_the_class(text in any_spn(), class in part()) {
        let class: ServiceClass = class.parse().unwrap();
        let after = spn(&text).with_class(&class);
        let (_, rest) = text.split_once('/').unwrap();
        prop_assert_eq!(after.to_string(), format!("{class}/{rest}"));
    }
}
