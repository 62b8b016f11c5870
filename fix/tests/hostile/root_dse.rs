//! Servers that lie about what they serve.

use spnfix::{DirectoryError, LdapDirectory};

use super::server::{ROOT, Say, access, connect, done, entry, more, root_dse, start};

/// A root DSE, before it is a message.
type Attributes = Vec<(&'static str, Vec<Vec<u8>>)>;

/// Connects to a server with this root DSE; nothing but a bind and this question may come.
async fn meet(root: Attributes) -> DirectoryError {
    let up = start(move |question| match question.kind {
        0 => None,
        3 if question.text.contains("defaultNamingContext") => {
            Some(Say::Bytes([entry(question.id, "", &root), done(question.id)].concat()))
        }
        _ => panic!("asked after a lie: {}", question.text),
    })
    .await;
    let error = LdapDirectory::connect(access(up.ca).at(&up.address)).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER", "{error}");
    assert!(error.to_string().starts_with("cannot read the root DSE: "), "{error}");
    assert!(error.hint().contains("Active Directory domain controller"), "{}", error.hint());
    error
}

/// The root DSE with other values for one of its names.
fn with(name: &str, values: &[&str]) -> Attributes {
    let mut root = root_dse();
    let changed = root.iter_mut().find(|(known, _)| *known == name).unwrap();
    changed.1 = values.iter().map(|value| value.as_bytes().to_vec()).collect();
    root
}

#[tokio::test]
async fn a_name_that_is_missing_empty_or_double_is_refused() {
    for at in 0..3 {
        let mut without = root_dse();
        let (name, _) = without.remove(at);
        let error = meet(without).await;
        assert!(error.to_string().ends_with(&format!("it names no {name}")), "{error}");
        meet(with(name, &[])).await;
        meet(with(name, &[""])).await;
        let error = meet(with(name, &[ROOT, "DC=evil,DC=com"])).await;
        assert!(error.to_string().ends_with(&format!("several values of {name}")), "{error}");
        let mut twice = root_dse();
        twice.push(twice[at].clone());
        let error = meet(twice).await;
        assert!(error.to_string().ends_with("an entry has an attribute twice"), "{error}");
    }
    let error = meet(Vec::new()).await;
    assert!(error.to_string().ends_with("it names no defaultNamingContext"), "{error}");
}

#[tokio::test]
async fn what_is_no_domain_is_refused() {
    for odd in [
        "CN=Users,DC=contoso,DC=com",
        "DC=contoso.com",
        "DC=contoso,,DC=com",
        "DC=,DC=com",
        "DC=contoso,OU=x,DC=com",
        "DC=con\u{1b}[2Jtoso,DC=com",
        "DC=contoso\\,DC=evil,DC=com",
        "contoso.com",
        "<GUID=0>",
    ] {
        for name in ["defaultNamingContext", "rootDomainNamingContext"] {
            let error = meet(with(name, &[odd])).await;
            assert!(error.to_string().ends_with(" is no name of a domain"), "{odd}: {error}");
        }
    }
}

#[tokio::test]
async fn a_configuration_of_elsewhere_is_refused() {
    for odd in [ROOT, "CN=Configuration,DC=evil,DC=com", "CN=Users,DC=contoso,DC=com"] {
        let error = meet(with("configurationNamingContext", &[odd])).await;
        assert!(error.to_string().contains("is not the configuration of"), "{odd}: {error}");
    }
    // The forest is another than the configuration's.
    let error = meet(with("rootDomainNamingContext", &["DC=evil,DC=com"])).await;
    assert!(error.to_string().contains("is not the configuration of"), "{error}");
}

#[tokio::test]
async fn several_net_bios_names_are_refused() {
    let partition = |id, name: &str, values: &[&[u8]]| {
        let dn = format!("CN={name},CN=Partitions,CN=Configuration,{ROOT}");
        let values = values.iter().map(|value| value.to_vec()).collect();
        entry(id, &dn, &[("nETBIOSName", values)])
    };
    for two_entries in [true, false] {
        let up = start(move |question| {
            let id = question.id;
            let first = if two_entries {
                [partition(id, "A", &[b"CONTOSO"]), partition(id, "B", &[b"EVIL"])].concat()
            } else {
                partition(id, "A", &[b"CONTOSO", b"EVIL"])
            };
            let asked = question.kind == 3 && question.text.contains("nETBIOSName");
            asked.then(|| Say::Bytes([first, done(id)].concat()))
        })
        .await;
        let error = LdapDirectory::connect(access(up.ca).at(&up.address)).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER", "{error}");
    }
}

/// A root DSE that comes in pages without end is one answer to a question about one entry.
#[tokio::test]
async fn a_root_dse_has_no_pages() {
    let up = start(|question| {
        let asked = question.kind == 3 && question.text.contains("defaultNamingContext");
        asked.then(|| Say::Bytes([entry(question.id, "", &root_dse()), more(question.id)].concat()))
    })
    .await;
    LdapDirectory::connect(access(up.ca).at(&up.address)).await.unwrap();
    connect(|_| Say::Bytes(Vec::new())).await.unwrap();
}
