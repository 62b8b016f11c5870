//! All environment variables that the program reads.
//!
//! Uses: no other room.

use std::path::PathBuf;

use spnlab_harness::EvidenceDir;

/// Where this user's programs keep what must stay, such as the shell's history.
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

/// The user who types, also behind `sudo`, for the lab's log.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn user() -> String {
    let named = |name| std::env::var(name).ok().filter(|user| !user.is_empty());
    let user = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(named);
    let number = || match rustix::process::getuid() {
        rustix::process::Uid::ROOT => "root".to_owned(),
        uid => format!("user {}", uid.as_raw()),
    };
    user.unwrap_or_else(number)
}
