//! The steps, one module for each concept. A step calls the judge or the fix library, and compares.
//!
//! To find a step, search this folder for its words:
//!
//! - what Kerberos did: `outcome`, `ticket`;
//! - the engineer's work: `diagnosis`, `remedy`, `ways`;
//! - a domain that is no lab: `target`;
//! - CLIENT: `client`; the directory: `directory`, `computers`.
//!
//! Uses: env, features, kill, pool, target, terminal, world.

mod binding;
mod capture;
mod clear;
mod client;
mod command_line;
mod computers;
mod diagnosis;
mod directory;
mod dns;
mod events;
mod isolation;
mod look_alikes;
mod matrix;
mod out_of_band;
mod outcome;
mod prompt;
mod registration;
mod remedy;
mod replication;
mod safety;
mod setspn;
mod target;
mod ticket;
mod trainer;
mod ways;
mod website;
mod wireshark;

pub use matrix::{PROFILES, asks_after};
