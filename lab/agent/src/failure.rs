//! Turns errors into text. The text is the answer to a request that failed.

use std::io;
use std::path::Path;

/// The text of an error.
#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
pub(crate) fn text(error: io::Error) -> String {
    error.to_string()
}

/// The text of an error about this file.
pub(crate) fn about(path: &Path) -> impl Fn(io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
