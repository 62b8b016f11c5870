//! Every environment variable that the harness reads, in one place.

use std::path::PathBuf;

/// `SPNLAB_PROGRAMS`: the folder that holds `winrmd` and `winrm-client`.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn programs() -> Option<PathBuf> {
    std::env::var_os("SPNLAB_PROGRAMS").map(PathBuf::from)
}

/// `SPNLAB_EVIDENCE`: where evidence is kept; `target/evidence` below the current folder otherwise.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn evidence() -> PathBuf {
    std::env::var_os("SPNLAB_EVIDENCE")
        .map_or_else(|| PathBuf::from("target/evidence"), PathBuf::from)
}
