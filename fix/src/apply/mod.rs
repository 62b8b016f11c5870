//! Carries out a plan, and takes it back.

mod failure;
mod forward;
mod image;
mod rollback;
mod verify;
mod verify_all;

pub use failure::{ApplyError, Difference, HeldBy, RollbackError, StepError, Stopped};
pub use forward::{Applied, apply};
pub use rollback::{RolledBack, rollback};
pub use verify::{Check, Verification, VerifyError, verify};
pub use verify_all::{Testimony, VerifiedEverywhere, Witness, verify_all};
