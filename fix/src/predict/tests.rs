//! Answers that Samba gave in `scenarios/tests/spn_table`, and where Windows' rules differ.

use super::*;
use crate::directory::{Account, AccountKind, LdapCode};
use crate::names::SpnMappings;

const OK: LdapCode = LdapCode(0);
const TAKEN: LdapCode = LdapCode::CONSTRAINT_VIOLATION;
const NO_RIGHT: LdapCode = LdapCode::INSUFFICIENT_ACCESS_RIGHTS;

fn dn(name: &str) -> String {
    format!("CN={name},DC=contoso,DC=com")
}

/// The computers `a` and `b`, and the user `u`.
fn rehearsal(dialect: Dialect) -> Rehearsal {
    let computer = |name: &str| Account {
        dn: dn(name),
        name: format!("{name}$"),
        kind: AccountKind::Computer,
        guid: None,
        dns_host_name: Some(format!("{name}.contoso.com")),
        additional_names: Vec::new(),
        enabled: true,
        spns: Vec::new(),
    };
    let user = Account {
        name: "u".to_owned(),
        kind: AccountKind::User,
        dns_host_name: None,
        ..computer("u")
    };
    let accounts = vec![computer("a"), computer("b"), user];
    Rehearsal::new(accounts, SpnMappings::windows_default(), dialect)
}

fn add(value: &str) -> Proposal {
    Proposal::Add(value.to_owned())
}

fn delete(value: &str) -> Proposal {
    Proposal::Delete(value.to_owned())
}

fn rename(host: &str) -> Proposal {
    Proposal::Rename(host.to_owned())
}

fn writer(of: &[&str]) -> Rights {
    Rights::Writes(of.iter().map(|name| dn(name)).collect())
}

fn itself(name: &str) -> Rights {
    Rights::Itself(dn(name))
}

/// The answer to the last step. An administrator makes those before it.
fn answer(dialect: Dialect, rights: &Rights, steps: &[(&str, Proposal)]) -> LdapCode {
    let mut rehearsal = rehearsal(dialect);
    let Some(((on, question), before)) = steps.split_last() else { panic!("no step") };
    for (on, step) in before {
        let said = rehearsal.play(&Rights::Administrator, &dn(on), step);
        assert!(said.is_accepted(), "{step:?}: {said}");
    }
    rehearsal.play(rights, &dn(on), question).code()
}

/// Who asks, the steps, Samba's answer.
type Row = (Rights, Vec<(&'static str, Proposal)>, LdapCode);

#[test]
fn samba_lets_write_who_has_the_right() {
    let (admin, nobody) = (Rights::Administrator, Rights::none());
    let alias_after_host = || vec![("a", add("HOST/w")), ("b", add("cifs/w"))];
    let host_after_alias = || vec![("a", add("cifs/w")), ("b", add("HOST/w"))];
    let deleted = || vec![("a", add("HOST/w")), ("a", delete("HOST/w"))];
    let table: Vec<Row> = vec![
        (admin.clone(), vec![("a", add("HOST/w"))], OK),
        (writer(&["a"]), vec![("a", add("HOST/w"))], OK),
        (nobody.clone(), vec![("a", add("HOST/w"))], NO_RIGHT),
        (writer(&["a"]), deleted(), OK),
        (nobody.clone(), deleted(), NO_RIGHT),
        (admin.clone(), vec![("a", delete("cifs/w"))], LdapCode::NO_SUCH_ATTRIBUTE),
        (admin.clone(), alias_after_host(), OK),
        (writer(&["b"]), alias_after_host(), NO_RIGHT),
        (writer(&["a", "b"]), alias_after_host(), OK),
        (admin, host_after_alias(), TAKEN),
        (writer(&["a", "b"]), host_after_alias(), TAKEN),
        (nobody, host_after_alias(), NO_RIGHT),
    ];
    for (rights, steps, expected) in table {
        assert_eq!(answer(Dialect::Samba, &rights, &steps), expected, "{rights:?} {steps:?}");
    }
}

#[test]
fn a_computer_writes_spns_of_its_own_names_and_a_user_none() {
    let (samba, windows) = (Dialect::Samba, Dialect::Windows);
    for (dialect, name, value, expected) in [
        (samba, "a", "HTTP/a.contoso.com", OK),
        (samba, "a", "WSMAN/a", OK),
        (samba, "a", "HTTP/a-2.contoso.com", TAKEN),
        (samba, "a", "HTTP/a.contoso.com/x", TAKEN),
        (samba, "u", "HTTP/u", NO_RIGHT),
        // Samba refuses any port.
        (samba, "a", "HTTP/a.contoso.com:5985", TAKEN),
        (windows, "a", "HTTP/a.contoso.com:5985", OK),
        (windows, "a", "HTTP/a.contoso.com:http", TAKEN),
    ] {
        let said = answer(dialect, &itself(name), &[(name, add(value))]);
        assert_eq!(said, expected, "{dialect:?} {value}");
    }
}

#[test]
fn windows_lets_administrators_add_host_after_its_alias() {
    let steps = [("a", add("cifs/w")), ("b", add("HOST/w"))];
    assert_eq!(answer(Dialect::Windows, &Rights::Administrator, &steps), OK);
    assert_eq!(answer(Dialect::Windows, &writer(&["a", "b"]), &steps), TAKEN);
}

#[test]
fn spns_of_the_old_host_name_follow_a_new_one() {
    let mut rehearsal = rehearsal(Dialect::Samba);
    let admin = Rights::Administrator;
    for value in ["HTTP/a.contoso.com:80", "cifs/w"] {
        assert!(rehearsal.play(&admin, &dn("a"), &add(value)).is_accepted());
    }
    let question = rename("a-2.contoso.com");
    assert_eq!(rehearsal.play(&writer(&["a"]), &dn("a"), &question).code(), NO_RIGHT);
    assert!(rehearsal.play(&admin, &dn("a"), &question).is_accepted());
    let renamed = &rehearsal.accounts()[0];
    assert_eq!(renamed.dns_host_name.as_deref(), Some("a-2.contoso.com"));
    assert_eq!(renamed.spns, ["HTTP/a-2.contoso.com:80", "cifs/w"]);
    // The old SPN is free, the new one is not.
    let said = rehearsal.play(&admin, &dn("b"), &add("HTTP/a-2.contoso.com:80"));
    assert_eq!(said.code(), TAKEN);
    assert!(rehearsal.play(&admin, &dn("b"), &add("HTTP/a.contoso.com:80")).is_accepted());
}

#[test]
fn a_refusal_says_why_and_changes_nothing() {
    let mut rehearsal = rehearsal(Dialect::Samba);
    let admin = Rights::Administrator;
    let said = rehearsal.play(&admin, &dn("a"), &add("HTTP/w.contoso.com"));
    assert_eq!(said.to_string(), "it will be accepted");
    let before = rehearsal.accounts().to_vec();
    let said = rehearsal.play(&admin, &dn("u"), &add("http/w.contoso.com"));
    assert!(!said.is_accepted());
    let text = said.to_string();
    assert!(text.starts_with("it will be refused with "), "{text}");
    assert!(text.ends_with(": a$ holds http/w.contoso.com"), "{text}");
    assert_eq!(rehearsal.accounts(), before);
    // The SPN of the new host name is taken.
    assert!(rehearsal.play(&admin, &dn("b"), &add("HTTP/b.contoso.com")).is_accepted());
    let before = rehearsal.accounts().to_vec();
    let said = rehearsal.play(&admin, &dn("b"), &rename("w.contoso.com"));
    assert_eq!(said.code(), TAKEN);
    assert_eq!(rehearsal.accounts(), before);
}
