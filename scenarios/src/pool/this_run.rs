//! The pool of this run, as the environment sets it up.

use std::sync::OnceLock;

use spnlab_harness::{Progress, SambaVersion};

use super::lab_pool::LabPool;
use crate::env;

/// The most labs at a time. Each is three containers.
const MOST_LABS: usize = 8;

/// How many labs run side by side: one for each processor of this machine, and one more. The
/// additional lab works while the others wait for a server. Two processors took 66 s with three
/// labs, 70 s with four, 71 s with two.
pub(crate) fn labs() -> usize {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    env::labs().unwrap_or(processors + 1).clamp(1, MOST_LABS)
}

/// The Samba version of this run.
///
/// # Panics
/// If `SPNLAB_SAMBA` names a version that labs do not run, because the run could say nothing about
/// it.
pub fn samba() -> SambaVersion {
    env::samba().unwrap_or_else(|error| panic!("{error}"))
}

/// The pool of this run.
pub(crate) fn pool() -> &'static LabPool {
    static POOL: OnceLock<LabPool> = OnceLock::new();
    POOL.get_or_init(|| LabPool::new(labs(), samba(), Progress::new(|text| eprintln!("{text}"))))
}
