//! Account names as users type them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::same;

/// An account as the user types it into `setspn`: `name`, `name$` or `DOMAIN\name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName {
    domain: Option<String>,
    name: String,
    /// Not part of the text: `setspn` has switches for it.
    only: Option<Only>,
}

/// The one kind of account that the name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    Computer,
    User,
}

/// Why a text does not name an account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} does not name an account")]
pub struct AccountNameError {
    /// The text.
    pub text: String,
}

impl AccountNameError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-ACCOUNT-NAME".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        "write it as name, name$ (a computer) or DOMAIN\\name".to_owned()
    }
}

impl AccountName {
    /// The domain, NetBIOS or DNS, if one was typed.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The name without domain.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same name, meaning a computer (`setspn -C`).
    #[must_use]
    pub fn only_computer(self) -> Self {
        Self { only: Some(Only::Computer), ..self }
    }

    /// The same name, meaning a user (`setspn -U`).
    #[must_use]
    pub fn only_user(self) -> Self {
        Self { only: Some(Only::User), ..self }
    }

    /// The values of `sAMAccountName` to look for, best first. As in `setspn`, a computer comes
    /// before a user of the same name. With `$` only the computer counts.
    pub fn candidates(&self) -> Vec<String> {
        let computer = || format!("{}$", self.name);
        match self.only {
            _ if self.name.ends_with('$') => vec![self.name.clone()],
            Some(Only::Computer) => vec![computer()],
            Some(Only::User) => vec![self.name.clone()],
            None => vec![computer(), self.name.clone()],
        }
    }

    /// Whether the name may mean an account of this `sAMAccountName`.
    pub fn may_be(&self, sam_account_name: &str) -> bool {
        self.candidates().iter().any(|candidate| same(candidate, sam_account_name))
    }
}

impl FromStr for AccountName {
    type Err = AccountNameError;

    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        let (domain, name) = match text.split_once('\\') {
            Some((domain, name)) => (Some(domain), name),
            None => (None, text),
        };
        // The characters that sAMAccountName cannot hold.
        let bad = |part: &str| {
            part.trim_end_matches('$').trim().is_empty()
                || part.chars().any(|c| c.is_control() || "\"/\\[]:;|=,+*?<>@".contains(c))
        };
        if bad(name) || domain.is_some_and(bad) {
            return Err(AccountNameError { text: text.to_owned() });
        }
        Ok(Self { domain: domain.map(str::to_owned), name: name.to_owned(), only: None })
    }
}

impl TryFrom<String> for AccountName {
    type Error = AccountNameError;

    fn try_from(text: String) -> Result<Self, AccountNameError> {
        text.parse()
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(domain) = &self.domain {
            write!(f, "{domain}\\")?;
        }
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computers_come_first() {
        let table: &[(&str, Option<&str>, &[&str])] = &[
            ("mem1", None, &["mem1$", "mem1"]),
            ("MEM1$", None, &["MEM1$"]),
            ("CONTOSO\\svc_web", Some("CONTOSO"), &["svc_web$", "svc_web"]),
        ];
        for (text, domain, candidates) in table {
            let name: AccountName = text.parse().unwrap();
            assert_eq!(name.domain(), *domain);
            assert_eq!(name.candidates(), *candidates);
            assert_eq!(&name.to_string(), text);
        }
    }

    #[test]
    fn one_sort_of_account_can_be_meant() {
        let name = |text: &str| text.parse::<AccountName>().unwrap();
        assert_eq!(name("mem1").only_computer().candidates(), ["mem1$"]);
        assert_eq!(name("mem1").only_user().candidates(), ["mem1"]);
        assert_eq!(name("mem1$").only_computer().candidates(), ["mem1$"]);
    }

    #[test]
    fn what_names_no_account_is_refused() {
        for text in ["", "$", "\\x", "CONTOSO\\", "a*", "a)(b=*", "CN=x,DC=y", "a@b", "A\\B\\c"] {
            assert!(text.parse::<AccountName>().is_err(), "{text}");
        }
    }
}
