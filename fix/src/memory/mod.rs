//! A directory in memory, for tests, documentation and rehearsals.
//!
//! Uses: directory, names, predict.

use uuid::Uuid;

use crate::directory::{
    Account, AccountKind, Answer, Directory, DirectoryError, Domain, LdapCode, Scope, Visit,
};
use crate::names::{
    AccountName, Spn, SpnMappings, SpnPattern, Target, by_guid, domain_part, fold, same, same_dn,
};
use crate::predict::{self, Dialect, Facts, Predicted, Rights};

/// A directory in memory. It refuses what Samba's and Windows' domain controllers refuse:
///
/// - A value that another object holds: constraintViolation (19).
/// - `HOST/x` while another object holds an alias of it such as `HTTP/x`: 19. (It accepts the other
///   order. That order leads to KB 4549715.)
/// - Adding a value that the object has: attributeOrValueExists (20).
/// - Deleting a value that the object lacks: noSuchAttribute (16).
///
/// Like Samba, it may rewrite another object's `HOST/x` in another spelling when an alias of it is
/// added. [`InMemoryDirectory::insert`] checks nothing, so a test can build faults.
///
/// ```
/// use spnfix::{Directory, InMemoryDirectory, LdapCode};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
///     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1"])
///     .with_user("svc_web", &["HTTP/mem1"]);
/// let error = dir.add("CN=MEM1,CN=Computers,DC=contoso,DC=com", "HTTP/mem1").await.unwrap_err();
/// assert_eq!(error.ldap_code(), Some(LdapCode::CONSTRAINT_VIOLATION));
/// # })
/// ```
#[derive(Clone, Debug)]
pub struct InMemoryDirectory {
    domain: Domain,
    mappings: SpnMappings,
    accounts: Vec<Account>,
    global_catalog: bool,
    writable: bool,
    /// Number of GUIDs so far.
    guids: u128,
}

impl InMemoryDirectory {
    /// An empty domain with the usual aliases and a global catalog.
    pub fn new(dn: &str, netbios: &str) -> Self {
        Self {
            domain: Domain {
                dn: dn.to_owned(),
                forest_dn: dn.to_owned(),
                netbios: Some(netbios.to_owned()),
            },
            mappings: SpnMappings::windows_default(),
            accounts: Vec::new(),
            global_catalog: true,
            writable: true,
            guids: 0,
        }
    }

    /// Adds a computer below `CN=Computers`; `name` is without `$`.
    #[must_use]
    pub fn with_computer(mut self, name: &str, dns: &str, spns: &[&str]) -> Self {
        let dn = format!("CN={name},CN=Computers,{}", self.domain.dn);
        let mut account = account(&dn, &format!("{name}$"), AccountKind::Computer, spns);
        account.dns_host_name = Some(dns.to_owned());
        self.create(account);
        self
    }

    /// Adds a user below `CN=Users`.
    #[must_use]
    pub fn with_user(mut self, name: &str, spns: &[&str]) -> Self {
        let dn = format!("CN={name},CN=Users,{}", self.domain.dn);
        self.create(account(&dn, name, AccountKind::User, spns));
        self
    }

    /// Adds a new object with its own GUID.
    fn create(&mut self, account: Account) {
        self.guids += 1;
        self.insert(Account { guid: Some(Uuid::from_u128(self.guids)), ..account });
    }

    /// The same forest, served from another of its domains. Accounts that are added from now on
    /// are in that domain.
    #[must_use]
    pub fn served_from(mut self, dn: &str, netbios: &str) -> Self {
        dn.clone_into(&mut self.domain.dn);
        self.domain.netbios = Some(netbios.to_owned());
        self
    }

    /// Sets other aliases.
    #[must_use]
    pub fn with_mappings(mut self, mappings: SpnMappings) -> Self {
        self.mappings = mappings;
        self
    }

    /// Removes the global catalog.
    #[must_use]
    pub fn without_global_catalog(mut self) -> Self {
        self.global_catalog = false;
        self
    }

    /// Refuses every write with insufficientAccessRights (50).
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.writable = false;
        self
    }

    /// Adds an account, or replaces the one with its DN, without any check.
    pub fn insert(&mut self, account: Account) {
        self.remove(&account.dn);
        self.accounts.push(account);
    }

    /// Removes an account.
    pub fn remove(&mut self, dn: &str) {
        self.accounts.retain(|account| !account.is(dn));
    }

    /// All accounts.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// An account, for changes without any check.
    pub fn account_mut(&mut self, sam_account_name: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| same(&account.name, sam_account_name))
    }

    fn find(
        &self,
        scope: Scope,
        wanted: impl Fn(&Account) -> bool,
    ) -> Result<Vec<Account>, DirectoryError> {
        if scope == Scope::Forest && !self.global_catalog {
            return Err(DirectoryError::NoGlobalCatalog);
        }
        let here = |account: &Account| {
            scope == Scope::Forest || same_dn(domain_part(&account.dn), &self.domain.dn)
        };
        Ok(self.accounts.iter().filter(|a| here(a) && wanted(a)).cloned().collect())
    }

    /// Index of the object to write to.
    fn writable(&self, dn: &str, doing: &str) -> Result<usize, DirectoryError> {
        let Some(position) = self.accounts.iter().position(|account| account.is(dn)) else {
            return Err(refused(doing, LdapCode::NO_SUCH_OBJECT, "no such object"));
        };
        if !self.writable {
            let text = "insufficient access rights during LDB_MODIFY (50)";
            return Err(refused(doing, LdapCode::INSUFFICIENT_ACCESS_RIGHTS, text));
        }
        Ok(position)
    }

    fn add_value(&mut self, dn: &str, value: &str) -> Result<(), DirectoryError> {
        let doing = format!("add {value} to {dn}");
        let position = self.writable(dn, &doing)?;
        let rights = Rights::Administrator;
        let (accounts, mappings) = (&self.accounts, &self.mappings);
        let facts = Facts { accounts, mappings, rights: &rights, dialect: Dialect::Samba };
        if let Predicted::Refused { code, because } = predict::add(facts, position, value) {
            // In Samba's words, because the hints read them.
            let text = match code {
                LdapCode::CONSTRAINT_VIOLATION => {
                    format!("0000202F: spn[{value}] would cause a conflict: {because}")
                }
                _ => because,
            };
            return Err(refused(&doing, code, &text));
        }
        self.rewrite_what_it_is_an_alias_of(dn, value);
        self.accounts[position].spns.push(value.to_owned());
        Ok(())
    }

    /// Whether `alias` is `HTTP/x` where `value` is `HOST/x`.
    fn is_alias_value(&self, alias: &str, value: &str) -> bool {
        match (alias.split_once('/'), value.split_once('/')) {
            (Some((alias, rest)), Some((class, host))) => {
                same(rest, host) && self.mappings.is_alias(alias, class)
            }
            _ => false,
        }
    }

    /// Samba proves the right to shadow `HOST/x` by rewriting it. The class then has the spelling
    /// of `sPNMappings`, and the host that of the alias.
    fn rewrite_what_it_is_an_alias_of(&mut self, dn: &str, value: &str) {
        let Some((_, rest)) = value.split_once('/') else { return };
        for position in 0..self.accounts.len() {
            if self.accounts[position].is(dn) {
                continue;
            }
            for index in 0..self.accounts[position].spns.len() {
                let held = &self.accounts[position].spns[index];
                if let (true, Some((class, _))) =
                    (self.is_alias_value(value, held), held.split_once('/'))
                {
                    let anew = format!("{}/{rest}", fold(class));
                    self.accounts[position].spns[index] = anew;
                }
            }
        }
    }

    fn delete_value(&mut self, dn: &str, value: &str) -> Result<(), DirectoryError> {
        let doing = format!("delete {value} from {dn}");
        let position = self.writable(dn, &doing)?;
        let spns = &mut self.accounts[position].spns;
        match spns.iter().position(|held| same(held, value)) {
            Some(index) => {
                spns.remove(index);
                Ok(())
            }
            None => Err(refused(&doing, LdapCode::NO_SUCH_ATTRIBUTE, "no such value")),
        }
    }
}

fn account(dn: &str, name: &str, kind: AccountKind, spns: &[&str]) -> Account {
    Account {
        dn: dn.to_owned(),
        name: name.to_owned(),
        kind,
        dns_host_name: None,
        additional_names: Vec::new(),
        enabled: true,
        guid: None,
        spns: spns.iter().map(ToString::to_string).collect(),
    }
}

fn refused(doing: &str, code: LdapCode, text: &str) -> DirectoryError {
    DirectoryError::Refused { doing: doing.to_owned(), code, text: text.to_owned() }
}

impl Directory for InMemoryDirectory {
    fn domain(&mut self) -> Answer<'_, Domain> {
        Box::pin(async { Ok(self.domain.clone()) })
    }

    fn reach(&self) -> Scope {
        if self.global_catalog { Scope::Forest } else { Scope::Domain }
    }

    fn holders<'a>(&'a mut self, spns: &'a [Spn], scope: Scope) -> Answer<'a, Vec<Account>> {
        Box::pin(
            async move { self.find(scope, |account| spns.iter().any(|spn| account.holds(spn))) },
        )
    }

    fn search<'a>(&'a mut self, pattern: &'a SpnPattern, scope: Scope) -> Answer<'a, Vec<Account>> {
        Box::pin(async move {
            self.find(scope, |account| account.spns.iter().any(|value| pattern.matches(value)))
        })
    }

    fn every_holder<'a>(&'a mut self, scope: Scope, visit: &'a mut Visit<'_>) -> Answer<'a, u64> {
        Box::pin(async move {
            let holders = self.find(scope, |account| !account.spns.is_empty())?;
            for holder in &holders {
                visit(&holder.dn, &holder.spns);
            }
            Ok(holders.len() as u64)
        })
    }

    fn computers<'a>(&'a mut self, host: &'a Target, scope: Scope) -> Answer<'a, Vec<Account>> {
        Box::pin(async move { self.find(scope, |account| account.is_computer_called(host)) })
    }

    fn account<'a>(&'a mut self, name: &'a AccountName) -> Answer<'a, Option<Account>> {
        Box::pin(async move {
            self.domain.check(name)?;
            let all = self.find(Scope::Domain, |_| true)?;
            if let Some(dn) = name.dn() {
                return Ok(all.into_iter().find(|a| a.is(dn) && name.may_be(&a.name)));
            }
            let named = |wanted: String| all.iter().find(|account| same(&account.name, &wanted));
            Ok(name.candidates().into_iter().find_map(named).cloned())
        })
    }

    fn account_at<'a>(&'a mut self, dn: &'a str) -> Answer<'a, Option<Account>> {
        let wanted = move |account: &&Account| match account.guid {
            Some(guid) if dn.starts_with('<') => dn == by_guid(guid),
            _ => account.is(dn),
        };
        Box::pin(async move { Ok(self.accounts.iter().find(wanted).cloned()) })
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        Box::pin(async { Ok(self.mappings.clone()) })
    }

    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move { self.add_value(dn, value) })
    }

    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move { self.delete_value(dn, value) })
    }
}

#[cfg(test)]
mod tests;
