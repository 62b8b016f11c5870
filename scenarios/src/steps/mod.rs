//! The steps, one module a concept.

pub mod binding;
pub mod capture;
pub mod clear;
pub mod client;
pub mod command_line;
pub mod directory;
pub mod dns;
pub mod events;
pub mod foretold;
pub mod isolation;
pub mod look_alikes;
pub mod matrix;
pub mod outcome;
pub mod prompt;
pub mod registration;
pub mod remedy;
pub mod replication;
pub mod safety;
pub mod setspn;
pub mod ticket;
pub mod website;

use std::fmt::Display;

/// A step fails by a panic; this one says the error's own words.
pub(crate) fn must<T, E: Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
