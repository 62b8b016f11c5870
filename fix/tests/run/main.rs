//! Applying, verifying and rolling back in memory, with everything that can go wrong between.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod chance;
mod crash;
mod damage;
mod life;
mod lock;
mod world;
