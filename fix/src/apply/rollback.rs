//! Takes a plan back.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::failure::{HeldBy, RollbackError, StepError, Stopped};
use super::image::{Image, Want, World};
use crate::account::AccountRef;
use crate::directory::Directory;
use crate::journal::{Journal, JournalState, StepState};
use crate::plan::{Change, Plan, Step};
use crate::settings::ClientSettings;
use crate::spn::Spn;

/// What was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolledBack {
    /// Version of this document: 1.
    pub version: u32,
    /// What was written to that end, in order; none: there was nothing to take back.
    pub done: Vec<String>,
    /// Writes that were begun and are not there. If only their answer was lost, a slow server may
    /// still make them, and nothing takes them back then: look at the account again.
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

/// Takes the journal's plan back, last step first, whether it was carried out wholly or in part.
///
/// Only while everything is still as the plan left it: otherwise somebody else has worked on it
/// since, and the difference is reported and nothing written. A step of which the journal knows
/// only the intent is looked up in the directory. Rolling back twice is harmless.
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
    let mut world = World::new(dir, settings);
    let plan = journal.plan().clone();
    let steps = plan.steps();
    unchanged(&mut world, journal, &plan).await?;
    if journal.state() != JournalState::RolledBack {
        let noted = journal.set_state(JournalState::RollingBack);
        noted.map_err(|error| RollbackError::NotBegun(error.into()))?;
    }
    let (mut done, mut unmade) = (Vec::new(), Vec::new());
    for (at, step) in steps.iter().enumerate().rev() {
        match one(&mut world, journal, at, *step).await {
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

/// What a step that the journal has in this state may find; nothing: it is not looked at.
fn wanted(state: StepState) -> Option<Want> {
    match state {
        StepState::Pending | StepState::Undone => None,
        StepState::Done => Some(Want::After),
        StepState::Intent | StepState::UndoIntent => Some(Want::Either),
    }
}

/// Everything the plan touched must be as the plan left it.
async fn unchanged(
    world: &mut World<'_>,
    journal: &Journal,
    plan: &Plan,
) -> Result<(), RollbackError> {
    let mut places = HashSet::new();
    let mut differences = Vec::new();
    for (step, state) in plan.steps().into_iter().zip(journal.steps()).rev() {
        let Some(want) = wanted(*state) else { continue };
        // What the last step on a place left is what is there.
        if !places.insert(step.place()) {
            continue;
        }
        match world.image(step, want).await.map_err(RollbackError::NotBegun)? {
            Image::Other(difference) => differences.push(difference),
            Image::Before | Image::After => {}
        }
    }
    if !differences.is_empty() {
        return Err(RollbackError::Different { differences });
    }
    not_taken(world, journal, plan).await
}

/// A value that is to come back may have been registered elsewhere since, or have been on several
/// accounts: the domain controller would refuse it half-way through.
async fn not_taken(
    world: &mut World<'_>,
    journal: &Journal,
    plan: &Plan,
) -> Result<(), RollbackError> {
    let mut back: Vec<(&AccountRef, Spn)> = Vec::new();
    for (step, state) in plan.steps().into_iter().zip(journal.steps()) {
        let (Step::Edit(edit), Some(_)) = (step, wanted(*state)) else { continue };
        let (Change::Delete, Ok(spn)) = (edit.change, edit.value.parse::<Spn>()) else { continue };
        let scope = world.dir.reach();
        let holders = world.dir.holders(std::slice::from_ref(&spn), scope).await;
        let holders = holders.map_err(|error| RollbackError::NotBegun(error.into()))?;
        // It never went: the directory refused, or the write was not made.
        if holders.iter().any(|holder| edit.account.is(holder)) {
            continue;
        }
        let another = holders.first().map(|other| HeldBy::Another(other.name.clone()));
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

/// What taking one step back came to.
enum Back {
    /// It was written.
    Taken,
    /// It had been begun and is not there.
    Unmade,
    /// There was nothing to do.
    Nothing,
}

async fn one(
    world: &mut World<'_>,
    journal: &mut Journal,
    at: usize,
    step: Step<'_>,
) -> Result<Back, StepError> {
    let state = journal.steps()[at];
    let Some(want) = wanted(state) else { return Ok(Back::Nothing) };
    if world.expect(step, want).await? == Image::After {
        journal.set_step(at, StepState::UndoIntent)?;
        world.unmake(step).await?;
        world.expect(step, Want::Before).await?;
        journal.set_step(at, StepState::Undone)?;
        return Ok(Back::Taken);
    }
    journal.set_step(at, StepState::Undone)?;
    Ok(if state == StepState::Intent { Back::Unmade } else { Back::Nothing })
}
