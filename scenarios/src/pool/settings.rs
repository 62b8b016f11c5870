//! What the labs of this run are like.

use std::sync::OnceLock;

use spnlab_harness::{OwnParts, Progress, SambaVersion};

use crate::env;

/// The most labs at a time. Each is three containers.
const MOST_LABS: usize = 8;

/// How many labs run side by side: one for each processor of this machine, and one more. The
/// additional lab works while the others wait for a server. Two processors took 66 s with three
/// labs, 70 s with four, 71 s with two.
pub(crate) fn usual_labs() -> usize {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    (processors + 1).clamp(1, MOST_LABS)
}

/// What the labs of this run are like.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// How many run side by side.
    pub(crate) labs: usize,
    /// The Samba version of the domain controllers.
    pub(crate) samba: SambaVersion,
    /// What takes the place of the lab's own parts.
    pub(crate) own: OwnParts,
    /// A lab in which a scenario failed stays.
    pub(crate) keep_failed: bool,
    /// Gets the pool's messages.
    pub(crate) progress: Progress,
}

static SETTINGS: OnceLock<Settings> = OnceLock::new();

/// Says what the labs of this run are like. The first word counts.
pub(crate) fn set_up(settings: Settings) {
    let _ = SETTINGS.set(settings);
}

/// What the labs of this run are like.
pub(super) fn settings() -> &'static Settings {
    SETTINGS.get_or_init(|| Settings {
        labs: usual_labs(),
        samba: env::samba().unwrap_or_else(|error| panic!("{error}")),
        own: OwnParts::default(),
        keep_failed: false,
        progress: Progress::new(|text| eprintln!("{text}")),
    })
}

/// The Samba version of this run.
///
/// # Panics
/// If nobody set it, and `SPNLAB_SAMBA` names a version that labs do not run, because the run could
/// say nothing about it.
pub fn samba() -> SambaVersion {
    settings().samba
}
