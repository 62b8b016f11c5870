//! The decision.

use super::error::DiagnoseError;
use super::{AliasFinding, Diagnosis, OtherName, Verdict, texts};
use crate::client::ClientProfile;
use crate::directory::{Account, AccountRef, Directory, DirectorySnapshot, NotCovered, names_of};
use crate::names::{Spn, Target};

/// Predicts what happens when this client connects to this target, and says why.
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
    let facts = Facts {
        exact: seen.holders(&requested),
        alias: alias.map(|spn| (seen.holders(&spn), spn)),
        owners: seen.computers(target),
        requested,
    };
    let verdict = facts.verdict();
    let other_names = facts.other_names(seen, target, client);
    let mut diagnosis = Diagnosis {
        version: 1,
        target: target.clone(),
        client: client.clone(),
        searched: seen.searched,
        exact_holders: refs(&facts.exact),
        alias: facts
            .alias
            .as_ref()
            .map(|(holders, spn)| AliasFinding { spn: spn.clone(), holders: refs(holders) }),
        owners: refs(&facts.owners),
        ticket_for: facts.ticket_for().map(Account::to_ref),
        disabled_holders: refs(&facts.disabled_holders()),
        other_names,
        requested: facts.requested,
        verdict,
        evidence: Vec::new(),
        rejected: Vec::new(),
        next_steps: Vec::new(),
    };
    diagnosis.evidence = texts::evidence(&diagnosis, &facts.exact);
    diagnosis.rejected = texts::rejected(&diagnosis);
    diagnosis.next_steps = texts::next_steps(&diagnosis);
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

struct Facts<'a> {
    requested: Spn,
    exact: Vec<&'a Account>,
    alias: Option<(Vec<&'a Account>, Spn)>,
    owners: Vec<&'a Account>,
}

impl<'a> Facts<'a> {
    /// The accounts that the KDC finds.
    fn found(&self) -> &[&'a Account] {
        match &self.alias {
            Some((holders, _)) if self.exact.is_empty() => holders,
            _ => &self.exact,
        }
    }

    /// The account whose key encrypts the ticket.
    fn ticket_for(&self) -> Option<&'a Account> {
        match self.found() {
            [one] => Some(one),
            _ => None,
        }
    }

    fn disabled_holders(&self) -> Vec<&'a Account> {
        let is_owner = |holder: &Account| self.owners.iter().any(|owner| owner.is(&holder.dn));
        let found = self.found().iter().copied();
        found.filter(|holder| !holder.enabled && !is_owner(holder)).collect()
    }

    fn verdict(&self) -> Verdict {
        // No ticket at all, for any target.
        if self.found().len() > 1 {
            return Verdict::Duplicate { holders: refs(self.found()) };
        }
        let owner = match self.owners.as_slice() {
            [] => return Verdict::TargetUnknown,
            [owner] => *owner,
            several => return Verdict::AmbiguousTarget { computers: refs(several) },
        };
        let (holder, owner_ref) = (self.ticket_for(), owner.to_ref());
        match holder {
            Some(holder) if !holder.enabled => {
                Verdict::HolderDisabled { holder: holder.to_ref(), owner: owner_ref }
            }
            Some(holder) if !holder.is(&owner.dn) => {
                Verdict::Shadowed { holder: holder.to_ref(), owner: owner_ref }
            }
            Some(_) => Verdict::Healthy { holder: owner_ref },
            None if self.requested.port().is_some() => {
                Verdict::PortVariantMissing { owner: owner_ref }
            }
            None => Verdict::Missing { owner: owner_ref },
        }
    }

    fn other_names(
        &self,
        seen: &DirectorySnapshot,
        target: &Target,
        client: &ClientProfile,
    ) -> Vec<OtherName> {
        let [owner] = self.owners.as_slice() else { return Vec::new() };
        let other = |host: Target| {
            let spn = client.requested_spn(&host);
            let holders = seen.resolve(&spn);
            let ticket_for = if let [one] = holders.as_slice() { Some(*one) } else { None };
            OtherName {
                works: ticket_for.is_some_and(|holder| holder.is(&owner.dn)),
                ticket_for: ticket_for.map(Account::to_ref),
                host,
                spn,
            }
        };
        let mut names = names_of(owner);
        names.retain(|name| name != target);
        names.into_iter().map(other).collect()
    }
}

fn refs(accounts: &[&Account]) -> Vec<AccountRef> {
    accounts.iter().map(|account| account.to_ref()).collect()
}
