//! Every environment variable that the suite reads, in one place.

use spnlab_harness::SambaVersion;

/// `SPNLAB_SEED`: the order of an earlier run.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn seed() -> Option<u64> {
    std::env::var("SPNLAB_SEED").ok()?.parse().ok()
}

/// `SPNLAB_LABS`: how many labs run side by side.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn labs() -> Option<usize> {
    std::env::var("SPNLAB_LABS").ok()?.parse().ok().filter(|labs| *labs > 0)
}

/// `SPNLAB_SAMBA`: which Samba the domain controllers run, such as 4.17; the newest otherwise.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn samba() -> Result<SambaVersion, String> {
    std::env::var_os("SPNLAB_SAMBA")
        .map_or_else(|| Ok(SambaVersion::default()), |name| samba_named(&name.to_string_lossy()))
}

fn samba_named(name: &str) -> Result<SambaVersion, String> {
    let known = SambaVersion::ALL.map(SambaVersion::name).join(", ");
    SambaVersion::named(name).ok_or_else(|| format!("SPNLAB_SAMBA={name}: it is one of {known}"))
}

/// `SPNLAB_TIMES`: the report tells where the time of the steps went.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn times() -> bool {
    std::env::var_os("SPNLAB_TIMES").is_some()
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
