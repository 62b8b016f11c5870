//! Every environment variable that the harness reads, in one place.

use std::path::PathBuf;

/// `SPNLAB_PROGRAMS`: the folder that holds `winrmd` and `winrm-client`.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn programs() -> Option<PathBuf> {
    std::env::var_os("SPNLAB_PROGRAMS").map(PathBuf::from)
}

/// A folder for locks of this user: `XDG_RUNTIME_DIR`, otherwise one in the temporary folder.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn locks() -> PathBuf {
    use std::os::unix::fs::MetadataExt;
    if let Some(folder) = std::env::var_os("XDG_RUNTIME_DIR") {
        return PathBuf::from(folder).join("spnlab");
    }
    let user = std::fs::metadata("/proc/self").map_or(0, |me| me.uid());
    std::env::temp_dir().join(format!("spnlab-{user}"))
}

/// `SPNLAB_EVIDENCE`: where evidence is kept; `target/evidence` below the current folder otherwise.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn evidence() -> PathBuf {
    std::env::var_os("SPNLAB_EVIDENCE")
        .map_or_else(|| PathBuf::from("target/evidence"), PathBuf::from)
}
