//! Walks through a directory that has no end.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use spnfix::{Directory, DirectoryError, Scope};

use super::server::{ROOT, Say, connect, entry, more, result};

/// A page whose entries have these numbers, and that is not the last.
fn page(id: i64, numbers: impl Iterator<Item = usize>, attribute: &str) -> Say {
    let spns = |at: usize| vec![format!("HTTP/host{at}").into_bytes()];
    let mut bytes: Vec<u8> = numbers
        .flat_map(|at| entry(id, &format!("CN=x{at},{ROOT}"), &[(attribute, spns(at))]))
        .collect();
    bytes.extend(more(id));
    Say::Bytes(bytes)
}

/// Walks where the script decides what the next page is; how many entries came, and how it ended.
async fn walk(next: impl Fn(i64, usize) -> Say + Send + Sync + 'static) -> (usize, DirectoryError) {
    let pages = AtomicUsize::new(0);
    let script =
        move |question: &super::server::Question| next(question.id, pages.fetch_add(1, SeqCst));
    let (mut dir, mut seen) = (connect(script).await.unwrap(), 0);
    let visit = &mut |_: &str, _: &[String]| seen += 1;
    let error = dir.every_holder(Scope::Domain, visit).await.unwrap_err();
    assert_eq!(error.code(), "SPNFIX-UNEXPECTED-ANSWER");
    assert!(!error.hint().is_empty());
    (seen, error)
}

#[tokio::test]
async fn the_same_page_again_ends_it() {
    let (seen, error) = walk(|id, _| page(id, 0..10, "servicePrincipalName")).await;
    assert!(error.to_string().ends_with("it gives the same page again"), "{error}");
    assert_eq!(seen, 20, "the page, and the page by which it was found out");
}

#[tokio::test]
async fn pages_that_come_round_again_end_it() {
    for length in [2, 3, 7, 60] {
        let next = move |id, at: usize| {
            let first = at % length * 10;
            page(id, first..first + 10, "servicePrincipalName")
        };
        let (seen, error) = walk(next).await;
        assert!(error.to_string().ends_with("it gives the same page again"), "{error}");
        assert!(seen <= 10 * (3 * length + 3), "{length}: {seen}");
    }
}

#[tokio::test]
async fn empty_pages_for_ever_end_it() {
    let (seen, error) = walk(|id, _| Say::Bytes(more(id))).await;
    assert!(error.to_string().contains("empty pages without end"), "{error}");
    assert_eq!(seen, 0);
}

/// What is read to its end after the walk must be remembered until then.
#[tokio::test]
async fn accounts_with_values_in_parts_are_remembered_up_to_a_size_only() {
    let long = "x".repeat(100_000);
    let next = move |id, at: usize| {
        let dn = format!("CN={at}{long},{ROOT}");
        let values = ("servicePrincipalName;range=0-0", vec![b"HTTP/a".to_vec()]);
        Say::Bytes([entry(id, &dn, &[values]), more(id)].concat())
    };
    let (seen, error) = walk(next).await;
    assert!(error.to_string().contains("in parts"), "{error}");
    assert_eq!(seen, 0);
}

/// The last page ends a walk, whatever came before.
#[tokio::test]
async fn a_walk_with_one_cookie_for_all_pages_is_a_good_one() {
    let pages = AtomicUsize::new(0);
    let script = move |question: &super::server::Question| {
        let at = pages.fetch_add(1, SeqCst) * 10;
        match page(question.id, at..at + 10, "servicePrincipalName") {
            Say::Bytes(bytes) if at < 500 => Say::Bytes(bytes),
            _ => Say::Bytes(result(question.id, 5, 0, "")),
        }
    };
    let (mut dir, mut seen) = (connect(script).await.unwrap(), 0);
    let count = dir.every_holder(Scope::Domain, &mut |_, _| seen += 1).await.unwrap();
    assert_eq!((count, seen), (500, 500));
}
