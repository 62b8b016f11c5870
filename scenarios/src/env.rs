//! The environment variables that the tests read. Those of `spnlab test` are in `options`.
//!
//! Uses: no other room.

use std::path::PathBuf;

use spnlab_harness::SambaVersion;

/// `SPNLAB_SAMBA`: the Samba version of the domain controllers, such as 4.17; by default the
/// newest.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn samba() -> Result<SambaVersion, String> {
    std::env::var_os("SPNLAB_SAMBA")
        .map_or_else(|| Ok(SambaVersion::default()), |name| samba_named(&name.to_string_lossy()))
}

fn samba_named(name: &str) -> Result<SambaVersion, String> {
    let known = SambaVersion::ALL.map(SambaVersion::name).join(", ");
    SambaVersion::named(name).ok_or_else(|| format!("SPNLAB_SAMBA={name}: it is one of {known}"))
}

/// `SPNLAB_ATTEMPTS`: how many attempts a scenario makes beside another program's; by default 20.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn attempts() -> usize {
    std::env::var("SPNLAB_ATTEMPTS").ok().and_then(|count| count.parse().ok()).unwrap_or(20)
}

/// `PATH`: the folders of this machine's programs.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// A variable by its name.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn named(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_samba_that_labs_do_not_run_is_refused_with_those_that_they_do() {
        assert_eq!(samba_named("4.17"), Ok(SambaVersion::V4_17));
        for bad in ["4.18", "4.1", "4.17.12", "samba-4.17", " 4.17", ""] {
            let said = format!("SPNLAB_SAMBA={bad}: it is one of 4.22, 4.17");
            assert_eq!(samba_named(bad), Err(said));
        }
    }
}
