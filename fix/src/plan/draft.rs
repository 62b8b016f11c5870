//! The edits of a remedy, one after the other, each on what the ones before it leave.

use super::{Change, ClientEdit, Edit, PlanError, RegistryEdit, commands, may_be_in_use};
use crate::client::{ClientProfile, RegistryValue};
use crate::directory::{Account, AccountRef, DirectorySnapshot, spns_of};
use crate::names::{AccountName, ServiceClass, Spn, Target, domain_part, same, same_dn};
use crate::text::cmd_word;

/// What a plan changes, while it is made.
pub(super) struct Draft<'a> {
    seen: &'a DirectorySnapshot,
    target: &'a Target,
    computer: &'a Account,
    /// The accounts after the edits so far.
    accounts: Vec<Account>,
    pub(super) edits: Vec<Edit>,
    pub(super) already: Vec<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        seen: &'a DirectorySnapshot,
        target: &'a Target,
        computer: &'a Account,
    ) -> Self {
        let accounts = seen.accounts().to_vec();
        Self { seen, target, computer, accounts, edits: Vec::new(), already: Vec::new() }
    }

    /// Option 1: deletes the name from every wrong account.
    pub(super) fn remove(
        &mut self,
        account: Option<&AccountName>,
        client: &ClientProfile,
    ) -> Result<(), PlanError> {
        let only = account.map(|name| self.not_the_computer(name)).transpose()?;
        for spn in self.wrong_names(client) {
            self.seen.covers(&spn)?;
            // Without the wrong holders, the KDC looks further: for the alias, then elsewhere.
            while let Some((found, wrong)) = self.wrong_holders(&spn, only.as_ref()) {
                self.seen.covers(&found)?;
                wrong.iter().try_for_each(|holder| self.delete(holder, &found))?;
            }
        }
        if self.edits.is_empty() {
            let whom = only.map_or_else(|| "no wrong account".to_owned(), |only| only.name);
            let what = format!("a name of {} that the client asks for", self.target);
            self.already.push(match account {
                Some(_) => format!("{whom} does not hold {what}"),
                None => format!("{whom} holds {what}"),
            });
        }
        Ok(())
    }

    fn not_the_computer(&self, name: &AccountName) -> Result<AccountRef, PlanError> {
        let account = self.seen.account(name);
        let account =
            account.ok_or_else(|| PlanError::UnknownAccount { account: name.clone() })?.to_ref();
        if self.computer.is(&account.dn) {
            let (account, target) = (Box::new(account), self.target.clone());
            return Err(PlanError::ComputerItself { account, target });
        }
        Ok(account)
    }

    /// The name that the KDC finds for this one now, and who holds it that should not; `None` if
    /// nobody does.
    fn wrong_holders(&self, spn: &Spn, only: Option<&AccountRef>) -> Option<(Spn, Vec<Account>)> {
        let now = self.seen.with(self.accounts.clone());
        let found = now.lookup(spn);
        let wrong = found.holders.into_iter().filter(|holder| {
            self.is_wrong(holder, &found.spn) && only.is_none_or(|only| holder.is(&only.dn))
        });
        let wrong: Vec<Account> = wrong.cloned().collect();
        (!wrong.is_empty()).then_some((found.spn, wrong))
    }

    /// Whether the account should lose a name that it holds. Another computer may hold it rightly.
    fn is_wrong(&self, holder: &Account, spn: &Spn) -> bool {
        !holder.is(&self.computer.dn) && !self.seen.owns(holder, spn.host())
    }

    /// Deletes every spelling of a name from one account.
    fn delete(&mut self, holder: &Account, spn: &Spn) -> Result<(), PlanError> {
        let values: Vec<String> = holder.stored(spn).into_iter().map(str::to_owned).collect();
        values.into_iter().try_for_each(|value| self.edit(holder.to_ref(), Change::Delete, value))
    }

    fn is_served(&self, account: &Account) -> bool {
        same_dn(domain_part(&account.dn), &self.seen.domain.dn)
    }

    /// `HTTP/…` and the SPN that this client asks for, in both forms of the name.
    fn wrong_names(&self, client: &ClientProfile) -> Vec<Spn> {
        let mut names = spns_of(self.computer, &ServiceClass::HTTP, None);
        names.extend(spns_of(self.computer, &client.class(), client.include_port));
        let mut seen = std::collections::HashSet::new();
        names.retain(|spn| seen.insert(spn.clone()));
        names
    }

    /// Takes HOST off the wrong accounts and registers what `setspn -R` registers, and the names
    /// that were taken off.
    pub(super) fn give_host_back(&mut self) -> Result<(), PlanError> {
        let seen = self.seen;
        for host in spns_of(self.computer, &ServiceClass::HOST, None) {
            seen.covers(&host)?;
            // A KDC finds the computer before holders in other domains.
            let counts = |holder: &&Account| self.is_served(holder) || !self.computer.holds(&host);
            let holders = self.accounts.iter().filter(|account| account.holds(&host));
            let wrong = holders.filter(counts).filter(|holder| self.is_wrong(holder, &host));
            let wrong: Vec<Account> = wrong.cloned().collect();
            for holder in wrong.iter().filter(|holder| !may_be_in_use(holder)) {
                // Its aliases came with the name. Samba refuses HOST while another account has one.
                for class in seen.mappings.aliases_of(&ServiceClass::HOST) {
                    self.delete(holder, &host.with_class(class))?;
                }
            }
            wrong.iter().try_for_each(|holder| self.delete(holder, &host))?;
            if self.computer.holds(&host) || !wrong.is_empty() || self.is_reset(&host) {
                self.give_back(&host)?;
            }
        }
        Ok(())
    }

    /// Whether `setspn -R` registers this name of the computer, or the user typed it.
    fn is_reset(&self, host: &Spn) -> bool {
        let dns = self.computer.dns_host_name.as_deref();
        let names = [Some(self.computer.setspn_name()), dns, Some(self.target.as_str())];
        names.into_iter().flatten().any(|name| same(name, host.host()))
    }

    fn give_back(&mut self, host: &Spn) -> Result<(), PlanError> {
        let others = self.accounts.iter().filter(|account| !account.is(&self.computer.dn));
        match others.filter(|other| other.holds(host)).map(Account::to_ref).next() {
            Some(twin) if !self.computer.holds(host) => {
                self.already.push(format!("{host} is on {twin}, which goes by that name too"));
                Ok(())
            }
            _ => self.register_one(host),
        }
    }

    /// Options 2 and 3: adds names to the computer account.
    pub(super) fn register(
        &mut self,
        class: &ServiceClass,
        port: Option<u16>,
    ) -> Result<(), PlanError> {
        for spn in spns_of(self.computer, class, port) {
            self.register_one(&spn)?;
        }
        Ok(())
    }

    fn register_one(&mut self, spn: &Spn) -> Result<(), PlanError> {
        self.seen.covers(spn)?;
        let (own, others): (Vec<&Account>, Vec<&Account>) = self
            .accounts
            .iter()
            .filter(|account| account.holds(spn))
            .partition(|holder| holder.is(&self.computer.dn));
        // A KDC finds the computer before holders in other domains.
        let in_the_way = others
            .into_iter()
            .find(|other| own.is_empty() || self.is_served(other) && self.is_wrong(other, spn));
        if let Some(other) = in_the_way {
            let its_own = self.seen.owns(other, spn.host());
            let holder = Box::new(other.to_ref());
            let removal = commands::setspn(self.seen, "-D", &spn.to_string(), &holder);
            let removal = removal.unwrap_or_else(|| cmd_word::INSTEAD.to_owned());
            let (spn, removal) = (spn.clone(), removal.into());
            return Err(PlanError::HeldByOther { spn, holder, its_own, removal });
        }
        if own.is_empty() {
            self.edit(self.computer.to_ref(), Change::Add, spn.to_string())
        } else {
            self.already.push(format!("{spn} is on {}", self.computer.name));
            Ok(())
        }
    }

    /// Option 3: the service class that the client asks for.
    pub(super) fn prefix(
        &mut self,
        client: &ClientProfile,
        class: &ServiceClass,
    ) -> Option<ClientEdit> {
        let value = RegistryValue::spn_prefix();
        if client.spn_prefix.as_ref() == Some(class) {
            self.already.push(format!("{value} is {class}"));
            return None;
        }
        Some(ClientEdit::Registry(RegistryEdit {
            value,
            before: client.spn_prefix.clone().map(String::from),
            after: Some(class.to_string()),
        }))
    }

    fn edit(
        &mut self,
        account: AccountRef,
        change: Change,
        value: String,
    ) -> Result<(), PlanError> {
        let domain = &self.seen.domain;
        if !same_dn(domain_part(&account.dn), &domain.dn) {
            return Err(PlanError::OtherDomain { account, served: domain.dns_name() });
        }
        let found = self.accounts.iter_mut().find(|known| known.is(&account.dn));
        if let Some(known) = found {
            let edit = Edit { account, change, value, before: known.spns.clone() };
            known.spns = edit.after();
            self.edits.push(edit);
        }
        Ok(())
    }
}
