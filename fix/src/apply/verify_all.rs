//! Reads back from several domain controllers.

use std::error::Error as StdError;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::systems::locate;
use super::verify::{Verification, VerifyError, verify};
use crate::client::ClientSettings;
use crate::directory::Directory;
use crate::names::{same_dn, same_set};
use crate::plan::{Edit, Plan};
use crate::text::shown;

/// What reading back from one domain controller gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DcReadBack {
    /// Name of the domain controller.
    pub server: String,
    /// What it gave.
    #[serde(flatten)]
    pub read_back: ReadBack,
}

/// The verification in one domain controller, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ReadBack {
    /// It answered.
    Read {
        /// The result there.
        verification: Box<Verification>,
        /// Whether replication is incomplete: some accounts of the plan are as before it, and all
        /// others as planned.
        lags: bool,
    },
    /// It failed.
    Failed {
        /// Stable code of the error.
        code: String,
        /// The error, with its causes.
        text: String,
        /// The next step.
        hint: String,
    },
}

impl DcReadBack {
    /// A domain controller that failed: code, text and hint of the error.
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
        Self { server: server.to_owned(), read_back: ReadBack::Failed { code, text, hint } }
    }

    /// Whether everything there is as planned.
    pub fn ok(&self) -> bool {
        matches!(&self.read_back, ReadBack::Read { verification, .. } if verification.ok())
    }

    /// Whether the change, or a part of it, has not been replicated to it yet.
    pub fn lags(&self) -> bool {
        matches!(self.read_back, ReadBack::Read { lags: true, .. })
    }
}

/// What reading back from several domain controllers gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedEverywhere {
    /// Version of this document: 1.
    pub version: u32,
    /// In the order given.
    pub dcs: Vec<DcReadBack>,
}

impl VerifiedEverywhere {
    /// Whether there is at least one, and everything is as planned in each.
    pub fn ok(&self) -> bool {
        !self.dcs.is_empty() && self.dcs.iter().all(DcReadBack::ok)
    }
}

impl fmt::Display for VerifiedEverywhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.dcs.iter().try_for_each(|dc| {
            writeln!(f, "{}", shown(&dc.server))?;
            match &dc.read_back {
                ReadBack::Read { verification, lags } => {
                    if *lags {
                        writeln!(f, "  not yet: replication has not brought it the whole change")?;
                    }
                    verification.to_string().lines().try_for_each(|line| writeln!(f, "  {line}"))
                }
                ReadBack::Failed { code, text, hint } => {
                    writeln!(f, "  not asked: error [{code}]: {}", shown(text))?;
                    writeln!(f, "  hint: {}", shown(hint))
                }
            }
        })
    }
}

/// Reads back from each of these domain controllers; each comes with its name. Any of them may
/// answer a client, and replication between sites takes minutes to hours. Until all agree, the
/// error comes and goes. If one does not answer, the result says so, and the others still count.
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
/// assert!(!said.dcs[0].lags() && said.dcs[1].lags());  // not replicated yet
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub async fn verify_all(
    dcs: &mut [(&str, &mut dyn Directory)],
    settings: &mut dyn ClientSettings,
    plan: &Plan,
) -> VerifiedEverywhere {
    let mut read = Vec::with_capacity(dcs.len());
    for (server, dir) in dcs {
        read.push(match read_back(&mut **dir, settings, plan).await {
            Ok(read_back) => DcReadBack { server: (*server).to_owned(), read_back },
            Err(error) => DcReadBack::failed(server, error.code(), &error, error.hint()),
        });
    }
    VerifiedEverywhere { version: 1, dcs: read }
}

async fn read_back(
    dir: &mut dyn Directory,
    settings: &mut dyn ClientSettings,
    plan: &Plan,
) -> Result<ReadBack, VerifyError> {
    let verification = Box::new(verify(dir, settings, plan).await?);
    let lags = !verification.ok() && is_on_its_way(dir, plan).await?;
    Ok(ReadBack::Read { verification, lags })
}

/// Whether at least one account of the plan holds its old values, and every other one its new
/// values. (An attribute is replicated as a whole.)
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
