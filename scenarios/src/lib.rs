//! What the feature files mean: the World, the steps, and the record of outcomes.
//!
//! This is the one test room where the judge (`spnlab-harness`) and the accused (`spnfix`) meet.
//! Steps are thin: they call one of the two and compare.

mod engaged;
mod env;
mod errand;
mod evidence;
mod fuse;
mod lent_registry;
mod order;
mod pool;
mod record;
pub mod step_times;
pub mod steps;
mod terminal;
pub mod times;
mod world;

pub use errand::run_errand;
pub use fuse::{Charge, Fuse, Fused, sigkill};
pub use order::{Shuffled, features_at, for_the_pair, records_about, seed};
pub use pool::{LabPool, Loan};
pub use record::{body_of, check_unreferenced, snapshot_name, title_of_one};
pub use steps::matrix::{PROFILES, asks_after};
pub use steps::safety::killed_fix_is_at;
pub use world::{LabWorld, labs, pool, samba};
