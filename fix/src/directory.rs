//! What the crate wants from a directory.

use std::fmt;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::account_name::AccountName;
use crate::directory_error::DirectoryError;
use crate::dn::dns_domain;
use crate::mappings::SpnMappings;
use crate::pattern::SpnPattern;
use crate::spn::Spn;
use crate::target::Target;

/// How far a question reaches.
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

/// The domain a directory serves.
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

    /// DN to search in.
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
        if served.iter().any(|known| crate::fold::same(known, typed)) {
            return Ok(());
        }
        Err(DirectoryError::OtherDomain { account: name.to_string(), served: self.dns_name() })
    }
}

/// What an answer of the directory will be. Boxed, so that `dyn Directory` works.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, DirectoryError>> + Send + 'a>>;

/// Takes the DN of an account and its SPNs; see [`Directory::every_holder`].
pub type Visit<'a> = dyn FnMut(&str, &[String]) + Send + 'a;

/// A directory: reads accounts and adds or deletes single values of `servicePrincipalName`.
///
/// There is deliberately no way to replace the whole attribute: that would undo what somebody else
/// writes at the same time.
pub trait Directory: Send {
    /// The domain it serves.
    fn domain(&mut self) -> Answer<'_, Domain>;

    /// The widest scope it can answer for.
    fn reach(&self) -> Scope;

    /// Accounts that hold at least one of these SPNs, literally: no aliases.
    fn holders<'a>(&'a mut self, spns: &'a [Spn], scope: Scope) -> Answer<'a, Vec<Account>>;

    /// Accounts that hold an SPN of this form, as `setspn -Q` finds them.
    fn search<'a>(&'a mut self, pattern: &'a SpnPattern, scope: Scope) -> Answer<'a, Vec<Account>>;

    /// Gives every account that holds SPNs to `visit`, one by one and in no particular order: its
    /// DN and its SPNs as stored. Nothing is collected, so that a directory of any size fits.
    /// Returns how many accounts there were.
    fn every_holder<'a>(&'a mut self, scope: Scope, visit: &'a mut Visit<'_>) -> Answer<'a, u64>;

    /// Computers that may go by this name; see [`Account::is_computer_called`] for which do.
    fn computers<'a>(&'a mut self, host: &'a Target, scope: Scope) -> Answer<'a, Vec<Account>>;

    /// The account of this name in the domain, a computer before a user.
    fn account<'a>(&'a mut self, name: &'a AccountName) -> Answer<'a, Option<Account>>;

    /// The account at this DN, with its SPNs as they are now. `<GUID=…>` is a DN too: that of the
    /// object wherever it is (MS-ADTS 3.1.1.3.1.2.4).
    fn account_at<'a>(&'a mut self, dn: &'a str) -> Answer<'a, Option<Account>>;

    /// The aliases.
    fn mappings(&mut self) -> Answer<'_, SpnMappings>;

    /// Adds one value.
    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()>;

    /// Deletes one value.
    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()>;
}
