//! Executes a plan.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::failure::{ApplyError, StepError, Stopped};
use super::systems::{ExpectedState, FoundState, Systems};
use crate::client::ClientSettings;
use crate::directory::Directory;
use crate::journal::{Journal, JournalState, StepState};
use crate::plan::{Plan, Step};

/// The result of apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Version of this document: 1.
    pub version: u32,
    /// All writes, in order. Empty: there was nothing to do.
    pub done: Vec<String>,
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.done.is_empty() {
            return writeln!(f, "Nothing to do.");
        }
        self.done.iter().try_for_each(|step| writeln!(f, "done: {step}"))
    }
}

/// Executes the journal's plan.
///
/// Before the first write, everything in the plan must be as the plan expects. The journal notes
/// each write before and after. A write happens only if its account holds exactly the values that
/// the plan expects there. So a change by another program stops the run. A journal that stopped
/// half-way can be applied again: no step is done twice.
///
/// ```
/// use spnfix::*;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
///     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
///     .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
/// let mut registry = InMemorySettings::default();
/// let (target, client) = ("mem1.contoso.com".parse()?, ClientProfile::default());
/// let remedy = Remedy::RemoveRegistration { account: None };
/// let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await?;
/// let plan = plan(&seen, &target, &remedy, &client)?;
///
/// let folder = tempfile::tempdir()?;
/// let mut journal = Journal::create(&folder.path().join("fix.json"), &plan)?;
/// let applied = apply(&mut dir, &mut registry, &mut journal).await?;
/// assert_eq!(applied.done.len(), 1);
/// assert!(diagnose_in(&mut dir, &target, &client).await?.verdict.is_healthy());
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub async fn apply(
    dir: &mut dyn Directory,
    settings: &mut dyn ClientSettings,
    journal: &mut Journal,
) -> Result<Applied, ApplyError> {
    if matches!(journal.state(), JournalState::RollingBack | JournalState::RolledBack) {
        return Err(ApplyError::RolledBack);
    }
    let plan = journal.plan().clone();
    let steps = plan.steps();
    let mut systems = Systems::new(dir, settings);
    let fresh = journal.steps().iter().all(|state| *state == StepState::Pending);
    if fresh {
        preflight(&mut systems, &plan).await?;
    }
    for (at, step) in steps.iter().enumerate() {
        let state = journal.steps()[at];
        if let Err(source) = one(&mut systems, journal, at, *step, state).await {
            let (of, done) = (steps.len(), journal.done());
            return Err(Stopped { at: at + 1, of, step: step.to_string(), done, source }.into());
        }
    }
    journal.set_state(JournalState::Applied).map_err(ApplyError::NotNoted)?;
    Ok(Applied { version: 1, done: journal.done() })
}

/// Checks that everything in the plan is as the plan expects.
async fn preflight(systems: &mut Systems<'_>, plan: &Plan) -> Result<(), ApplyError> {
    let mut places = HashSet::new();
    let mut differences = Vec::new();
    for step in plan.steps() {
        // Later steps on the same place build on the first.
        if !places.insert(step.place()) {
            continue;
        }
        match systems
            .found_state(step, ExpectedState::Before)
            .await
            .map_err(ApplyError::NotBegun)?
        {
            FoundState::Other(difference) => differences.push(difference),
            FoundState::Before | FoundState::After => {}
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(ApplyError::Outdated { differences }) }
}

async fn one(
    systems: &mut Systems<'_>,
    journal: &mut Journal,
    at: usize,
    step: Step<'_>,
    state: StepState,
) -> Result<(), StepError> {
    let expected = match state {
        StepState::Pending => ExpectedState::Before,
        StepState::Intent => ExpectedState::Either,
        // The step is done. A journal in rollback never comes here.
        StepState::Done | StepState::UndoIntent | StepState::Undone => return Ok(()),
    };
    if systems.expect(step, expected).await? == FoundState::Before {
        journal.set_step(at, StepState::Intent)?;
        systems.make(step).await?;
        systems.expect(step, ExpectedState::After).await?;
    }
    journal.set_step(at, StepState::Done)?;
    Ok(())
}
