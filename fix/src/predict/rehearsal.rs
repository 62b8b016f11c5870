//! Rehearses changes before they are made.

use super::rules::{Dialect, Facts, Predicted, Rights, add, other_holder, write_access};
use crate::directory::{Account, DirectorySnapshot, LdapCode};
use crate::names::{SpnMappings, fold, same};

/// A change to one account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proposal {
    /// Adds one value.
    Add(String),
    /// Deletes one value.
    Delete(String),
    /// Replaces all values with these. This crate never does that; other tools do.
    Replace(Vec<String>),
    /// Changes `dNSHostName`. SPNs of the old name follow.
    Rename(String),
}

/// A model of a directory. It executes the changes that it accepts, so later changes see them.
///
/// ```
/// use spnfix::{Account, AccountKind, Dialect, LdapCode, Proposal, Rehearsal, Rights, SpnMappings};
///
/// let account = |name: &str, spns: &[&str]| Account {
///     dn: format!("CN={name},DC=contoso,DC=com"),
///     name: name.to_owned(),
///     kind: AccountKind::User,
///     guid: None,
///     dns_host_name: None,
///     additional_names: Vec::new(),
///     enabled: true,
///     spns: spns.iter().map(ToString::to_string).collect(),
/// };
/// let accounts = vec![account("svc_web", &["HTTP/mem1"]), account("svc_app", &[])];
/// let mut rehearsal = Rehearsal::new(accounts, SpnMappings::windows_default(), Dialect::Samba);
///
/// let app = "CN=svc_app,DC=contoso,DC=com";
/// let said = rehearsal.play(&Rights::Administrator, app, &Proposal::Add("http/MEM1".to_owned()));
/// assert_eq!(said.code(), LdapCode::CONSTRAINT_VIOLATION);
/// assert!(said.to_string().contains("svc_web holds"));
/// ```
#[derive(Clone, Debug)]
pub struct Rehearsal {
    accounts: Vec<Account>,
    mappings: SpnMappings,
    dialect: Dialect,
}

impl Rehearsal {
    /// A model with these accounts. They must include every account that could hold one of the
    /// SPNs.
    pub fn new(accounts: Vec<Account>, mappings: SpnMappings, dialect: Dialect) -> Self {
        Self { accounts, mappings, dialect }
    }

    /// A model with the accounts of a snapshot.
    pub fn of(seen: &DirectorySnapshot, dialect: Dialect) -> Self {
        Self::new(seen.accounts().to_vec(), seen.mappings.clone(), dialect)
    }

    /// The accounts after the changes so far.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Predicts the answer to this change. It executes a change that it accepts.
    pub fn play(&mut self, rights: &Rights, dn: &str, proposal: &Proposal) -> Predicted {
        let Some(at) = self.accounts.iter().position(|account| account.is(dn)) else {
            return Predicted::refused(LdapCode::NO_SUCH_OBJECT, format!("there is no {dn}"));
        };
        match proposal {
            Proposal::Add(value) => self.play_add(rights, at, value),
            Proposal::Delete(value) => self.play_delete(rights, at, value),
            Proposal::Replace(values) => self.play_replace(rights, at, values),
            Proposal::Rename(host) => self.play_rename(rights, at, host),
        }
    }

    fn facts<'a>(&'a self, rights: &'a Rights) -> Facts<'a> {
        let Self { accounts, mappings, dialect } = self;
        Facts { accounts, mappings, rights, dialect: *dialect }
    }

    fn play_add(&mut self, rights: &Rights, at: usize, value: &str) -> Predicted {
        let said = add(self.facts(rights), at, value);
        if said.is_accepted() {
            self.accounts[at].spns.push(value.to_owned());
        }
        said
    }

    fn play_delete(&mut self, rights: &Rights, at: usize, value: &str) -> Predicted {
        let account = &self.accounts[at];
        if let Some(refusal) = write_access(rights, account) {
            return refusal;
        }
        // Samba also looks for other holders of a value that it deletes.
        let other = other_holder(self.facts(rights), account, value);
        if let (Dialect::Samba, Some(other)) = (self.dialect, other) {
            let because = format!("{} holds {value} as well", other.name);
            return Predicted::refused(LdapCode::CONSTRAINT_VIOLATION, because);
        }
        let account = &mut self.accounts[at];
        // The first of several spellings, as in Samba.
        let Some(first) = account.spns.iter().position(|held| same(held, value)) else {
            let because = format!("{} does not hold {value}", account.name);
            return Predicted::refused(LdapCode::NO_SUCH_ATTRIBUTE, because);
        };
        account.spns.remove(first);
        Predicted::Accepted
    }

    fn play_replace(&mut self, rights: &Rights, at: usize, values: &[String]) -> Predicted {
        let before = std::mem::take(&mut self.accounts[at].spns);
        if values.is_empty()
            && let Some(refusal) = write_access(rights, &self.accounts[at])
        {
            self.accounts[at].spns = before;
            return refusal;
        }
        for value in values {
            let said = self.play_add(rights, at, value);
            if !said.is_accepted() {
                self.accounts[at].spns = before;
                return said;
            }
        }
        Predicted::Accepted
    }

    /// SPNs of the old host name become SPNs of the new one. Without an old name no SPN changes.
    fn play_rename(&mut self, rights: &Rights, at: usize, host: &str) -> Predicted {
        if *rights != Rights::Administrator {
            let because = "only an administrator's renaming is modelled";
            return Predicted::refused(LdapCode::INSUFFICIENT_ACCESS_RIGHTS, because);
        }
        let old = self.accounts[at].dns_host_name.clone();
        let renamed = |value: &String| renamed(value, old.as_deref()?, host);
        let spns = self.accounts[at].spns.clone();
        let after: Vec<String> =
            spns.iter().map(|value| renamed(value).unwrap_or_else(|| value.clone())).collect();
        if fold(&spns.join("\n")) != fold(&after.join("\n")) {
            let said = self.play_replace(rights, at, &after);
            if !said.is_accepted() {
                return said;
            }
        }
        self.accounts[at].dns_host_name = Some(host.to_owned());
        Predicted::Accepted
    }
}

/// `HTTP/new:80` for `HTTP/old:80`; `None` if the SPN is of another host.
fn renamed(value: &str, old: &str, new: &str) -> Option<String> {
    let (class, rest) = value.split_once('/')?;
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let (host, tail) = rest.split_at(end);
    same(host, old).then(|| format!("{class}/{new}{tail}"))
}
