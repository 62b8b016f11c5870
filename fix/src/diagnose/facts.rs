//! What the directory says about a name, before it is put into words.

use super::{Elsewhere, OtherName, Verdict};
use crate::client::ClientProfile;
use crate::directory::{Account, AccountRef, DirectorySnapshot, Found, names_of};
use crate::names::{Spn, Target, dns_domain};

/// What the directory says about the name.
pub(super) struct Facts<'a> {
    pub(super) seen: &'a DirectorySnapshot,
    /// What the KDC finds.
    pub(super) found: Found<'a>,
    /// The computers that are meant.
    pub(super) owners: Vec<&'a Account>,
}

impl<'a> Facts<'a> {
    /// The computer that is meant, if it is one.
    pub(super) fn owner(&self) -> Option<&'a Account> {
        match self.owners.as_slice() {
            [owner] => Some(owner),
            _ => None,
        }
    }

    pub(super) fn disabled_holders(&self) -> Vec<&'a Account> {
        let is_owner = |holder: &Account| self.owners.iter().any(|owner| owner.is(&holder.dn));
        let found = self.found.holders.iter().copied();
        found.filter(|holder| !holder.enabled && !is_owner(holder)).collect()
    }

    pub(super) fn verdict(&self, requested: &Spn) -> Verdict {
        // No ticket at all, for any target.
        if self.found.holders.len() > 1 {
            return Verdict::Duplicate { holders: refs(&self.found.holders) };
        }
        let Some(owner) = self.owner() else {
            return match self.owners.as_slice() {
                [] => Verdict::TargetUnknown,
                several => Verdict::AmbiguousTarget { computers: refs(several) },
            };
        };
        let (holder, owner_ref) = (self.found.ticket_for(), owner.to_ref());
        match holder {
            _ if owner.is_cluster_name() => {
                Verdict::ClusterName { holder: holder.map(Account::to_ref), owner: owner_ref }
            }
            Some(holder) if !holder.enabled => {
                Verdict::HolderDisabled { holder: holder.to_ref(), owner: owner_ref }
            }
            Some(holder) if !holder.is(&owner.dn) => {
                Verdict::Shadowed { holder: holder.to_ref(), owner: owner_ref }
            }
            Some(_) => Verdict::Healthy { holder: owner_ref },
            None if requested.port().is_some() => Verdict::PortVariantMissing { owner: owner_ref },
            None => Verdict::Missing { owner: owner_ref },
        }
    }

    /// What clients of other domains get, where it is something else.
    pub(super) fn elsewhere(&self, requested: &Spn) -> Vec<Elsewhere> {
        let dns = |accounts: &[&'a Account]| -> Vec<&'a str> {
            accounts.iter().map(|account| account.dn.as_str()).collect()
        };
        let own = dns(&self.found.holders);
        let look = |domain: &str| {
            let found = self.seen.lookup_in(requested, domain);
            let ticket_for = found.ticket_for().map(Account::to_ref);
            let other = Elsewhere { domain: dns_domain(domain), ticket_for };
            (dns(&found.holders) != own).then_some(other)
        };
        self.seen.other_domains().into_iter().filter_map(look).collect()
    }

    pub(super) fn other_names(&self, target: &Target, client: &ClientProfile) -> Vec<OtherName> {
        let Some(owner) = self.owner() else { return Vec::new() };
        let other = |host: Target| {
            let spn = client.requested_spn(&host);
            let ticket_for = self.seen.lookup(&spn).ticket_for();
            let right = ticket_for.is_some_and(|holder| holder.is(&owner.dn));
            OtherName {
                works: right && !owner.is_cluster_name(),
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

pub(super) fn refs(accounts: &[&Account]) -> Vec<AccountRef> {
    accounts.iter().map(|account| account.to_ref()).collect()
}
