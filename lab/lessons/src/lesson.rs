//! Breaks a lab: in the open, or secretly.
//!
//! Uses: condition, error, kept.

use spnlab_harness::{Lab, Role, accounts};

use crate::condition::{Condition, Kind, same};
use crate::error::{Error, Result};
use crate::kept::{self, Lesson};

/// The conditions that are there now. Of a paused domain controller nothing else is known.
pub async fn present(lab: &Lab) -> Result<Vec<Condition>> {
    if lab.is_paused(Role::Dc1).await {
        return Ok(vec![Condition::NoDc]);
    }
    let mut found: Vec<Condition> = Vec::new();
    for condition in Condition::ALL {
        // A ticket is stale only where the directory is right.
        let misleads = |one: &Condition| {
            matches!(one.kind(), Kind::HttpNames | Kind::HostNames | Kind::MachinePassword)
        };
        if condition == Condition::StaleTicket && found.iter().any(misleads) {
            continue;
        }
        if condition.is_there(lab).await? {
            found.push(condition);
        }
    }
    let all = found.clone();
    found.retain(|one| !all.iter().any(|other| other.includes(*one)));
    Ok(found)
}

/// Fails if a quiz runs: another condition would make its question another one.
pub async fn refuse_during_quiz(lab: &Lab) -> Result<()> {
    match kept::read(lab).await? {
        Some(_) => Err(Error::QuizRuns),
        None => Ok(()),
    }
}

/// Brings about all of them, and proves that each is there. `there` is what was there before.
///
/// # Errors
/// [`Error::Clash`] if two of them, or one of them and the lab, do not go together. Then nothing
/// was changed.
pub async fn bring_about(lab: &Lab, wanted: &[Condition], there: &[Condition]) -> Result<()> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    for (at, one) in wanted.iter().enumerate() {
        let others = wanted[..at].iter().chain(there);
        if let Some(detail) = others.filter(|other| *other != one).find_map(|o| o.clash(*one)) {
            return Err(Error::Clash { detail });
        }
    }
    if wanted != [Condition::NoDc] && lab.is_paused(Role::Dc1).await {
        let action = "bring this about".to_owned();
        return Err(spnlab_harness::Error::PartPaused { action }.into());
    }
    fits_directory(lab, &wanted).await?;
    for condition in wanted {
        condition.bring_about(lab).await?;
    }
    Ok(())
}

/// Samba refuses an SPN that another account holds, and a HOST name while another account has an
/// alias of it.
async fn fits_directory(lab: &Lab, wanted: &[Condition]) -> Result<()> {
    let wanted: Vec<_> = wanted.iter().flat_map(|one| one.registrations()).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let held = lab.dc1().spns().await?;
    for (spn, on) in &wanted {
        let host = spn.strip_prefix("HOST/");
        for (account, spns) in &held.0 {
            let right = on.iter().any(|one| one.name == account);
            let is_mem1 = host.is_some() && *account == accounts::MEM1.name;
            let alias = |one: &&String| {
                same(one, spn) || host.is_some_and(|host| same(one, &format!("HTTP/{host}")))
            };
            if let Some(other) = spns.iter().find(alias).filter(|_| !right && !is_mem1) {
                let detail = format!("{other} is on {account} already");
                return Err(Error::Clash { detail });
            }
        }
    }
    Ok(())
}

/// Brings about the condition of this seed, and says nothing of it.
pub async fn bring_about_secretly(lab: &Lab, seed: u64) -> Result<()> {
    refuse_during_quiz(lab).await?;
    let secret = Condition::by_seed(seed);
    bring_about(lab, &[secret], &present(lab).await?).await?;
    kept::save(lab, &Lesson::Secret).await
}
