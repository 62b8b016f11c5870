//! What a directory held, for decisions that need no network.

use serde::{Deserialize, Serialize};

use super::account::{Account, AccountKind, AccountRef};
use super::error::DirectoryError;
use super::host_names::names_of;
use super::{Directory, Domain, Scope};
use crate::client::{ClientProfile, Remedy, WINRM_PORT, WINRM_TLS_PORT};
use crate::names::{
    AccountName, ServiceClass, Spn, SpnMappings, Target, dns_domain, domain_part, same, same_dn,
};

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

    /// The same directory with these accounts, which are all there are.
    pub(crate) fn with(&self, accounts: Vec<Account>) -> Self {
        Self::of(self.domain.clone(), self.mappings.clone(), accounts)
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
        seen.ask_for_namesakes(dir).await?;
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
            Remedy::HostPrefix | Remedy::GiveHostBack | Remedy::RemoveRegistration { .. } => {
                seen.aliases_of_host(target, profile)
            }
            Remedy::WsmanPrefix => Vec::new(),
        };
        let known = seen.accounts.len();
        seen.ask(dir, asked).await?;
        if seen.accounts.len() > known {
            seen.ask_for_namesakes(dir).await?;
        }
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

    /// Computers that `setspn` would take for a user of the same name, see
    /// [`DirectorySnapshot::typed`].
    async fn ask_for_namesakes(&mut self, dir: &mut dyn Directory) -> Result<(), DirectoryError> {
        let users = self
            .accounts
            .iter()
            .filter(|account| account.kind == AccountKind::User && self.is_served(&account.dn));
        let names: Vec<AccountName> = users.filter_map(|user| user.name.parse().ok()).collect();
        for name in names {
            let computer = dir.account(&name.only_computer()).await?;
            self.keep(computer.into_iter().collect());
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
        let ports =
            ports.iter().copied().chain(profile.include_port).chain([WINRM_PORT, WINRM_TLS_PORT]);
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

    /// The account of this name. A computer comes before a user.
    pub fn account(&self, name: &AccountName) -> Option<&Account> {
        let here = |account: &&Account| self.is_served(&account.dn);
        let named = |wanted: String| {
            self.accounts
                .iter()
                .filter(here)
                .find(|account| crate::names::same(&account.name, &wanted))
        };
        match name.dn() {
            Some(dn) => self.accounts.iter().find(|account| account.is(dn)),
            None => name.candidates().into_iter().find_map(named),
        }
    }

    /// Whether the object at this DN is in the served domain.
    pub(crate) fn is_served(&self, dn: &str) -> bool {
        same_dn(domain_part(dn), &self.domain.dn)
    }

    /// The account as typed into `setspn`, and the modifier that it needs. Neither can mean another
    /// account: outside of the served domain it carries its domain, and a user who has a computer's
    /// name the modifier `-U`.
    pub(crate) fn typed(&self, account: &AccountRef) -> (Option<&'static str>, String) {
        let (name, served) = (account.setspn_name(), self.is_served(&account.dn));
        let computer = format!("{name}$");
        let is_namesake = |other: &Account| {
            same(&other.name, &computer)
                && same_dn(domain_part(&other.dn), domain_part(&account.dn))
        };
        let ambiguous =
            account.kind == AccountKind::User && (!served || self.accounts.iter().any(is_namesake));
        let name =
            if served { name.to_owned() } else { format!("{}\\{name}", dns_domain(&account.dn)) };
        (ambiguous.then_some("-U"), name)
    }
}
