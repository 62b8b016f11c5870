//! What can go wrong in a lesson.
//!
//! Uses: no other room.

/// Result of a lesson.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a lesson did not take place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] spnlab_harness::Error),
    /// Two conditions want different states of one thing.
    #[error("the conditions do not go together: {detail}")]
    Clash {
        /// Of what.
        detail: String,
    },
    /// A condition is not there after it was brought about.
    #[error("the condition {word} is not there: {detail}")]
    NotThere {
        /// The condition.
        word: &'static str,
        /// What is there.
        detail: String,
    },
    /// A quiz begins at the baseline.
    #[error("a quiz begins in a lab at its baseline, and this lab was changed: {detail}")]
    Changed {
        /// How.
        detail: String,
    },
    /// A quiz runs, or the lab was broken secretly.
    #[error("a quiz runs in this lab, or somebody broke it with --secret")]
    QuizRuns,
    /// No quiz runs.
    #[error("no quiz runs in this lab")]
    NoQuiz,
}

impl Error {
    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Lab(error) => error.code(),
            Self::Clash { .. } => "SPNLAB-CLASH",
            Self::NotThere { .. } => "SPNLAB-NOT-THERE",
            Self::Changed { .. } => "SPNLAB-LAB-CHANGED",
            Self::QuizRuns => "SPNLAB-QUIZ-RUNS",
            Self::NoQuiz => "SPNLAB-NO-QUIZ",
        }
    }

    /// The next step. `option` names the lab.
    pub fn hint(&self, option: &str) -> String {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Clash { .. } => {
                format!("take one of them; spnlab reset{option} takes back what is there already")
            }
            Self::NotThere { .. } | Self::Changed { .. } => {
                format!("spnlab reset{option} brings the lab back to its baseline")
            }
            Self::QuizRuns => {
                format!("spnlab reset{option} ends it; spnlab quiz check{option} grades a quiz")
            }
            Self::NoQuiz => format!("spnlab quiz{option} begins one"),
        }
    }
}
