//! Reads the LDIF back and executes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::names::same_set;
use crate::{Directory, InMemoryJournal, InMemorySettings, Journal, apply, rollback};

/// Reads one LDIF text back: DN, verb and value of each record.
pub(super) fn read_ldif(text: &str) -> Vec<(String, String, String)> {
    assert!(text.starts_with("version: 1\n"), "{text}");
    assert!(text.lines().all(|line| line.is_ascii() && line.len() <= 76), "{text}");
    let unfolded = text.replace("\n ", "");
    let value = |line: &str| {
        let (_, rest) = line.split_once(':').unwrap();
        match rest.strip_prefix(": ") {
            Some(encoded) => String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap(),
            None => rest.strip_prefix(' ').unwrap().to_owned(),
        }
    };
    let mut records = Vec::new();
    for record in unfolded.split("\n\n") {
        let lines: Vec<&str> =
            record.lines().filter(|line| !line.starts_with('#') && *line != "version: 1").collect();
        let [dn, kind, verb, values, end] = lines.as_slice() else {
            assert!(lines.is_empty(), "{record}");
            continue;
        };
        assert_eq!((*kind, *end), ("changetype: modify", "-"));
        let (verb, attribute) = verb.split_once(": ").unwrap();
        assert_eq!(attribute, "servicePrincipalName");
        assert!(dn.starts_with("dn:") && values.starts_with("servicePrincipalName:"), "{record}");
        records.push((value(dn), verb.to_owned(), value(values)));
    }
    records
}

/// Does what `ldapmodify` does with it.
async fn load(dir: &mut InMemoryDirectory, text: &str) {
    for (dn, verb, value) in read_ldif(text) {
        match verb.as_str() {
            "add" => dir.add(&dn, &value).await.unwrap(),
            "delete" => dir.delete(&dn, &value).await.unwrap(),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn loading_it_does_what_applying_the_plan_does_and_its_undo_takes_that_back() {
    let before = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", &["HTTP/www.contoso.com", "http/Mem1.contoso.com"])
        .with_user("dienst_\u{fc}ber_einen_namen_der_nicht_in_eine_zeile_passt", &["HTTP/MEM1"]);
    for remedy in [
        Remedy::RemoveRegistration { account: None },
        Remedy::PortSpns { port: WINRM_PORT },
        Remedy::WsmanPrefix,
        Remedy::HostPrefix,
    ] {
        let (mut loaded, mut applied) = (before.clone(), before.clone());
        let plan = planned(&mut applied, &remedy).await;
        let ldif = plan.hand_off(HandOff::Ldif).unwrap();
        let mut registry = InMemorySettings::default();
        let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();

        load(&mut loaded, &ldif.text).await;
        apply(&mut applied, &mut registry, &mut journal).await.unwrap();
        assert_eq!(loaded.accounts(), applied.accounts(), "{remedy}");
        let written = remedy != Remedy::HostPrefix;
        assert_eq!(loaded.accounts() != before.accounts(), written, "{remedy}");

        load(&mut loaded, &ldif.undo).await;
        rollback(&mut applied, &mut registry, &mut journal).await.unwrap();
        for (at, account) in before.accounts().iter().enumerate() {
            assert!(same_set(&loaded.accounts()[at].spns, &account.spns), "{remedy}: {account:?}");
            assert_eq!(loaded.accounts()[at], applied.accounts()[at], "{remedy}");
        }
    }
}
