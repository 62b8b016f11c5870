use super::*;

#[test]
fn names_are_targets_and_addresses_are_not() {
    for text in ["mem1", "mem1.contoso.com", "MEM1", "mem1.", "1and1", "7.contoso.com", "größe"] {
        assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
    }
    let table = [
        ("10.0.0.1", "10.0.0.1 is an IP address, and Kerberos needs a name"),
        ("[::1]", "::1 is an IP address, and Kerberos needs a name"),
        ("", "\"\" is not a host name: the host is empty"),
        ("http/mem1", "\"http/mem1\" is not a host name: '/' cannot be in the host"),
        ("mem1:5985", "\"mem1:5985\" is not a host name: ':' cannot be in the host"),
        ("a..b", "\"a..b\" is not a host name: a label is empty"),
        ("fd00::1", "fd00::1 is an IP address, and Kerberos needs a name"),
        ("10.0.0.5:5985", "10.0.0.5 is an IP address, and Kerberos needs a name"),
    ];
    for (text, message) in table {
        assert_eq!(text.parse::<Target>().unwrap_err().to_string(), message);
    }
    let hint = "10.0.0.5".parse::<Target>().unwrap_err().hint();
    assert!(hint.contains("TryIPSPN") && hint.contains("HOST/10.0.0.5"), "{hint}");
}

#[test]
fn another_form_is_named_with_the_right_one() {
    let table = [
        ("http://web7.contoso.com:5985/wsman", "it is a URL", "web7.contoso.com"),
        ("HTTP/web7.contoso.com:5985", "'/' cannot be in the host", "web7.contoso.com"),
        ("mem1:5985", "':' cannot be in the host", "mem1"),
        ("mem1/", "'/' cannot be in the host", "mem1"),
        ("\\\\mem1\\c$", "it is a path", "mem1"),
        ("CONTOSO\\MEM1$", "it is an account", "MEM1"),
        ("MEM1$", "it is an account", "MEM1"),
        ("trainer@mem1", "it has an @", "mem1"),
        (
            "mem1.contoso.com.",
            "the client would put the dot at its end into the SPN",
            "mem1.contoso.com",
        ),
    ];
    for (text, reason, host) in table {
        let error = Target::typed(text).unwrap_err();
        assert_eq!(error.to_string(), format!("{text:?} is not a host name: {reason}"));
        assert_eq!(error.hint(), format!("give the host alone: {host}"));
        assert!(host.parse::<Target>().is_ok());
    }
    for text in [
        "localhost",
        "LOCALHOST.",
        ".",
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "[::1]:5985",
        "a.localhost",
        "0.0.0.0",
        "http://localhost:5985",
        "(local)",
    ] {
        let error = text.parse::<Target>().unwrap_err();
        assert!(error.is_the_machine_itself(), "{error}");
        assert!(error.hint().starts_with("give the machine's own name"), "{error}");
    }
    for text in ["10.0.0", "010.000.000.005"] {
        let error = text.parse::<Target>().unwrap_err().to_string();
        assert!(error.ends_with("it looks like an IP address"), "{error}");
    }
    for text in ["web–7", "“web7”", "web\u{200b}7", "web7\u{a0}"] {
        let error = text.parse::<Target>().unwrap_err();
        assert!(error.to_string().contains("U+"), "{error}");
        assert!(
            error.hint().ends_with("web7")
                || error.hint().ends_with("web-7")
                || error.hint().ends_with("\"web7\""),
            "{}",
            error.hint()
        );
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics_and_what_is_taken_comes_back(text in "[\\PC./:\\\\@$\\[\\]]{0,20}") {
        match text.parse::<Target>() {
            Ok(target) => proptest::prop_assert_eq!(target.to_string(), text),
            Err(error) => proptest::prop_assert!(!error.hint().is_empty()),
        }
    }
}
