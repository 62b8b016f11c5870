//! Runs the suite: the order, the writers, and the result of the run.
//!
//! Uses: env, features, pool, world.

mod order;
mod resets;
mod run;

pub use run::run;
