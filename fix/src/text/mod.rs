//! Words for a terminal: escaped, wrapped, and quoted for a command line.
//!
//! Uses: no other room.

pub(crate) mod cmd_word;
mod shown;
mod wrap;

pub(crate) use shown::is_plain;
pub use shown::{Shown, shown, shown_json};
pub(crate) use wrap::{paragraph, points};
