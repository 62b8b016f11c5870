//! Executes a plan, verifies it, and rolls it back.
//!
//! Uses: client, diagnose, directory, journal, names, plan, text.

mod failure;
mod forward;
mod rollback;
mod systems;
mod verify;
mod verify_all;

pub use failure::{ApplyError, Difference, HeldBy, RollbackError, StepError, Stopped};
pub use forward::{Applied, apply};
pub use rollback::{RolledBack, rollback};
pub use verify::{Check, Verification, VerifyError, verify};
pub use verify_all::{DcReadBack, ReadBack, VerifiedEverywhere, verify_all};
