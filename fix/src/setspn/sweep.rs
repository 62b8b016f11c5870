//! What the steps of `-X` share after the walk: the targets, what they ask, and which stale
//! accounts they met.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::ask::ask;
use super::command::command;
use super::domains::Domains;
use super::error::SetspnError;
use super::event::{Event, Listener, Staleness};
use super::owner::{class_and_host, may_be, meant};
use super::reach::reach;
use super::request::Target;
use crate::directory::{Account, Scope, goes_by};
use crate::names::{self, fold, same};

/// The steps after the walk.
pub(super) struct Sweep<'r> {
    targets: Vec<Target>,
    scope: Scope,
    /// Whether each finding gets its next step: with `--shadowed`.
    pub(super) advises: bool,
    /// DNS name of the domain in which commands need no `DOMAIN\`.
    here: String,
    domains: &'r mut dyn Domains,
    listener: &'r mut dyn Listener,
    /// Computers by folded host name.
    computers: HashMap<String, Vec<Account>>,
    /// Commands that findings gave already.
    given: HashSet<String>,
    /// Stale accounts by folded DN, and the names of others that they hold.
    pub(super) stale: BTreeMap<String, (Account, Staleness, BTreeSet<String>)>,
}

impl<'r> Sweep<'r> {
    pub(super) async fn new(
        targets: Vec<Target>,
        scope: Scope,
        advises: bool,
        domains: &'r mut dyn Domains,
        listener: &'r mut dyn Listener,
    ) -> Result<Self, SetspnError> {
        let here = reach(domains, listener, None).await?.domain().await?.dns_name();
        Ok(Self {
            targets,
            scope,
            advises,
            here,
            domains,
            listener,
            computers: HashMap::new(),
            given: HashSet::new(),
            stale: BTreeMap::new(),
        })
    }

    pub(super) fn tell(&mut self, event: Event<'_>) -> Result<(), SetspnError> {
        Ok(self.listener.hear(event)?)
    }

    /// Accounts of all targets that hold at least one of these folded values.
    pub(super) async fn ask(&mut self, values: &[String]) -> Result<Vec<Account>, SetspnError> {
        ask(values, &self.targets, self.scope, &mut *self.domains, &mut *self.listener).await
    }

    /// The computers that a host name means, one in each domain at most. `None`: nothing tells
    /// which one is meant. It asks only if no account that was read has this name.
    pub(super) async fn meant(
        &mut self,
        host: &str,
        read: &[Account],
    ) -> Result<Option<Vec<Account>>, SetspnError> {
        let Ok(name) = host.parse::<names::Target>() else { return Ok(Some(Vec::new())) };
        let certain = |account: &Account| may_be(account, &name) && account.is_label_of(&name);
        let mut known: Vec<&Account> = read.iter().collect();
        if !read.iter().any(certain) {
            self.look_up(&name).await?;
            known.extend(self.computers.get(&fold(host)).into_iter().flatten());
        }
        Ok(meant(&name, known).map(|found| found.into_iter().cloned().collect()))
    }

    async fn look_up(&mut self, host: &names::Target) -> Result<(), SetspnError> {
        let key = fold(host.as_str());
        if self.computers.contains_key(&key) {
            return Ok(());
        }
        // A computer with another account name is found by its full name only.
        let full = format!("{host}.{}", self.here).parse().ok().filter(|_| host.is_short());
        let mut found = Vec::new();
        for target in &self.targets {
            let dir = reach(&mut *self.domains, &mut *self.listener, target.name()).await?;
            for name in [Some(host), full.as_ref()].into_iter().flatten() {
                found.extend(dir.computers(name, self.scope).await?);
            }
        }
        self.computers.insert(key, found);
        Ok(())
    }

    /// A command for this account, with its domain if that is another one.
    pub(super) fn command(&self, switch: &str, value: &str, account: &Account) -> Option<String> {
        let domain = account.domain();
        let domain = (!same(&domain, &self.here)).then_some(domain);
        let value = (!value.is_empty()).then_some(value);
        command(switch, value, account, domain.as_deref())
    }

    /// The account in words: its name, and its domain if that is another one.
    pub(super) fn called(&self, account: &Account) -> String {
        let domain = account.domain();
        if same(&domain, &self.here) {
            account.name.clone()
        } else {
            format!("{domain}\\{}", account.name)
        }
    }

    pub(super) fn all_called(&self, accounts: &[&Account]) -> String {
        let names: Vec<String> = accounts.iter().map(|account| self.called(account)).collect();
        names.join(", ")
    }

    /// Without those that an earlier finding gave.
    pub(super) fn once(&mut self, mut commands: Vec<String>) -> Vec<String> {
        commands.retain(|command| self.given.insert(command.clone()));
        commands
    }

    /// Commands that delete a name from these accounts, as each of them stores it.
    pub(super) fn delete(&self, spn: &str, accounts: &[&Account]) -> Vec<String> {
        let delete = |account: &&Account| self.command("-D", stored(spn, account), account);
        accounts.iter().filter_map(delete).collect()
    }

    /// Records those of these accounts that are stale. None of them should have the name.
    pub(super) fn note_stale(&mut self, spn: &str, accounts: &[&Account]) {
        for account in accounts {
            if let Some(because) = staleness_for(spn, account) {
                self.record(account, because, stored(spn, account));
            }
        }
    }

    pub(super) fn record(&mut self, account: &Account, because: Staleness, spn: &str) {
        let entry = self.stale.entry(fold(&account.dn));
        let (.., spns) = entry.or_insert_with(|| (account.clone(), because, BTreeSet::new()));
        spns.insert(spn.to_owned());
    }
}

fn stored<'a>(spn: &'a str, account: &'a Account) -> &'a str {
    account.spns.iter().find(|value| same(value, spn)).map_or(spn, String::as_str)
}

/// Why an account is stale by itself.
pub(super) fn staleness(account: &Account) -> Option<Staleness> {
    if account.is_conflict() {
        Some(Staleness::Conflict)
    } else if account.enabled {
        None
    } else {
        Some(Staleness::Disabled)
    }
}

/// Why an account is stale that is not the computer that the name means.
pub(super) fn staleness_for(spn: &str, account: &Account) -> Option<Staleness> {
    let replaced = || class_and_host(spn).is_some_and(|(_, host)| goes_by(account, host));
    staleness(account).or_else(|| replaced().then_some(Staleness::Replaced))
}
