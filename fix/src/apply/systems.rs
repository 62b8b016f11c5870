//! The directory and the client's settings, as the steps of a run read and write them.

use super::failure::{Difference, StepError};
use crate::client::ClientSettings;
use crate::directory::{Account, AccountRef, Directory, DirectoryError};
use crate::names::{by_guid, same, same_set};
use crate::plan::{Change, Edit, RegistryEdit, Step};

/// The state in which a step finds the place that it writes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FoundState {
    /// The values before the step.
    Before,
    /// The values after the step.
    After,
    /// Other values.
    Other(Difference),
}

/// The state in which a step may find the place that it writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExpectedState {
    Before,
    After,
    /// A write that may or may not have happened.
    Either,
}

/// What a run reads and writes.
pub(super) struct Systems<'a> {
    pub(super) dir: &'a mut dyn Directory,
    pub(super) settings: &'a mut dyn ClientSettings,
    /// Accounts that moved since the plan was made: the old DN and the new one.
    moved: Vec<(String, String)>,
}

impl<'a> Systems<'a> {
    pub(super) fn new(dir: &'a mut dyn Directory, settings: &'a mut dyn ClientSettings) -> Self {
        Self { dir, settings, moved: Vec::new() }
    }
}

impl Systems<'_> {
    /// The DN of a plan's account, wherever it is now.
    pub(super) async fn locate(
        &mut self,
        meant: &AccountRef,
    ) -> Result<Option<Account>, DirectoryError> {
        let found = locate(self.dir, meant).await?;
        self.moved.retain(|(from, _)| *from != meant.dn);
        let moved = found.iter().filter(|account| account.dn != meant.dn);
        self.moved.extend(moved.map(|account| (meant.dn.clone(), account.dn.clone())));
        Ok(found)
    }

    /// Reads the place that a step writes to.
    pub(super) async fn found_state(
        &mut self,
        step: Step<'_>,
        expected: ExpectedState,
    ) -> Result<FoundState, StepError> {
        match step {
            Step::Edit(edit) => {
                let found = self.locate(&edit.account).await?.map(|account| account.spns);
                Ok(compare(step, found, &edit.before, &edit.after(), expected, same_set))
            }
            Step::Registry(edit) => {
                let list = |text: &Option<String>| text.clone().into_iter().collect::<Vec<_>>();
                let found = list(&self.settings.get(&edit.value).await?);
                let equal = |left: &[String], right: &[String]| left == right;
                Ok(compare(
                    step,
                    Some(found),
                    &list(&edit.before),
                    &list(&edit.after),
                    expected,
                    equal,
                ))
            }
        }
    }

    /// Reads the place that a step writes to. A state that the step does not expect is an error.
    pub(super) async fn expect(
        &mut self,
        step: Step<'_>,
        expected: ExpectedState,
    ) -> Result<FoundState, StepError> {
        match self.found_state(step, expected).await? {
            FoundState::Other(difference) => Err(difference.into()),
            found => Ok(found),
        }
    }

    /// Writes.
    pub(super) async fn make(&mut self, step: Step<'_>) -> Result<(), StepError> {
        match step {
            Step::Edit(edit) => Ok(self.write(edit, edit.change, &edit.value).await?),
            Step::Registry(edit) => self.set(edit, edit.after.as_deref()).await,
        }
    }

    /// Undoes the write.
    pub(super) async fn unmake(&mut self, step: Step<'_>) -> Result<(), StepError> {
        match step {
            Step::Edit(edit) => {
                let value = match edit.change {
                    Change::Add => edit.value.clone(),
                    Change::Delete => self.spelling_that_is_gone(edit).await?,
                };
                Ok(self.write(edit, edit.change.opposite(), &value).await?)
            }
            Step::Registry(edit) => self.set(edit, edit.before.as_deref()).await,
        }
    }

    async fn write(
        &mut self,
        edit: &Edit,
        change: Change,
        value: &str,
    ) -> Result<(), DirectoryError> {
        let moved = self.moved.iter().find(|(from, _)| *from == edit.account.dn);
        let dn = moved.map_or(edit.account.dn.as_str(), |(_, to)| to);
        match change {
            Change::Add => self.dir.add(dn, value).await,
            Change::Delete => self.dir.delete(dn, value).await,
        }
    }

    /// If an account has several spellings of one SPN, a domain controller deletes the first, even
    /// if the request names another one.
    async fn spelling_that_is_gone(&mut self, edit: &Edit) -> Result<String, DirectoryError> {
        let mut left = self.locate(&edit.account).await?.map_or_else(Vec::new, |found| found.spns);
        for value in edit.before.iter().filter(|value| same(value, &edit.value)) {
            match left.iter().position(|held| held == value) {
                Some(at) => drop(left.remove(at)),
                None => return Ok(value.clone()),
            }
        }
        Ok(edit.value.clone())
    }

    async fn set(&mut self, edit: &RegistryEdit, text: Option<&str>) -> Result<(), StepError> {
        match text {
            Some(text) => self.settings.set(&edit.value, text).await?,
            None => self.settings.delete(&edit.value).await?,
        }
        Ok(())
    }
}

/// The account that the plan means, wherever it is now. Another object under its DN is a different
/// account.
pub(super) async fn locate(
    dir: &mut dyn Directory,
    meant: &AccountRef,
) -> Result<Option<Account>, DirectoryError> {
    let there = dir.account_at(&meant.dn).await?;
    match meant.guid {
        Some(guid) if !there.as_ref().is_some_and(|account| meant.is(account)) => {
            Ok(dir.account_at(&by_guid(guid)).await?.filter(|account| meant.is(account)))
        }
        _ => Ok(there),
    }
}

fn compare(
    step: Step<'_>,
    found: Option<Vec<String>>,
    before: &[String],
    after: &[String],
    expected: ExpectedState,
    equal: impl Fn(&[String], &[String]) -> bool,
) -> FoundState {
    let is = |values: &[String]| found.as_deref().is_some_and(|found| equal(found, values));
    if expected != ExpectedState::After && is(before) {
        return FoundState::Before;
    }
    if expected != ExpectedState::Before && is(after) {
        return FoundState::After;
    }
    let values = if expected == ExpectedState::Before { before } else { after };
    FoundState::Other(Difference { place: step.place(), expected: values.to_vec(), found })
}
