//! Where long work says what it is doing.

use std::fmt;
use std::sync::Arc;

/// A place for one-line messages about the work under way.
///
/// Cloning is cheap; messages may come from several tasks at once.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(&str) + Send + Sync>);

impl Progress {
    /// Sends each message to `sink`.
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(sink))
    }

    /// Says nothing.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// Says one line.
    pub fn say(&self, message: &str) {
        (self.0)(message);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
