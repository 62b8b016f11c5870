//! Answers that are well-formed LDAP and still odd.

use spnfix::{Directory, DirectoryError, Scope};

use super::server::{Question, ROOT, Say, connect, done, entry, reference};

fn account(question: &Question, dn: &str, spns: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
    let mut all =
        vec![("sAMAccountName", vec![b"svc".to_vec()]), ("objectClass", vec![b"user".to_vec()])];
    all.extend_from_slice(spns);
    entry(question.id, dn, &all)
}

/// All SPNs that a walk sees, or why it fails.
async fn walk(
    script: impl Fn(&Question) -> Say + Send + Sync + 'static,
) -> Result<Vec<String>, DirectoryError> {
    let (mut dir, mut seen) = (connect(script).await?, Vec::new());
    dir.every_holder(Scope::Domain, &mut |_, spns: &[String]| seen.extend_from_slice(spns)).await?;
    Ok(seen)
}

fn numbered(from: usize, to: usize) -> Vec<Vec<u8>> {
    (from..=to).map(|at| format!("HTTP/host{at}").into_bytes()).collect()
}

fn below(name: &str) -> String {
    format!("CN={name},{ROOT}")
}

#[tokio::test]
async fn more_entries_than_the_page_are_refused() {
    let error = walk(|question| {
        Say::Endless(entry(question.id, &below("x"), &[("servicePrincipalName", numbered(1, 1))]))
    })
    .await
    .unwrap_err();
    assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
    assert!(error.to_string().contains("more than 1000 entries"), "{error}");
}

#[tokio::test]
async fn entries_of_another_base_are_refused() {
    for dn in ["CN=x,DC=evil,DC=com", "CN=x,DC=notDC=contoso,DC=com", ""] {
        let script = move |question: &Question| {
            Say::Bytes([account(question, dn, &[]), done(question.id)].concat())
        };
        let error = walk(script).await.unwrap_err();
        assert!(error.to_string().contains("not below"), "{error}");
        let mut dir = connect(script).await.unwrap();
        let error = dir.account_at(&below("x")).await.unwrap_err();
        assert!(error.to_string().contains("not below"), "{error}");
    }
}

#[tokio::test]
async fn references_are_passed_over() {
    let seen = walk(|question| {
        let spns = [("servicePrincipalName", numbered(1, 1))];
        let parts = [
            reference(question.id),
            account(question, &below("x"), &spns),
            reference(question.id),
            done(question.id),
        ];
        Say::Bytes(parts.concat())
    })
    .await;
    assert_eq!(seen.unwrap(), ["HTTP/host1"]);
}

#[tokio::test]
async fn thousands_of_spns_are_read_in_parts() {
    let seen = walk(|question| {
        let part = if question.text.contains("range=1500-*") {
            ("servicePrincipalName;range=1500-*", numbered(1500, 4999))
        } else {
            ("servicePrincipalName;range=0-1499", numbered(0, 1499))
        };
        Say::Bytes([account(question, &below("x"), &[part]), done(question.id)].concat())
    })
    .await
    .unwrap();
    assert_eq!((seen.len(), seen.last().map(String::as_str)), (5000, Some("HTTP/host4999")));
}

#[tokio::test]
async fn parts_that_do_not_follow_each_other_are_refused() {
    for odd in ["range=0-1", "range=1-2", "range=3-4", "range=2-1", "range=-", "x"] {
        let error = walk(move |question| {
            let name = format!("servicePrincipalName;{odd}");
            let part = if question.text.contains("range=2-*") {
                (name.as_str(), numbered(0, 1))
            } else {
                ("servicePrincipalName;range=0-1", numbered(0, 1))
            };
            Say::Bytes([account(question, &below("x"), &[part]), done(question.id)].concat())
        })
        .await
        .unwrap_err();
        assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER", "{odd}: {error}");
    }
}

#[tokio::test]
async fn what_is_not_utf8_is_shown_and_never_written() {
    let script = |question: &Question| {
        let spns = ("servicePrincipalName", vec![b"HTTP/\xff".to_vec(), b"no SPN".to_vec()]);
        assert_eq!(question.kind, 3, "nothing may be written");
        Say::Bytes([account(question, &below("x"), &[spns]), done(question.id)].concat())
    };
    let mut dir = connect(script).await.unwrap();
    let account = dir.account_at(&below("x")).await.unwrap().unwrap();
    assert_eq!(account.spns, ["HTTP/\u{fffd}", "no SPN"]);
    let error = dir.delete(&account.dn, &account.spns[0]).await.unwrap_err();
    assert!(error.to_string().contains("UTF-8"), "{error}");
}

#[tokio::test]
async fn names_with_special_characters_stay_whole() {
    let dn = below(r"a\,b*)(cn=\\");
    let copy = dn.clone();
    let script = move |question: &Question| {
        assert!(question.text.contains(&copy));
        Say::Bytes([account(question, &copy, &[]), done(question.id)].concat())
    };
    let found = connect(script).await.unwrap().account_at(&dn).await.unwrap();
    assert_eq!(found.unwrap().dn, dn);
}

/// An answer with these entries, to every question.
fn entries(entries: &[(&str, &[&str])]) -> impl Fn(&Question) -> Say + Send + Sync + 'static {
    let owned = |(name, spns): &(&str, &[&str])| {
        let spns: Vec<Vec<u8>> = spns.iter().map(|spn| spn.as_bytes().to_vec()).collect();
        (below(name), spns)
    };
    let entries: Vec<_> = entries.iter().map(owned).collect();
    move |question| {
        let all = entries.iter().flat_map(|(dn, spns)| {
            account(question, dn, &[("servicePrincipalName", spns.clone())])
        });
        Say::Bytes(all.chain(done(question.id)).collect())
    }
}

#[tokio::test]
async fn an_entry_that_comes_twice_is_one_account() {
    let script = entries(&[("x", &["HTTP/a"]), ("X", &["HTTP/a"]), ("y", &["HTTP/a"])]);
    let mut dir = connect(entries(&[("x", &["HTTP/a"]), ("x", &["HTTP/a"])])).await.unwrap();
    let spn = "HTTP/a".parse().unwrap();
    let found = dir.holders(&[spn], Scope::Domain).await.unwrap();
    assert_eq!(found.len(), 1);
    // A name in another case is the same name; that it is spelled otherwise is a difference.
    let mut dir = connect(script).await.unwrap();
    let error = dir.holders(&["HTTP/a".parse().unwrap()], Scope::Domain).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
}

#[tokio::test]
async fn one_name_for_two_different_entries_is_refused() {
    let script = || entries(&[("x", &["HTTP/a"]), ("x", &["HTTP/a", "HTTP/b"])]);
    let mut dir = connect(script()).await.unwrap();
    let error = dir.holders(&["HTTP/a".parse().unwrap()], Scope::Domain).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
    assert!(error.to_string().ends_with("twice, and differently"), "{error}");
    let error = dir.account_at(&below("x")).await.unwrap_err();
    assert!(error.to_string().ends_with("several entries for one name"), "{error}");
}

#[tokio::test]
async fn an_attribute_that_comes_twice_is_refused() {
    for twice in ["servicePrincipalName", "SERVICEPRINCIPALNAME", "sAMAccountName", "objectClass"] {
        let script = move |question: &Question| {
            let more =
                [("servicePrincipalName", numbered(1, 1)), (twice, vec![b"HTTP/other".to_vec()])];
            Say::Bytes([account(question, &below("x"), &more), done(question.id)].concat())
        };
        let error = walk(script).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
        assert!(error.to_string().ends_with("an entry has an attribute twice"), "{error}");
        let mut dir = connect(script).await.unwrap();
        assert!(dir.account_at(&below("x")).await.is_err(), "{twice}");
    }
}

#[tokio::test]
async fn one_value_is_not_several() {
    for name in ["dNSHostName", "userAccountControl", "objectGUID"] {
        let script = move |question: &Question| {
            let two = [(name, vec![b"512".to_vec(), b"514".to_vec()])];
            Say::Bytes([account(question, &below("x"), &two), done(question.id)].concat())
        };
        let error = connect(script).await.unwrap().account_at(&below("x")).await.unwrap_err();
        assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
        assert!(error.to_string().ends_with(&format!("several values of {name}")), "{error}");
    }
}

/// Comparing each attribute with all others would take a time that grows with their square.
#[tokio::test]
async fn attributes_without_end_are_refused() {
    let error = walk(|question| {
        let names: Vec<String> = (0..100_000).map(|at| format!("a{at}")).collect();
        let all: Vec<_> = names.iter().map(|name| (name.as_str(), Vec::new())).collect();
        Say::Bytes([entry(question.id, &below("x"), &all), done(question.id)].concat())
    })
    .await
    .unwrap_err();
    assert!(error.to_string().ends_with("more attributes than were asked for"), "{error}");
}
