//! All environment variables that the program reads.
//!
//! Uses: no other room.

use std::path::PathBuf;

use spnlab_harness::EvidenceDir;

/// Where the journals of external domains are, and the shell's history.
pub(crate) fn state_folder() -> PathBuf {
    EvidenceDir::state()
}

/// The locale of characters, as POSIX finds it. An empty variable is unset.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn locale() -> Option<String> {
    let named = |name| std::env::var(name).ok().filter(|locale| !locale.is_empty());
    ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(named)
}

/// `SPNLAB_NAME`: the name of the lab where no `--name` is typed. An empty one is unset.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn lab_name() -> Option<String> {
    std::env::var("SPNLAB_NAME").ok().filter(|name| !name.trim().is_empty())
}
