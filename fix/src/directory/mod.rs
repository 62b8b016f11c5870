//! What the crate needs from a directory: the trait, its errors, accounts, and a snapshot of them.
//!
//! Uses: client, names.

mod account;
mod computers;
mod error;
mod host_names;
mod ldap_code;
mod lookup;
mod snapshot;

use std::fmt;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::names::{AccountName, Spn, SpnMappings, SpnPattern, Target, dns_domain};

pub(crate) use account::is_conflict_dn;
pub use account::{Account, AccountKind, AccountRef};
pub(crate) use computers::right;
pub use computers::{MisplacedHost, Rival, RivalKind};
pub use error::{DirectoryError, KerberosProblem, TlsProblem};
#[cfg(feature = "ldap")]
pub(crate) use host_names::account_names;
pub(crate) use host_names::{goes_by, names_of, spns_of};
pub use ldap_code::LdapCode;
pub(crate) use lookup::Found;
pub use snapshot::{DirectorySnapshot, NotCovered};

/// How far a search reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The domain of the server.
    Domain,
    /// All domains of the forest, through the global catalog.
    Forest,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Domain => "domain",
            Self::Forest => "forest",
        })
    }
}

/// The domain that a directory serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// `DC=contoso,DC=com`.
    pub dn: String,
    /// DN of the forest's root domain.
    pub forest_dn: String,
    /// NetBIOS name, `CONTOSO`.
    pub netbios: Option<String>,
}

impl Domain {
    /// `contoso.com`.
    pub fn dns_name(&self) -> String {
        dns_domain(&self.dn)
    }

    /// DN of the search base.
    pub fn root(&self, scope: Scope) -> &str {
        match scope {
            Scope::Domain => &self.dn,
            Scope::Forest => &self.forest_dn,
        }
    }

    /// Refuses a name of another domain.
    pub fn check(&self, name: &AccountName) -> Result<(), DirectoryError> {
        let Some(typed) = name.domain() else { return Ok(()) };
        let served = [self.netbios.clone().unwrap_or_default(), self.dns_name()];
        if served.iter().any(|known| crate::names::same(known, typed)) {
            return Ok(());
        }
        Err(DirectoryError::OtherDomain { account: name.to_string(), served: self.dns_name() })
    }
}

/// The future answer of a directory. It is boxed, so that `dyn Directory` works.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, DirectoryError>> + Send + 'a>>;

/// Takes the DN of an account and its SPNs; see [`Directory::every_holder`].
pub type Visit<'a> = dyn FnMut(&str, &[String]) + Send + 'a;

/// A directory: reads accounts, and adds or deletes single values of `servicePrincipalName`.
///
/// By design it cannot replace the whole attribute. That would lose what another program writes at
/// the same time.
pub trait Directory: Send {
    /// The domain that it serves.
    fn domain(&mut self) -> Answer<'_, Domain>;

    /// Its widest scope.
    fn reach(&self) -> Scope;

    /// Accounts that hold at least one of these SPNs literally, without aliases.
    fn holders<'a>(&'a mut self, spns: &'a [Spn], scope: Scope) -> Answer<'a, Vec<Account>>;

    /// Accounts that hold an SPN of this pattern, as `setspn -Q` finds them.
    fn search<'a>(&'a mut self, pattern: &'a SpnPattern, scope: Scope) -> Answer<'a, Vec<Account>>;

    /// Passes every account that holds SPNs to `visit`, one by one and in no particular order: its
    /// DN and its SPNs as stored. It collects nothing, so a directory of any size fits. Returns the
    /// number of accounts.
    fn every_holder<'a>(&'a mut self, scope: Scope, visit: &'a mut Visit<'_>) -> Answer<'a, u64>;

    /// Computers that may have this name; [`Account::is_computer_called`] decides which do.
    fn computers<'a>(&'a mut self, host: &'a Target, scope: Scope) -> Answer<'a, Vec<Account>>;

    /// The account of this name in the domain; the name may be a DN or a UPN. A computer comes
    /// before a user.
    fn account<'a>(&'a mut self, name: &'a AccountName) -> Answer<'a, Option<Account>>;

    /// The account at this DN, with its SPNs as they are now. `<GUID=…>` is a DN too: it names the
    /// object wherever it is (MS-ADTS 3.1.1.3.1.2.4).
    fn account_at<'a>(&'a mut self, dn: &'a str) -> Answer<'a, Option<Account>>;

    /// The aliases.
    fn mappings(&mut self) -> Answer<'_, SpnMappings>;

    /// Adds one value.
    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()>;

    /// Deletes one value.
    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()>;
}
