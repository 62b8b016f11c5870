//! Kills a fix half-way: the process that dies, and what it may leave behind.
//!
//! Uses: no other room.

mod holdings;
mod process;

pub(crate) use holdings::Holdings;
pub(crate) use process::{Ended, KilledFix, killed_fix_program};
pub use process::{killed_fix_is_at, run_killed_fix};
