//! Kills a fix half-way: the process that dies, and what it may leave behind.
//!
//! Uses: no other room.

mod holdings;
mod process;

pub(crate) use holdings::Holdings;
pub(crate) use process::{Ended, KilledFix, run_killed_fix};
