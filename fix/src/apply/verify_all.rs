//! Reads back in several domain controllers.

use std::error::Error as StdError;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::image::locate;
use super::verify::{Verification, VerifyError, verify};
use crate::directory::Directory;
use crate::dn::same_dn;
use crate::fold::same_set;
use crate::plan::{Edit, Plan};
use crate::settings::ClientSettings;
use crate::shown::shown;

/// What one domain controller says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Its name.
    pub server: String,
    /// What came of asking it.
    #[serde(flatten)]
    pub testimony: Testimony,
}

/// What came of asking one domain controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "testimony", rename_all = "kebab-case")]
pub enum Testimony {
    /// It answered.
    Read {
        /// What was read back there.
        verification: Box<Verification>,
        /// Whether some accounts of the plan are as they were before it, and all others as planned:
        /// the change, or the rest of it, has not been replicated to it yet.
        lags: bool,
    },
    /// It did not.
    Failed {
        /// Stable code of the error.
        code: String,
        /// The error, with its causes.
        text: String,
        /// The next step.
        hint: String,
    },
}

impl Witness {
    /// A domain controller that could not be asked: code, text and hint of the error.
    pub fn failed(server: &str, code: String, error: &dyn StdError, hint: String) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let words = error.to_string();
            if !text.contains(&words) {
                text.push_str(": ");
                text.push_str(&words);
            }
            cause = error.source();
        }
        Self { server: server.to_owned(), testimony: Testimony::Failed { code, text, hint } }
    }

    /// Whether it says that all is as planned.
    pub fn ok(&self) -> bool {
        matches!(&self.testimony, Testimony::Read { verification, .. } if verification.ok())
    }

    /// Whether the change has not been replicated to it yet, or not all of it.
    pub fn lags(&self) -> bool {
        matches!(self.testimony, Testimony::Read { lags: true, .. })
    }
}

/// What all of them say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedEverywhere {
    /// Version of this document: 1.
    pub version: u32,
    /// In the order given.
    pub witnesses: Vec<Witness>,
}

impl VerifiedEverywhere {
    /// Whether each of them, and at least one, says that all is as planned.
    pub fn ok(&self) -> bool {
        !self.witnesses.is_empty() && self.witnesses.iter().all(Witness::ok)
    }
}

impl fmt::Display for VerifiedEverywhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.witnesses.iter().try_for_each(|witness| {
            writeln!(f, "{}", shown(&witness.server))?;
            match &witness.testimony {
                Testimony::Read { verification, lags } => {
                    if *lags {
                        writeln!(f, "  not yet: replication has not brought it the whole change")?;
                    }
                    verification.to_string().lines().try_for_each(|line| writeln!(f, "  {line}"))
                }
                Testimony::Failed { code, text, hint } => {
                    writeln!(f, "  not asked: error [{code}]: {}", shown(text))?;
                    writeln!(f, "  hint: {}", shown(hint))
                }
            }
        })
    }
}

/// Reads back in every domain controller given, each under its name. A client may be answered by any
/// of them, and replication between sites takes minutes to hours: until all agree, the error comes
/// and goes. One that cannot be asked is told as such, and the others are asked all the same.
///
/// ```
/// use spnfix::*;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let mut dc1 = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
/// #     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
/// #     .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
/// # let mut dc2 = dc1.clone();
/// # let mut registry = InMemorySettings::default();
/// # let (target, client) = ("mem1.contoso.com".parse()?, ClientProfile::default());
/// # let seen = DirectorySnapshot::take(&mut dc1, &target, &client).await?;
/// let plan = plan(&seen, &target, &Remedy::RemoveRegistration { account: None }, &client)?;
/// let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan)?;
/// apply(&mut dc1, &mut registry, &mut journal).await?;
///
/// let mut all: [(&str, &mut dyn Directory); 2] = [("dc1", &mut dc1), ("dc2", &mut dc2)];
/// let said = verify_all(&mut all, &mut registry, &plan).await;
/// assert!(!said.ok());
/// assert!(!said.witnesses[0].lags() && said.witnesses[1].lags());      // not replicated yet
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub async fn verify_all(
    dcs: &mut [(&str, &mut dyn Directory)],
    settings: &mut dyn ClientSettings,
    plan: &Plan,
) -> VerifiedEverywhere {
    let mut witnesses = Vec::with_capacity(dcs.len());
    for (server, dir) in dcs {
        witnesses.push(match testimony(&mut **dir, settings, plan).await {
            Ok(testimony) => Witness { server: (*server).to_owned(), testimony },
            Err(error) => Witness::failed(server, error.code(), &error, error.hint()),
        });
    }
    VerifiedEverywhere { version: 1, witnesses }
}

async fn testimony(
    dir: &mut dyn Directory,
    settings: &mut dyn ClientSettings,
    plan: &Plan,
) -> Result<Testimony, VerifyError> {
    let verification = Box::new(verify(dir, settings, plan).await?);
    let lags = !verification.ok() && is_on_its_way(dir, plan).await?;
    Ok(Testimony::Read { verification, lags })
}

/// Whether at least one account of the plan holds what it held before, and every other what it is to
/// hold. (An attribute is replicated as a whole.)
async fn is_on_its_way(dir: &mut dyn Directory, plan: &Plan) -> Result<bool, VerifyError> {
    let mut behind = false;
    for (at, first) in plan.edits.iter().enumerate() {
        let same_account = |edit: &&Edit| same_dn(&edit.account.dn, &first.account.dn);
        if plan.edits[..at].iter().any(|edit| same_account(&edit)) {
            continue;
        }
        let Some(account) = locate(dir, &first.account).await? else { return Ok(false) };
        let planned = plan.edits.iter().rfind(same_account).map_or_else(Vec::new, Edit::after);
        if same_set(&account.spns, &first.before) {
            behind = true;
        } else if !same_set(&account.spns, &planned) {
            return Ok(false);
        }
    }
    Ok(behind)
}

#[cfg(test)]
#[path = "verify_all_tests.rs"]
mod tests;
