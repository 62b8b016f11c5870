//! What a directory held, for decisions that need no network.

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::error::DirectoryError;
use super::host_names::names_of;
use super::{Directory, Domain, Scope};
use crate::client::{ClientProfile, Remedy, WINRM_PORT};
use crate::names::{AccountName, ServiceClass, Spn, SpnMappings, Target};

/// The accounts that matter for a target, with all their SPNs, at one moment.
///
/// It knows all holders only of the SPNs that it asked for: [`DirectorySnapshot::covers`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DirectorySnapshot {
    /// The domain.
    pub domain: Domain,
    /// How far the search reached.
    pub searched: Scope,
    /// The aliases.
    pub mappings: SpnMappings,
    accounts: Vec<Account>,
    /// The SPNs whose holders were read. `None`: the accounts are all there are.
    asked: Option<Vec<Spn>>,
}

/// The snapshot was taken for another question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody looked for holders of {spn} when the directory was read")]
pub struct NotCovered {
    /// The SPN whose holders were not read.
    pub spn: Spn,
}

impl NotCovered {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-NOT-COVERED".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        "read the directory again, for this target, these client settings and this remedy"
            .to_owned()
    }
}

impl DirectorySnapshot {
    /// A snapshot of these accounts. No other account matters.
    pub fn of(domain: Domain, mappings: SpnMappings, accounts: Vec<Account>) -> Self {
        Self { domain, searched: Scope::Forest, mappings, accounts, asked: None }
    }

    /// Reads what a diagnosis of the target needs, as far as the directory reaches.
    pub async fn take(
        dir: &mut dyn Directory,
        target: &Target,
        profile: &ClientProfile,
    ) -> Result<Self, DirectoryError> {
        let mut seen = Self {
            domain: dir.domain().await?,
            searched: dir.reach(),
            mappings: dir.mappings().await?,
            accounts: Vec::new(),
            asked: Some(Vec::new()),
        };
        for scope in seen.scopes() {
            let computers = dir.computers(target, scope).await?;
            seen.keep(computers);
        }
        let asked = seen.worth_asking(target, profile, &[]);
        seen.ask(dir, asked).await?;
        Ok(seen)
    }

    /// Also reads what a plan of the remedy needs.
    pub async fn take_for(
        dir: &mut dyn Directory,
        target: &Target,
        profile: &ClientProfile,
        remedy: &Remedy,
    ) -> Result<Self, DirectoryError> {
        let mut seen = Self::take(dir, target, profile).await?;
        if let Remedy::RemoveRegistration { account: Some(name) } = remedy {
            let found = dir.account(name).await?;
            seen.keep(found.into_iter().collect());
        }
        let asked = match remedy {
            Remedy::PortSpns { port } => seen.worth_asking(target, profile, &[*port]),
            Remedy::HostPrefix | Remedy::RemoveRegistration { .. } => {
                seen.aliases_of_host(target, profile)
            }
            Remedy::WsmanPrefix => Vec::new(),
        };
        seen.ask(dir, asked).await?;
        Ok(seen)
    }

    /// The domain comes first: its answer is newer than the global catalog's.
    fn scopes(&self) -> Vec<Scope> {
        match self.searched {
            Scope::Domain => vec![Scope::Domain],
            Scope::Forest => vec![Scope::Domain, Scope::Forest],
        }
    }

    async fn ask(&mut self, dir: &mut dyn Directory, spns: Vec<Spn>) -> Result<(), DirectoryError> {
        let new: Vec<Spn> = spns.into_iter().filter(|spn| !self.was_asked(spn)).collect();
        for scope in self.scopes() {
            let holders = dir.holders(&new, scope).await?;
            self.keep(holders);
        }
        if let Some(asked) = &mut self.asked {
            asked.extend(new);
        }
        Ok(())
    }

    fn keep(&mut self, accounts: Vec<Account>) {
        for account in accounts {
            if !self.accounts.iter().any(|known| known.is(&account.dn)) {
                self.accounts.push(account);
            }
        }
    }

    /// The target as typed and every other name of its computers.
    fn names(&self, target: &Target) -> Vec<Target> {
        let mut names = vec![target.clone()];
        for computer in self.computers(target) {
            names.extend(names_of(computer).into_iter().filter(|name| name != target));
        }
        names
    }

    /// `cifs/…`, `www/…` and other aliases of `HOST`. If an account holds one, a domain controller
    /// refuses `HOST/…` on another account.
    fn aliases_of_host(&self, target: &Target, profile: &ClientProfile) -> Vec<Spn> {
        let mut spns = Vec::new();
        for name in self.names(target) {
            for class in self.mappings.aliases_of(&ServiceClass::HOST) {
                let spn = Spn::new(class.clone(), &name);
                spns.extend(profile.include_port.map(|port| spn.with_port(port)));
                spns.push(spn);
            }
        }
        spns
    }

    /// Every name of the target with every class and port that matters.
    fn worth_asking(&self, target: &Target, profile: &ClientProfile, ports: &[u16]) -> Vec<Spn> {
        let names = self.names(target);
        let mut classes = vec![
            ServiceClass::HTTP,
            ServiceClass::HOST,
            ServiceClass::WSMAN,
            ServiceClass::RESTRICTED_KRB_HOST,
        ];
        let others = [Some(profile.class()), self.mappings.stands_for(&profile.class()).cloned()];
        for class in others.into_iter().flatten() {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        let ports = ports.iter().copied().chain(profile.include_port).chain([WINRM_PORT, 5986]);
        let ports: Vec<u16> = ports.collect();
        let mut spns: Vec<Spn> = Vec::new();
        for class in &classes {
            for name in &names {
                let spn = Spn::new(class.clone(), name);
                spns.extend(ports.iter().map(|port| spn.with_port(*port)));
                spns.push(spn);
            }
        }
        let mut seen = std::collections::HashSet::new();
        spns.retain(|spn| seen.insert(spn.clone()));
        spns
    }

    fn was_asked(&self, spn: &Spn) -> bool {
        self.asked.as_ref().is_none_or(|asked| asked.contains(spn))
    }

    /// Refuses an SPN whose holders were not read.
    pub fn covers(&self, spn: &Spn) -> Result<(), NotCovered> {
        if self.was_asked(spn) { Ok(()) } else { Err(NotCovered { spn: spn.clone() }) }
    }

    /// All accounts of the snapshot.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Accounts that hold an SPN literally.
    pub fn holders(&self, spn: &Spn) -> Vec<&Account> {
        self.accounts.iter().filter(|account| account.holds(spn)).collect()
    }

    /// Computers of this name.
    pub fn computers(&self, target: &Target) -> Vec<&Account> {
        self.accounts.iter().filter(|account| account.is_computer_called(target)).collect()
    }

    /// The account of this name. A computer comes before a user.
    pub fn account(&self, name: &AccountName) -> Option<&Account> {
        let here = |account: &&Account| {
            crate::names::same_dn(crate::names::domain_part(&account.dn), &self.domain.dn)
        };
        let named = |wanted: String| {
            self.accounts
                .iter()
                .filter(here)
                .find(|account| crate::names::same(&account.name, &wanted))
        };
        name.candidates().into_iter().find_map(named)
    }

    /// The holders that the KDC finds: of the SPN itself, or if there are none, of its alias.
    pub(crate) fn resolve(&self, spn: &Spn) -> Vec<&Account> {
        let exact = self.holders(spn);
        match self.mappings.alias_of(spn) {
            Some(alias) if exact.is_empty() => self.holders(&alias),
            _ => exact,
        }
    }
}
