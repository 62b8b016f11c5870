//! Account names as users type them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::dn;
use super::fold::same;
use super::form::FormError;
use crate::text::PastedError;

/// An account as the user types it: `name`, `name$`, `DOMAIN\name`, the UPN `name@domain` or the
/// DN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName {
    domain: Option<String>,
    /// The DN, if that was typed.
    name: String,
    form: Form,
    /// Not part of the text: `setspn` has switches for it.
    only: Option<Only>,
}

/// How it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `name` or `DOMAIN\name`
    Name,
    /// `name@domain`
    Upn,
    /// `CN=name,DC=contoso,DC=com`
    Dn,
}

/// The one kind of account that the name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    Computer,
    User,
}

/// Why a text does not name an account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountNameError {
    /// It has no name, or characters that no account name has.
    #[error("{text:?} does not name an account")]
    NotAName {
        /// The text.
        text: String,
    },
    /// It is in another form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A character stands in the place of another one.
    #[error(transparent)]
    Pasted(#[from] PastedError),
}

impl AccountNameError {
    /// Stable code.
    pub fn code(&self) -> String {
        "SPNFIX-ACCOUNT-NAME".to_owned()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NotAName { .. } => {
                "write it as name, name$ (a computer), DOMAIN\\name, name@domain or the DN"
                    .to_owned()
            }
            Self::Form(form) => form.hint(),
            Self::Pasted(pasted) => pasted.hint(),
        }
    }
}

impl AccountName {
    /// Reads a name with any characters that a directory may store.
    pub(crate) fn literal(text: &str) -> Result<Self, AccountNameError> {
        if let Some((name, domain)) = dn::typed(text) {
            return Ok(Self { domain: Some(domain), name, form: Form::Dn, only: None });
        }
        let (domain, name, form) = match (text.split_once('\\'), text.split_once('@')) {
            (Some((domain, name)), _) => (Some(domain), name, Form::Name),
            (None, Some((name, domain))) => (Some(domain), name, Form::Upn),
            (None, None) => (None, text, Form::Name),
        };
        if bad(name) || domain.is_some_and(bad) {
            other_form(text)?;
            return Err(AccountNameError::NotAName { text: text.to_owned() });
        }
        Ok(Self { domain: domain.map(str::to_owned), name: name.to_owned(), form, only: None })
    }

    /// The domain, NetBIOS or DNS, if one was typed. Of a UPN it is the suffix, which need not be
    /// the name of a domain.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The name without domain; of a DN, the whole of it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The distinguished name, if that was typed.
    pub fn dn(&self) -> Option<&str> {
        (self.form == Form::Dn).then_some(&self.name)
    }

    /// The user principal name, if that was typed. An account has it as `userPrincipalName`.
    /// Without one, it goes by `sAMAccountName@domain` (MS-ADTS 5.1.1.1.1).
    pub fn upn(&self) -> Option<String> {
        (self.form == Form::Upn).then(|| self.to_string())
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
    /// before a user of the same name. With `$` only the computer counts, and a UPN has none. A DN
    /// says nothing about this attribute.
    pub fn candidates(&self) -> Vec<String> {
        let computer = || format!("{}$", self.name);
        match self.only {
            _ if self.form == Form::Dn => Vec::new(),
            _ if self.name.ends_with('$') => vec![self.name.clone()],
            Some(Only::Computer) => vec![computer()],
            Some(Only::User) => vec![self.name.clone()],
            None if self.form == Form::Upn => vec![self.name.clone()],
            None => vec![computer(), self.name.clone()],
        }
    }

    /// Whether the name may mean an account of this `sAMAccountName`. A DN may mean any; then only
    /// the switches of `setspn` count.
    pub fn may_be(&self, sam_account_name: &str) -> bool {
        match self.form {
            Form::Dn => self.is_sort_of(sam_account_name),
            _ => self.candidates().iter().any(|candidate| same(candidate, sam_account_name)),
        }
    }

    /// Whether an account of this `sAMAccountName` is of the sort that is meant.
    pub(crate) fn is_sort_of(&self, sam_account_name: &str) -> bool {
        match self.only {
            None => true,
            Some(Only::Computer) => sam_account_name.ends_with('$'),
            Some(Only::User) => !sam_account_name.ends_with('$'),
        }
    }
}

impl FromStr for AccountName {
    type Err = AccountNameError;

    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        // Within a DN, such a character belongs to the name of the object.
        if dn::typed(text).is_none() {
            PastedError::check(text)?;
        }
        Self::literal(text)
    }
}

/// Whether a part is empty or has characters that `sAMAccountName` cannot hold.
fn bad(part: &str) -> bool {
    part.trim_end_matches('$').trim().is_empty()
        || part.chars().any(|c| c.is_control() || "\"/\\[]:;|=,+*?<>@".contains(c))
}

/// Refuses two backslashes, and a slash for the backslash.
fn other_form(text: &str) -> Result<(), FormError> {
    let form = |reason: &str, hint| Err(FormError::new(text, "an account", reason, hint));
    let both = |sep: &str| text.split_once(sep).filter(|(left, right)| !bad(left) && !bad(right));
    if let Some((domain, name)) = both("\\\\") {
        return form("it has two backslashes", format!("write {domain}\\{name}"));
    }
    if let Some((domain, name)) = both("/") {
        let hint = format!("an account is {domain}\\{name}; an SPN is looked for with setspn -Q");
        return form("it has a slash", hint);
    }
    Ok(())
}

impl TryFrom<String> for AccountName {
    type Error = AccountNameError;

    fn try_from(text: String) -> Result<Self, AccountNameError> {
        Self::literal(&text)
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.form, &self.domain) {
            (Form::Name, Some(domain)) => write!(f, "{domain}\\{}", self.name),
            (Form::Upn, Some(domain)) => write!(f, "{}@{domain}", self.name),
            _ => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
#[path = "account_name_tests.rs"]
mod tests;
