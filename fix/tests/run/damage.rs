//! Journals that are not as they were written: none is worked with.

use crate::world::{World, killed_at};
use spnfix::testing::WithFailPoint;
use spnfix::*;

/// The journal of a fix that was killed half-way: one step done, one begun, one to come.
async fn half_done() -> String {
    let mut world = World::shadowed();
    let plan = world.plan(&Remedy::WsmanPrefix).await;
    let store = InMemoryJournal::default();
    let mut journal = Journal::begin(Box::new(store.clone()), &plan).unwrap();
    let mut dir = WithFailPoint::new(&mut world.dir, &killed_at(1, true));
    apply(&mut dir, &mut world.settings, &mut journal).await.unwrap_err();
    let states = [StepState::Done, StepState::Intent, StepState::Pending];
    assert_eq!(journal.steps(), states);
    store.text()
}

/// It is refused, with its code and a next step; that it says so when it is read means that nothing
/// was written before.
fn refused(text: impl AsRef<[u8]>) -> JournalError {
    let text = text.as_ref();
    match Journal::resume(Box::new(InMemoryJournal::default()), text) {
        Ok(_) => panic!("it was taken: {}", String::from_utf8_lossy(text)),
        Err(error) => {
            assert_eq!(error.code(), "SPNFIX-JOURNAL-UNREADABLE", "{error}");
            assert!(!error.hint().is_empty());
            error
        }
    }
}

#[tokio::test]
async fn no_flipped_bit_is_overlooked() {
    let good = half_done().await.into_bytes();
    Journal::resume(Box::new(InMemoryJournal::default()), &good).unwrap();
    for bit in 0..good.len() * 8 {
        let mut text = good.clone();
        text[bit / 8] ^= 1 << (bit % 8);
        refused(text);
    }
}

#[tokio::test]
async fn nothing_may_be_missing_or_follow() {
    let good = half_done().await;
    for length in 0..good.len() {
        refused(&good.as_bytes()[..length]);
    }
    for tail in ["x", "}", "\0", "{}", good.as_str()] {
        refused(format!("{good}{tail}"));
    }
}

#[tokio::test]
async fn lines_stay_where_they_are() {
    let good = half_done().await;
    let lines: Vec<&str> = good.lines().collect();
    assert!(lines.len() > 30, "{good}");
    for at in 1..lines.len() {
        let (mut swapped, mut without, mut twice) = (lines.clone(), lines.clone(), lines.clone());
        swapped.swap(at - 1, at);
        without.remove(at);
        twice.insert(at, lines[at]);
        for lines in [swapped, without, twice] {
            // Two equal lines may stand next to each other.
            let text = lines.join("\n");
            if text != good {
                refused(text);
            }
        }
    }
}

#[tokio::test]
async fn what_was_edited_is_refused() {
    let good = half_done().await;
    for [from, to] in [
        ["\"done\"", "\"pending\""],
        ["\"intent\"", "\"pending\""],
        ["\"intent\"", "\"undone\""],
        ["\"pending\"", "\"done\""],
        ["\"applying\"", "\"rolled-back\""],
        ["\"applying\"", "\"applied\""],
        ["WSMAN/mem1", "WSMAN/mem2"],
        ["    ", "\t"],
        ["\n", "\r\n"],
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let error = refused(text);
        assert!(matches!(error, JournalError::Damaged { .. }), "{from}: {error}");
        assert!(error.to_string().contains("damaged or edited"), "{error}");
    }
}

#[tokio::test]
async fn one_without_a_checksum_is_of_another_version() {
    let good = half_done().await;
    let inner = good.split_once("\"journal\":{").unwrap().1.strip_suffix('}').unwrap();
    let error = refused(format!("{{\"version\":1,{inner}"));
    assert!(matches!(error, JournalError::Version { found: 1, .. }), "{error}");
    assert!(matches!(refused(format!("{{{inner}")), JournalError::NotAJournal { .. }));
}

/// A file with such a journal is neither worked with nor replaced.
#[tokio::test]
async fn a_damaged_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fix.json");
    let plan = World::shadowed().plan(&Remedy::WsmanPrefix).await;
    let good = half_done().await.into_bytes();
    for (at, byte) in [(0, 0xff), (good.len() / 2, 0x80), (good.len() - 1, b' ')] {
        let mut text = good.clone();
        text[at] = byte;
        std::fs::write(&path, &text).unwrap();
        for error in [
            Journal::open(&path).unwrap_err(),
            Journal::peek(&path).unwrap_err(),
            Journal::create(&path, &plan).unwrap_err(),
        ] {
            assert_eq!(error.code(), "SPNFIX-JOURNAL-UNREADABLE", "{error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), text);
    }
}

/// Reading a pipe would wait, and a device may have no end.
#[test]
fn what_is_no_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), "/dev/zero".as_ref(), folder.path()] {
        let error = Journal::open(path).unwrap_err();
        assert_eq!(error.code(), "SPNFIX-JOURNAL-IO", "{error}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, "it is no regular file");
    }
}
