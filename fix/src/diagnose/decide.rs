//! The decision.

use super::error::DiagnoseError;
use super::facts::{Facts, refs};
use super::{AliasFinding, Diagnosis, steps, texts};
use crate::client::ClientProfile;
use crate::directory::{Account, Directory, DirectorySnapshot, NotCovered};
use crate::names::{Spn, Target};

/// Predicts what happens when this client connects to this target, and says why.
///
/// The client is one of the served domain: its KDC looks there first. [`Diagnosis::elsewhere`] has
/// what clients of other domains get.
///
/// It does not model two things. Samba's KDC also answers for `HOST` names whose first label is the
/// `cn` of a computer; Windows' does not. And the client may still have older tickets.
///
/// ```
/// use spnfix::{ClientProfile, DirectorySnapshot, InMemoryDirectory, Verdict, diagnose};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
///     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
///     .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
/// let target = "mem1.contoso.com".parse()?;
/// let client = ClientProfile::default();
/// let seen = DirectorySnapshot::take(&mut dir, &target, &client).await?;
/// let diagnosis = diagnose(&seen, &target, &client)?;
///
/// let Verdict::Shadowed { holder, owner } = &diagnosis.verdict else { panic!("{diagnosis}") };
/// assert_eq!((holder.name.as_str(), owner.name.as_str()), ("svc_web", "MEM1$"));
/// println!("{diagnosis}");                                    // for people
/// println!("{}", serde_json::to_string(&diagnosis)?);         // for programs
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub fn diagnose(
    seen: &DirectorySnapshot,
    target: &Target,
    client: &ClientProfile,
) -> Result<Diagnosis, NotCovered> {
    let requested = client.requested_spn(target);
    let alias = seen.mappings.alias_of(&requested);
    seen.covers(&requested)?;
    if let Some(alias) = &alias {
        seen.covers(alias)?;
    }
    let facts = Facts { seen, found: seen.lookup(&requested), owners: seen.computers(target) };
    let holders = |spn: &Spn| refs(&seen.holders(spn));
    let mut diagnosis = Diagnosis {
        version: 1,
        target: target.clone(),
        client: client.clone(),
        searched: seen.searched,
        exact_holders: holders(&requested),
        alias: alias.map(|spn| AliasFinding { holders: holders(&spn), spn }),
        owners: refs(&facts.owners),
        ticket_for: facts.found.ticket_for().map(Account::to_ref),
        disabled_holders: refs(&facts.disabled_holders()),
        rivals: seen.rivals(target),
        misplaced_host: facts.owner().map(|owner| seen.misplaced_host(owner)).unwrap_or_default(),
        elsewhere: facts.elsewhere(&requested),
        other_names: facts.other_names(target, client),
        verdict: facts.verdict(&requested),
        requested,
        evidence: Vec::new(),
        rejected: Vec::new(),
        next_steps: Vec::new(),
    };
    diagnosis.evidence = texts::evidence(&diagnosis, &facts);
    diagnosis.rejected = texts::rejected(&diagnosis, &facts);
    diagnosis.next_steps = steps::next_steps(&diagnosis, &facts);
    Ok(diagnosis)
}

/// Reads a directory and predicts what happens.
pub async fn diagnose_in(
    dir: &mut dyn Directory,
    target: &Target,
    client: &ClientProfile,
) -> Result<Diagnosis, DiagnoseError> {
    let seen = DirectorySnapshot::take(dir, target, client).await?;
    Ok(diagnose(&seen, target, client)?)
}
