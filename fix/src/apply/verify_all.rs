//! Reads back in several domain controllers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::verify::{Verification, VerifyError, verify};
use crate::directory::Directory;
use crate::fold::same_set;
use crate::plan::Plan;
use crate::settings::ClientSettings;

/// What one domain controller says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Its name.
    pub server: String,
    /// What was read back there.
    pub verification: Verification,
    /// Whether it still shows every account as it was before the plan: the change has not been
    /// replicated to it yet.
    pub lags: bool,
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
        !self.witnesses.is_empty() && self.witnesses.iter().all(|one| one.verification.ok())
    }
}

impl fmt::Display for VerifiedEverywhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for witness in &self.witnesses {
            writeln!(f, "{}", witness.server)?;
            if witness.lags {
                writeln!(
                    f,
                    "  not yet: it answers as before the change; replication has not reached it"
                )?;
                continue;
            }
            for line in witness.verification.to_string().lines() {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}

/// Reads back in every domain controller given, each under its name. A client may be answered by any
/// of them, and replication between sites takes minutes to hours: until all agree, the error comes
/// and goes.
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
/// let said = verify_all(&mut all, &mut registry, &plan).await?;
/// assert!(!said.ok());
/// assert!(!said.witnesses[0].lags && said.witnesses[1].lags);      // not replicated yet
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub async fn verify_all(
    dcs: &mut [(&str, &mut dyn Directory)],
    settings: &mut dyn ClientSettings,
    plan: &Plan,
) -> Result<VerifiedEverywhere, VerifyError> {
    let mut witnesses = Vec::with_capacity(dcs.len());
    for (server, dir) in dcs {
        let verification = verify(&mut **dir, settings, plan).await?;
        let lags = !verification.ok() && as_before(&mut **dir, plan).await?;
        witnesses.push(Witness { server: (*server).to_owned(), verification, lags });
    }
    Ok(VerifiedEverywhere { version: 1, witnesses })
}

/// Whether every account of the plan still holds what it held before the plan's first edit of it.
async fn as_before(dir: &mut dyn Directory, plan: &Plan) -> Result<bool, VerifyError> {
    let mut seen: Vec<&str> = Vec::new();
    for edit in &plan.edits {
        if seen.contains(&edit.account.dn.as_str()) {
            continue;
        }
        seen.push(&edit.account.dn);
        let account = dir.account_at(&edit.account.dn).await?;
        if !account.is_some_and(|account| same_set(&account.spns, &edit.before)) {
            return Ok(false);
        }
    }
    Ok(!seen.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::*;

    #[tokio::test]
    async fn each_server_is_told_apart() {
        let mut dc1 = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
            .with_user("svc_web", &["HTTP/mem1.contoso.com", "HTTP/mem1"]);
        let (mut behind, mut odd) = (dc1.clone(), dc1.clone());
        let mut registry = InMemorySettings::default();
        let (target, client): (Target, _) =
            ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
        let remedy = Remedy::RemoveRegistration { account: None };
        let seen = DirectorySnapshot::take(&mut dc1, &target, &client).await.unwrap();
        let plan = plan(&seen, &target, &remedy, &client).unwrap();
        let mut journal = Journal::begin(Box::new(InMemoryJournal::default()), &plan).unwrap();
        apply(&mut dc1, &mut registry, &mut journal).await.unwrap();
        odd.delete("CN=svc_web,CN=Users,DC=contoso,DC=com", "HTTP/mem1").await.unwrap();

        let mut all: [(&str, &mut dyn Directory); 3] =
            [("dc1", &mut dc1), ("dc2", &mut behind), ("dc3", &mut odd)];
        let said = verify_all(&mut all, &mut registry, &plan).await.unwrap();
        let flags: Vec<(bool, bool)> =
            said.witnesses.iter().map(|one| (one.verification.ok(), one.lags)).collect();
        assert_eq!(flags, [(true, false), (false, true), (false, false)]);
        let text = said.to_string();
        assert!(text.contains("dc2\n  not yet: it answers as before"), "{text}");
        assert!(text.contains("  not so: svc_web no longer holds HTTP/mem1.contoso.com"), "{text}");

        let said = verify_all(&mut all[..1], &mut registry, &plan).await.unwrap();
        assert!(said.ok());
        assert!(!verify_all(&mut [], &mut registry, &plan).await.unwrap().ok());
    }
}
