//! What a run comes to, as everything that tells of it gets it.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use cucumber::gherkin::{Feature, Scenario};

use crate::features::all_scenarios;

/// One scenario that was played.
#[derive(Debug, Clone)]
pub(super) struct Played {
    /// The feature's file, as in `--list`.
    pub(super) file: PathBuf,
    pub(super) line: usize,
    pub(super) feature: String,
    pub(super) title: String,
    /// Without the first step, which waits for a lab.
    pub(super) took: Duration,
    /// The folder of its evidence, below that of the run.
    pub(super) evidence: String,
    /// Why it failed, if it did.
    pub(super) failed: Option<Failed>,
}

/// Why a scenario failed.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    /// The step, with its keyword; a hook has none.
    pub(super) step: Option<String>,
    /// Its line in the feature's file.
    pub(super) line: usize,
    pub(super) message: String,
    /// The lab that stays.
    pub(super) kept_lab: Option<String>,
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Results {
    pub(super) played: Vec<Played>,
    pub(super) not_run: Vec<NotRun>,
}

impl Results {
    pub(super) fn failed(&self) -> usize {
        self.played.iter().filter(|one| one.failed.is_some()).count()
    }

    pub(super) fn passed(&self) -> usize {
        self.played.len() - self.failed()
    }

    /// The scenarios of these features that were not played, with the reason.
    pub(super) fn not_played(&self, features: &[Feature], why: &str) -> Vec<NotRun> {
        let reason = format!("not played: {why}");
        let all = all_scenarios(features);
        let all = all.map(|(feature, one)| NotRun::of(feature, one, reason.clone()));
        let played: HashSet<_> =
            self.played.iter().map(|one| (&one.file, &one.feature, one.line)).collect();
        all.filter(|one| !played.contains(&(&one.file, &one.feature, one.line))).collect()
    }
}

/// A scenario that did not run: this machine cannot play it, or the run ended before it did.
#[derive(Debug, Clone)]
pub(super) struct NotRun {
    /// The feature's file.
    pub(super) file: PathBuf,
    pub(super) feature: String,
    pub(super) line: usize,
    pub(super) title: String,
    pub(super) reason: String,
}

impl NotRun {
    pub(super) fn of(feature: &Feature, scenario: &Scenario, reason: String) -> Self {
        Self {
            file: feature.path.clone().unwrap_or_default(),
            feature: feature.name.clone(),
            line: scenario.position.line,
            title: scenario.name.clone(),
            reason,
        }
    }
}

/// The file and the line of a scenario.
pub(super) fn place(feature: &Feature, scenario: &Scenario) -> String {
    let path = feature.path.as_deref().unwrap_or_else(|| "".as_ref());
    format!("{}:{}", path.display(), scenario.position.line)
}
