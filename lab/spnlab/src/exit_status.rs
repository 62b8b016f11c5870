//! Exit statuses of the program (`docs/exit-codes.md`). The harness adds its own, 1 and 3 to 6.
//!
//! Uses: no other room.

/// Something that should not happen.
pub(crate) const BUG: u8 = 1;

/// Wrong usage.
pub(crate) const USAGE: u8 = 2;

/// The lab is not the one, or not in the state, that a verb needs.
pub(crate) const LAB: u8 = 6;

/// A fix was refused, stopped or declined, or the directory cannot be reached.
pub(crate) const FIX: u8 = 7;

/// An outcome of the demo was not the expected one.
pub(crate) const UNEXPECTED: u8 = 8;

/// A file, a folder or standard output of this machine cannot be used. The harness's
/// `Error::Io` has the same.
pub(crate) const FILES: u8 = 9;

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
