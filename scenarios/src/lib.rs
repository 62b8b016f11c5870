//! What the feature files mean: the World, the steps, and the record of outcomes.
//!
//! This is the one test room where the judge (`spnlab-harness`) and the accused (`spnfix`) meet.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod env;

pub mod options;

mod target;

mod features;

mod terminal;

mod kill;

mod pool;

mod world;

mod steps;

mod suite;

pub use features::{features_at, snapshot_name, title_of_one};
pub use pool::samba;
pub use steps::{PROFILES, asks_after};
pub use suite::main;
pub use terminal::Terminal;
pub use world::{LabWorld, body_of};
