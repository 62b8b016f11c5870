//! What a lab keeps of a quiz. CLIENT keeps it beside the tickets, so a reset ends the quiz. No
//! verb shows it.
//!
//! Uses: error.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Error as Json;
use spnlab_harness::{Error as LabError, Lab};

use crate::error::Result;

/// The name under which CLIENT keeps it.
const NAME: &str = "lesson";

/// A lesson that runs in a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Lesson {
    /// `break --secret`: nobody may say what it was.
    Secret,
    /// A quiz.
    Quiz(Running),
}

/// A quiz that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// The question is drawn from these two.
    pub(crate) seed: u64,
    pub(crate) level: u8,
    /// How many hints were given.
    pub(crate) hints: usize,
    /// Who held which SPN when it began.
    pub(crate) spns: BTreeMap<String, Vec<String>>,
    /// The differences from the baseline when it began, except SPNs.
    pub(crate) differences: BTreeSet<String>,
    /// The registry value spn_prefix when it began.
    pub(crate) prefix: Option<String>,
}

/// What runs in this lab.
pub(crate) async fn read(lab: &Lab) -> Result<Option<Lesson>> {
    let text = lab.client().kept(NAME).await?;
    if text.is_empty() {
        return Ok(None);
    }
    let unreadable = |error: Json| {
        let (what, detail) = ("what the lab keeps of a quiz".to_owned(), error.to_string());
        LabError::Unreadable { what, detail }
    };
    Ok(Some(serde_json::from_str(&text).map_err(unreadable)?))
}

/// Keeps it.
pub(crate) async fn save(lab: &Lab, lesson: &Lesson) -> Result<()> {
    let text = serde_json::to_vec(lesson).unwrap_or_default();
    Ok(lab.client().keep(NAME, &text).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiz_is_read_as_it_was_kept() {
        let running = Running {
            seed: 7,
            level: 3,
            hints: 2,
            spns: [("MEM1$".to_owned(), vec!["HOST/mem1".to_owned()])].into(),
            differences: ["CN=x: y".to_owned()].into(),
            prefix: None,
        };
        let quiz = Lesson::Quiz(running);
        let text = serde_json::to_string(&quiz).unwrap();
        assert_eq!(serde_json::from_str::<Lesson>(&text).unwrap(), quiz);
    }
}
