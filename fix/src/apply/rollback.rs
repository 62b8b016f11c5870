//! Rolls a plan back.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::failure::{HeldBy, RollbackError, StepError, Stopped};
use super::systems::{ExpectedState, FoundState, Systems};
use crate::client::ClientSettings;
use crate::directory::{Account, AccountRef, Directory};
use crate::journal::{Journal, JournalState, StepState};
use crate::names::Spn;
use crate::plan::{Change, Plan, Step};

/// The result of a rollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolledBack {
    /// Version of this document: 1.
    pub version: u32,
    /// The writes of the rollback, in order. Empty: there was nothing to undo.
    pub done: Vec<String>,
    /// Writes that were begun and are absent. If only their reply was lost, a slow server may still
    /// make them, and nothing undoes them then. The user must look at the account again.
    #[serde(default)]
    pub unmade: Vec<String>,
}

impl fmt::Display for RolledBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.done.is_empty() {
            writeln!(f, "Nothing to take back.")?;
        }
        self.done.iter().try_for_each(|step| writeln!(f, "done: {step}"))?;
        self.unmade.iter().try_for_each(|step| {
            writeln!(
                f,
                "begun, and not there: {step}; if only its answer was lost, the server may still do \
                 it: look at the account again"
            )
        })
    }
}

/// Rolls the journal's plan back, last step first, whether all of it was applied or a part.
///
/// Everything must still be as the plan left it. Otherwise another program has changed it, and the
/// rollback reports the difference and writes nothing. If the journal has only the intent of a
/// step, the rollback looks in the directory. A second rollback does no harm.
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
/// let seen = DirectorySnapshot::take(&mut dir, &target, &client).await?;
/// let plan = plan(&seen, &target, &Remedy::WsmanPrefix, &client)?;
/// let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan)?;
/// apply(&mut dir, &mut registry, &mut journal).await?;
/// assert_eq!(registry.text(&RegistryValue::spn_prefix()), Some("WSMAN"));
///
/// rollback(&mut dir, &mut registry, &mut journal).await?;
/// assert_eq!(registry.text(&RegistryValue::spn_prefix()), None);
/// assert_eq!(journal.state(), JournalState::RolledBack);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub async fn rollback(
    dir: &mut dyn Directory,
    settings: &mut dyn ClientSettings,
    journal: &mut Journal,
) -> Result<RolledBack, RollbackError> {
    let mut systems = Systems::new(dir, settings);
    let plan = journal.plan().clone();
    let steps = plan.steps();
    unchanged(&mut systems, journal, &plan).await?;
    if journal.state() != JournalState::RolledBack {
        let noted = journal.set_state(JournalState::RollingBack);
        noted.map_err(|error| RollbackError::NotBegun(error.into()))?;
    }
    let (mut done, mut unmade) = (Vec::new(), Vec::new());
    for (at, step) in steps.iter().enumerate().rev() {
        match one(&mut systems, journal, at, *step).await {
            Ok(Back::Taken) => done.push(step.undone()),
            Ok(Back::Unmade) => unmade.push(step.to_string()),
            Ok(Back::Nothing) => {}
            Err(source) => {
                let (at, of, step) = (steps.len() - at, steps.len(), step.undone());
                return Err(Stopped { at, of, step, done, source }.into());
            }
        }
    }
    journal.set_state(JournalState::RolledBack).map_err(RollbackError::NotNoted)?;
    Ok(RolledBack { version: 1, done, unmade })
}

/// The state in which a step may find its place. `None`: the rollback does not look.
fn expected_state(state: StepState) -> Option<ExpectedState> {
    match state {
        StepState::Pending | StepState::Undone => None,
        StepState::Done => Some(ExpectedState::After),
        StepState::Intent | StepState::UndoIntent => Some(ExpectedState::Either),
    }
}

/// Checks that everything in the plan is as the plan left it.
async fn unchanged(
    systems: &mut Systems<'_>,
    journal: &Journal,
    plan: &Plan,
) -> Result<(), RollbackError> {
    let mut places = HashSet::new();
    let mut differences = Vec::new();
    for (step, state) in plan.steps().into_iter().zip(journal.steps()).rev() {
        let Some(expected) = expected_state(*state) else { continue };
        // A place is as its last step left it.
        if !places.insert(step.place()) {
            continue;
        }
        match systems.found_state(step, expected).await.map_err(RollbackError::NotBegun)? {
            FoundState::Other(difference) => differences.push(difference),
            FoundState::Before | FoundState::After => {}
        }
    }
    if !differences.is_empty() {
        return Err(RollbackError::Different { differences });
    }
    not_taken(systems, journal, plan).await
}

/// Another account may hold a value to restore: it was registered there since, or it was a
/// duplicate. Then the domain controller would refuse it half-way through the rollback.
async fn not_taken(
    systems: &mut Systems<'_>,
    journal: &Journal,
    plan: &Plan,
) -> Result<(), RollbackError> {
    let mut back: Vec<(&AccountRef, Spn)> = Vec::new();
    // A plan's first steps are its edits.
    for (at, (step, state)) in plan.steps().into_iter().zip(journal.steps()).enumerate() {
        let (Step::Edit(edit), Some(_)) = (step, expected_state(*state)) else { continue };
        let (Change::Delete, Ok(spn)) = (edit.change, edit.value.parse::<Spn>()) else { continue };
        let scope = systems.dir.reach();
        let holders = systems.dir.holders(std::slice::from_ref(&spn), scope).await;
        let holders = holders.map_err(|error| RollbackError::NotBegun(error.into()))?;
        // The value was never deleted: the directory refused, or the write did not happen.
        if holders.iter().any(|holder| edit.account.is(holder)) {
            continue;
        }
        // The rollback takes it from there first.
        let moved = |holder: &&Account| {
            let mut later = plan.edits.iter().zip(journal.steps()).skip(at + 1);
            later.any(|(later, state)| {
                later.change == Change::Add
                    && expected_state(*state).is_some()
                    && spn.is(&later.value)
                    && later.account.is(holder)
            })
        };
        let another = holders.iter().find(|holder| !moved(holder));
        let another = another.map(|other| HeldBy::Another(other.name.clone()));
        let twin = || {
            let mut twins = back.iter();
            let found = twins.find(|(at, known)| *known == spn && at.dn != edit.account.dn);
            found.map(|(other, _)| HeldBy::Duplicate(other.name.clone()))
        };
        if let Some(held_by) = another.or_else(twin) {
            let (value, account) = (edit.value.clone(), edit.account.name.clone());
            return Err(RollbackError::Taken { value, account, held_by });
        }
        back.push((&edit.account, spn));
    }
    Ok(())
}

/// The result of undoing one step.
enum Back {
    /// The rollback wrote.
    Taken,
    /// The step was begun, and its write is absent.
    Unmade,
    /// There was nothing to do.
    Nothing,
}

async fn one(
    systems: &mut Systems<'_>,
    journal: &mut Journal,
    at: usize,
    step: Step<'_>,
) -> Result<Back, StepError> {
    let state = journal.steps()[at];
    let Some(expected) = expected_state(state) else { return Ok(Back::Nothing) };
    if systems.expect(step, expected).await? == FoundState::After {
        journal.set_step(at, StepState::UndoIntent)?;
        systems.unmake(step).await?;
        systems.expect(step, ExpectedState::Before).await?;
        journal.set_step(at, StepState::Undone)?;
        return Ok(Back::Taken);
    }
    journal.set_step(at, StepState::Undone)?;
    Ok(if state == StepState::Intent { Back::Unmade } else { Back::Nothing })
}
