//! `spnlab test`: becomes the program `spnlab-test`, which stands beside this one. So building
//! `spnlab` alone needs no test tool.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use spnlab_harness::Error;

use crate::failure::Failure;

/// Returns only if the program did not start.
pub(super) fn test(words: &[OsString]) -> Failure {
    let io = |source| Failure::Lab(Error::Io { action: "start spnlab-test".to_owned(), source });
    let program = match std::env::current_exe() {
        Ok(me) => me.with_file_name("spnlab-test"),
        Err(error) => return io(error),
    };
    let error = Command::new(&program).args(words).exec();
    match error.kind() {
        ErrorKind::NotFound => Failure::NoSuite { program },
        _ => io(error),
    }
}
