//! Every environment variable that the suite reads, in one place.

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

/// `SPNLAB_SAMBA`: which Samba the domain controllers run, such as 4.17.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn samba() -> Option<String> {
    std::env::var("SPNLAB_SAMBA").ok()
}

/// `SPNLAB_TIMES`: the report tells where the time of the steps went.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn times() -> bool {
    std::env::var_os("SPNLAB_TIMES").is_some()
}
