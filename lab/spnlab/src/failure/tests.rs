use super::*;

#[test]
fn one_code_has_one_status() {
    for failure in [Failure::NobodyToAsk, Failure::Declined] {
        assert_eq!((failure.code().as_str(), failure.exit_status()), ("SPNLAB-NOT-APPLIED", 7));
    }
}

#[test]
fn an_interruption_says_what_it_left_behind() {
    for (doing, message, hint) in [
        (Doing::Looking, "nothing was changed", "starts over"),
        (Doing::Starting, "had started in Docker has been removed", "spnlab list"),
        (Doing::WRITING, "in the middle of a change", "spnlab rollback"),
        (Doing::CHANGING_LAB, "in the middle of a change", "spnlab reset"),
    ] {
        let failure = Failure::Interrupted { signal: 2, doing };
        assert!(failure.to_string().contains(message), "{failure}");
        assert!(failure.hint().contains(hint), "{}", failure.hint());
        assert_eq!(failure.exit_status(), 130);
    }
}

#[test]
fn what_this_machine_cannot_write_is_one_class() {
    let io = || std::io::Error::from(std::io::ErrorKind::StorageFull);
    let (path, action) = (std::path::PathBuf::from("/x"), "create /x".to_owned());
    let journal = spnfix::JournalError::Io { path, verb: "written", source: io() };
    for failure in [
        Failure::from(&io()),
        Failure::Lab(harness::Error::Io { action, source: io() }),
        spnfix::Error::from(journal).into(),
    ] {
        assert_eq!(failure.exit_status(), 9, "{failure}");
    }
    let gone = Failure::from(&std::io::Error::from(std::io::ErrorKind::BrokenPipe));
    assert_eq!(gone.exit_status(), 141);
}

#[test]
fn a_change_by_somebody_else_in_a_lab_leads_to_a_reset() {
    let changed = || spnfix::RollbackError::Different { differences: Vec::new() };
    let failure = Failure::in_lab(changed().into(), " --name x");
    assert_eq!(failure.hint(), "spnlab reset --name x brings the lab back to its baseline");
    assert_eq!((failure.code().as_str(), failure.exit_status()), ("SPNFIX-CHANGED", 7));
    assert!(Failure::from(spnfix::Error::from(changed())).hint().contains("by hand"));
}

#[test]
fn nothing_to_undo_says_whether_there_ever_was_a_fix() {
    let text = |undone| Failure::NothingToUndo { whose: "the lab x".into(), undone }.to_string();
    assert_eq!(text(0), "no fix was applied in the lab x");
    assert_eq!(text(1), "the fix in the lab x was rolled back before");
    assert_eq!(text(2), "all 2 fixes in the lab x were rolled back before");
}
