//! What a step finds where it wants to write.

use super::failure::{Difference, StepError};
use crate::account::{Account, AccountRef};
use crate::directory::Directory;
use crate::directory_error::DirectoryError;
use crate::dn::by_guid;
use crate::fold::{same, same_set};
use crate::plan::{Change, Edit, RegistryEdit, Step};
use crate::settings::ClientSettings;

/// What is there, compared with what the step expects.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Image {
    /// What was there before the step.
    Before,
    /// What the step leaves.
    After,
    /// Something else.
    Other(Difference),
}

/// Which of the two a step wants to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Before,
    After,
    /// A write may or may not have been made.
    Either,
}

/// The outside world of a run.
pub(super) struct World<'a> {
    pub(super) dir: &'a mut dyn Directory,
    pub(super) settings: &'a mut dyn ClientSettings,
    /// Accounts that are no longer where the plan found them: from which DN to which.
    moved: Vec<(String, String)>,
}

impl<'a> World<'a> {
    pub(super) fn new(dir: &'a mut dyn Directory, settings: &'a mut dyn ClientSettings) -> Self {
        Self { dir, settings, moved: Vec::new() }
    }
}

impl World<'_> {
    /// The account of a plan, wherever it is now.
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

    /// Reads what a step would write to.
    pub(super) async fn image(&mut self, step: Step<'_>, want: Want) -> Result<Image, StepError> {
        match step {
            Step::Edit(edit) => {
                let found = self.locate(&edit.account).await?.map(|account| account.spns);
                Ok(compare(step, found, &edit.before, &edit.after(), want, same_set))
            }
            Step::Registry(edit) => {
                let list = |text: &Option<String>| text.clone().into_iter().collect::<Vec<_>>();
                let found = list(&self.settings.get(&edit.value).await?);
                let equal = |left: &[String], right: &[String]| left == right;
                Ok(compare(step, Some(found), &list(&edit.before), &list(&edit.after), want, equal))
            }
        }
    }

    /// Reads, and refuses anything but what is wanted.
    pub(super) async fn expect(&mut self, step: Step<'_>, want: Want) -> Result<Image, StepError> {
        match self.image(step, want).await? {
            Image::Other(difference) => Err(difference.into()),
            image => Ok(image),
        }
    }

    /// Makes the write.
    pub(super) async fn make(&mut self, step: Step<'_>) -> Result<(), StepError> {
        match step {
            Step::Edit(edit) => Ok(self.write(edit, edit.change, &edit.value).await?),
            Step::Registry(edit) => self.set(edit, edit.after.as_deref()).await,
        }
    }

    /// Takes the write back.
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

    /// Of several spellings of one SPN a domain controller deletes the first it finds, whatever
    /// the request says.
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

/// The account that was meant when the plan was made, wherever it is now; another object under its DN
/// is not it.
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
    want: Want,
    equal: impl Fn(&[String], &[String]) -> bool,
) -> Image {
    let is = |values: &[String]| found.as_deref().is_some_and(|found| equal(found, values));
    if want != Want::After && is(before) {
        return Image::Before;
    }
    if want != Want::Before && is(after) {
        return Image::After;
    }
    let expected = if want == Want::Before { before } else { after };
    Image::Other(Difference { place: step.place(), expected: expected.to_vec(), found })
}
