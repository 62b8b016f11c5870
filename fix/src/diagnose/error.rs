//! Why there is no diagnosis.

use crate::directory::{DirectoryError, NotCovered};

/// Why a directory could not be diagnosed.
#[derive(Debug, thiserror::Error)]
pub enum DiagnoseError {
    /// The directory failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The snapshot does not cover the question.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
}

impl DiagnoseError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Directory(inner) => inner.code(),
            Self::NotCovered(inner) => inner.code(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Directory(inner) => inner.hint(),
            Self::NotCovered(inner) => inner.hint(),
        }
    }
}
