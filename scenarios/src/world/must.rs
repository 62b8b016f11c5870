//! How a step fails.

use std::fmt::Display;

/// A step fails by a panic. This panic has the error's own words.
pub(crate) fn must<T, E: Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
