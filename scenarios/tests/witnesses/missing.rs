//! Why a witness cannot be heard.

/// What is needed is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The package index does not answer, or winrm-rs asks for a newer Rust than this machine has:
    /// a fact about the machine and its network. The witness is skipped, by name.
    Skipped(String),
    /// Anything else: a wrong hash, a lock file that does not fit, an image or a program that does
    /// not build. The witness fails.
    Broken(String),
}
