//! Messages about long work.

use std::fmt;
use std::sync::Arc;

/// A sink for one-line messages about the work under way.
///
/// Cloning is cheap. Several tasks may send messages at once.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(&str) + Send + Sync>);

impl Progress {
    /// Sends each message to `sink`.
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(sink))
    }

    /// Drops every message.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// Sends one line.
    pub fn say(&self, message: &str) {
        (self.0)(message);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
