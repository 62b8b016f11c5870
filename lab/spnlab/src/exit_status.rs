//! Exit statuses of the program (`docs/exit-codes.md`): those of the harness's errors, and its own.
//!
//! Uses: no other room.

pub(crate) use spnlab_harness::exit_status::{BUG, FILES, IMAGES, LAB, USAGE};

/// A fix was refused, stopped or declined, or the directory cannot be reached.
pub(crate) const FIX: u8 = 7;

/// An outcome of the demo was not the expected one.
pub(crate) const UNEXPECTED: u8 = 8;

/// `connect`, `browse`: the host could not be reached, refused or did not answer. Remote commands
/// rarely end with this number.
pub(crate) const REFUSED: u8 = 10;

/// `connect`: the command ended with 0, but not all of its output is shown.
pub(crate) const INCOMPLETE: u8 = 11;

/// `quiz check`: a verdict is no.
pub(crate) const NOT_RIGHT: u8 = 12;

/// What a shell adds to the number of the signal that ended a program.
pub(crate) const SIGNAL: u8 = 128;

/// SIGPIPE: whoever read standard output has ended.
pub(crate) const READER_GONE: u8 = SIGNAL + 13;
