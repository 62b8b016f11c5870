//! An expected fact, and the seen one.

use serde::Serialize;

/// One expectation.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Check {
    /// State of the lab.
    pub(super) state: String,
    /// The fact that was checked.
    pub(super) what: String,
    /// What should be seen.
    pub(super) expected: String,
    /// What was seen.
    pub(super) seen: String,
    /// Whether the two are the same.
    pub(super) as_expected: bool,
}
