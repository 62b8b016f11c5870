//! The output of a run: Windows' words, or one JSON document. `win32` has Windows' numbers.

mod json;
mod label;
mod not_held;
mod text;
mod win32;

pub use json::JsonDocument;
pub use label::Label;
pub use text::{Progress, WindowsText};
