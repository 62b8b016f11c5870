//! The words in front of our own lines.

/// The word in front of a line that Windows' tool does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `error`
    Error,
    /// `hint`
    Hint,
    /// `undo`
    Undo,
}

impl Label {
    /// The word, in colour for a terminal (ECMA-48: bold red, cyan, green).
    pub fn word(self, colored: bool) -> &'static str {
        match (self, colored) {
            (Self::Error, false) => "error",
            (Self::Error, true) => "\u{1b}[1;31merror\u{1b}[0m",
            (Self::Hint, false) => "hint",
            (Self::Hint, true) => "\u{1b}[36mhint\u{1b}[0m",
            (Self::Undo, false) => "undo",
            (Self::Undo, true) => "\u{1b}[32mundo\u{1b}[0m",
        }
    }
}
