//! All environment variables that the program reads.
//!
//! Uses: no other room.

use std::path::PathBuf;

/// Where the journals of external domains are: `$XDG_STATE_HOME/spnlab`,
/// otherwise `~/.local/state/spnlab`.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn state_folder() -> PathBuf {
    let base = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    base.or_else(home).unwrap_or_else(std::env::temp_dir).join("spnlab")
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
