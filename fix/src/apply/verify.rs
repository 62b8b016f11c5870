//! Reads back what a plan should achieve.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::systems::Systems;
use crate::client::{ClientSettings, SettingsError};
use crate::diagnose::{DiagnoseError, Diagnosis, diagnose_in};
use crate::directory::{Account, Directory, DirectoryError};
use crate::names::{Spn, holds};
use crate::plan::{Change, Edit, Plan, RegistryEdit, Step};
use crate::text::shown;

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The expected state.
    pub expected: String,
    /// Whether it is so.
    pub ok: bool,
    /// The state found, if it differs.
    pub found: Option<String>,
}

/// The result of reading back.
///
/// It says what the directory says. Only a connection shows whether the target can decrypt a
/// ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Version of this document: 1.
    pub version: u32,
    /// The checks.
    pub checks: Vec<Check>,
    /// What a client with the plan's settings gets now.
    pub diagnosis: Diagnosis,
    /// The plan's changes for the user at the client. spnfix did not check them.
    #[serde(default)]
    pub left_to_you: Vec<String>,
}

impl Verification {
    /// Whether everything is as planned and the name leads to the right account.
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok) && self.diagnosis.verdict.is_healthy()
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let expected = shown(&check.expected);
            match (&check.found, check.ok) {
                (_, true) => writeln!(f, "ok: {expected}")?,
                (Some(found), false) => writeln!(f, "not so: {expected}; {}", shown(found))?,
                (None, false) => writeln!(f, "not so: {expected}")?,
            }
        }
        let (requested, verdict) = (&self.diagnosis.requested, &self.diagnosis.verdict);
        let ok = if verdict.is_healthy() { "ok" } else { "not so" };
        for left in &self.left_to_you {
            writeln!(f, "left to you, and not looked at: {}", shown(left))?;
        }
        let when = if self.left_to_you.is_empty() { "" } else { "once that is done, " };
        writeln!(f, "{ok}: {when}the client asks for {requested}: {verdict}")
    }
}

/// Why the verification could not read.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The directory failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The client failed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The diagnosis failed.
    #[error(transparent)]
    Diagnosis(#[from] DiagnoseError),
}

impl VerifyError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Directory(inner) => inner.code(),
            Self::Settings(inner) => inner.code(),
            Self::Diagnosis(inner) => inner.code(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Directory(inner) => inner.hint(),
            Self::Settings(inner) => inner.hint(),
            Self::Diagnosis(inner) => inner.hint(),
        }
    }
}

/// Reads directory and client again and compares them with what the plan should achieve.
///
/// ```
/// use spnfix::*;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
/// #     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
/// #     .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
/// # let mut registry = InMemorySettings::default();
/// # let (target, client) = ("mem1.contoso.com".parse()?, ClientProfile::default());
/// # let seen = DirectorySnapshot::take(&mut dir, &target, &client).await?;
/// let plan = plan(&seen, &target, &Remedy::WsmanPrefix, &client)?;
/// assert!(!verify(&mut dir, &mut registry, &plan).await?.ok());
/// let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan)?;
/// apply(&mut dir, &mut registry, &mut journal).await?;
/// assert!(verify(&mut dir, &mut registry, &plan).await?.ok());
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub async fn verify(
    dir: &mut dyn Directory,
    settings: &mut dyn ClientSettings,
    plan: &Plan,
) -> Result<Verification, VerifyError> {
    let mut checks = Vec::new();
    let mut systems = Systems::new(dir, settings);
    for step in plan.steps() {
        checks.push(match step {
            Step::Edit(edit) => systems.check_value(edit).await?,
            Step::Registry(edit) => systems.check_setting(edit).await?,
        });
    }
    let diagnosis = diagnose_in(systems.dir, &plan.target, &plan.client_after).await?;
    let left_to_you = plan.by_hand.iter().map(ToString::to_string).collect();
    Ok(Verification { version: 1, checks, diagnosis, left_to_you })
}

impl Systems<'_> {
    async fn check_value(&mut self, edit: &Edit) -> Result<Check, VerifyError> {
        let (name, value) = (&edit.account.name, &edit.value);
        let account = self.locate(&edit.account).await?;
        let there = account.as_ref().is_some_and(|account| holds(&account.spns, value));
        let gone = account.is_none().then(|| format!("{name} is gone"));
        match edit.change {
            Change::Delete => {
                let expected = format!("{name} no longer holds {value}");
                Ok(Check { expected, ok: !there, found: gone })
            }
            Change::Add => {
                let others = self.other_holders(edit).await?;
                let expected = format!("{name} holds {value}, and nobody else does");
                let too = (!others.is_empty()).then(|| format!("held by {}", others.join(", ")));
                Ok(Check { expected, ok: there && others.is_empty(), found: gone.or(too) })
            }
        }
    }

    async fn other_holders(&mut self, edit: &Edit) -> Result<Vec<String>, VerifyError> {
        let Ok(spn) = edit.value.parse::<Spn>() else { return Ok(Vec::new()) };
        let scope = self.dir.reach();
        let holders = self.dir.holders(&[spn], scope).await?;
        let other = |account: &Account| !edit.account.is(account);
        Ok(holders.into_iter().filter(other).map(|account| account.name).collect())
    }

    async fn check_setting(&mut self, edit: &RegistryEdit) -> Result<Check, VerifyError> {
        let found = self.settings.get(&edit.value).await?;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "not set".to_owned());
        Ok(Check {
            expected: format!("{} is {}", edit.value, text(&edit.after)),
            ok: found == edit.after,
            found: (found != edit.after).then(|| format!("it is {}", text(&found))),
        })
    }
}
