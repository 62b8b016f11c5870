//! How certain a statement about Windows is.

use serde::{Deserialize, Serialize};

/// How certain it is that Windows reports a status for a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Microsoft says so.
    Documented,
    /// Published output of real Windows shows it.
    Transcript,
    /// It follows from other rows; no source shows it.
    Inferred,
}

impl Certainty {
    /// The word of the document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Transcript => "transcript",
            Self::Inferred => "inferred",
        }
    }
}
