//! Words for a terminal: escaped, wrapped, and quoted for a command line. And words from one:
//! characters that were pasted in the place of others.
//!
//! Uses: no other room.

pub(crate) mod cmd_word;
mod pasted;
mod pasted_table;
mod shown;
mod wrap;

pub use pasted::{Pasted, PastedError, dashed};
pub(crate) use shown::is_plain;
pub use shown::{Shown, shown, shown_json};
pub(crate) use wrap::{line, paragraph, points};
