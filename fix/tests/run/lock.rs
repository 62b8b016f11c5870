//! Two runs and one journal.

use spnfix::*;

use super::world::World;

#[tokio::test]
async fn a_journal_is_for_one_run_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fix.json");
    let plan = World::shadowed().plan(&Remedy::PortSpns { port: 5985 }).await;
    let first = Journal::create(&path, &plan).unwrap();

    let refused = [Journal::open(&path).unwrap_err(), Journal::create(&path, &plan).unwrap_err()];
    for error in refused {
        assert_eq!(error.code(), "SPNFIX-JOURNAL-LOCKED");
        assert!(error.to_string().ends_with("fix.json is in use by another run"), "{error}");
        assert!(!error.hint().is_empty());
    }
    assert_eq!(Journal::peek(&path).unwrap(), JournalState::Applying, "looking is allowed");

    drop(first);
    let second = Journal::open(&path).unwrap();
    assert_eq!(Journal::open(&path).unwrap_err().code(), "SPNFIX-JOURNAL-LOCKED");
    drop(second);
    Journal::open(&path).unwrap();
}

#[tokio::test]
async fn the_lock_is_private_and_a_leftover_one_is_free() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fix.json");
    let lock = folder.path().join("fix.json.lock");
    assert!(Journal::open(&path).is_err());
    assert!(!lock.exists(), "where there is no journal there is no lock");

    // As a killed process leaves it: the file, and nobody who holds it.
    std::fs::write(&lock, "").unwrap();
    let plan = World::shadowed().plan(&Remedy::WsmanPrefix).await;
    drop(Journal::create(&path, &plan).unwrap());
    std::fs::remove_file(&lock).unwrap();
    drop(Journal::open(&path).unwrap());
    assert_eq!(std::fs::metadata(&lock).unwrap().permissions().mode() & 0o777, 0o600);
}
