//! What the program keeps: on disk, in folders that only this user may enter, and in a lab.
//!
//! Uses: console, env, failure.

mod evidence;
mod journals;
mod last_attempt;
mod log;
mod quiz;

use std::path::Path;

use spnlab_harness::Error;

use crate::failure::Failure;

pub(crate) use evidence::{RunEvidence, last_attempt, newest_run, size_of_runs};
pub(crate) use journals::{Journals, Last};
pub(crate) use last_attempt::{LastAttempt, note_attempt};
pub(crate) use log::{note, note_done};
pub(crate) use quiz::KeptQuiz;

/// Makes a folder that only this user may enter.
pub(crate) fn create_private(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| {
        let action = format!("create {}", folder.display());
        Failure::Lab(Error::Io { action, source })
    })
}
