//! The rules, in the order in which the domain controller applies them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::directory::{Account, AccountKind, LdapCode};
use crate::names::{SpnMappings, holds, same};

/// Whose rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Samba's domain controller.
    Samba,
    /// Windows' domain controller, functional level 2012 R2 or later, with KB5008382.
    Windows,
}

/// What the writer may write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rights {
    /// Everything.
    Administrator,
    /// `servicePrincipalName` of the objects at these DNs.
    Writes(Vec<String>),
    /// The writer is the object at this DN, with the rights of an object on itself. A computer may
    /// write SPNs of its own names (validated write). A user may write none.
    Itself(String),
}

impl Rights {
    /// None at all.
    pub fn none() -> Self {
        Self::Writes(Vec::new())
    }

    fn full(&self, account: &Account) -> bool {
        match self {
            Self::Administrator => true,
            Self::Writes(dns) => dns.iter().any(|dn| account.is(dn)),
            Self::Itself(_) => false,
        }
    }

    fn validated(&self, account: &Account) -> bool {
        let own = matches!(self, Self::Itself(dn) if account.is(dn));
        own && account.kind != AccountKind::User
    }
}

/// The predicted answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "predicted", rename_all = "kebab-case")]
pub enum Predicted {
    /// The domain controller accepts.
    Accepted,
    /// The domain controller refuses.
    Refused {
        /// With this result code.
        code: LdapCode,
        /// The reason.
        because: String,
    },
}

impl Predicted {
    /// The result code; success is 0.
    pub fn code(&self) -> LdapCode {
        match self {
            Self::Accepted => LdapCode(0),
            Self::Refused { code, .. } => *code,
        }
    }

    /// Whether the domain controller accepts.
    pub fn is_accepted(&self) -> bool {
        *self == Self::Accepted
    }

    pub(super) fn refused(code: LdapCode, because: impl Into<String>) -> Self {
        Self::Refused { code, because: because.into() }
    }
}

impl fmt::Display for Predicted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("it will be accepted"),
            Self::Refused { code, because } => {
                write!(f, "it will be refused with {code}: {because}")
            }
        }
    }
}

/// The input of the rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) accounts: &'a [Account],
    pub(crate) mappings: &'a SpnMappings,
    pub(crate) rights: &'a Rights,
    pub(crate) dialect: Dialect,
}

/// Adds one value to the account at this position.
pub(crate) fn add(facts: Facts<'_>, position: usize, value: &str) -> Predicted {
    let account = &facts.accounts[position];
    let refusal = access(facts, account, value)
        .or_else(|| form(value))
        .or_else(|| taken(facts, account, value))
        .or_else(|| alias(facts, account, value));
    if let Some(refusal) = refusal {
        return refusal;
    }
    // Samba compares a value with the account's own ones exactly.
    let there = match facts.dialect {
        Dialect::Samba => account.spns.iter().any(|held| held == value),
        Dialect::Windows => holds(&account.spns, value),
    };
    if there {
        let because = format!("{} holds {value} already", account.name);
        return Predicted::refused(LdapCode::ATTRIBUTE_OR_VALUE_EXISTS, because);
    }
    Predicted::Accepted
}

/// Checks the right to write there at all, and to write this value.
fn access(facts: Facts<'_>, account: &Account, value: &str) -> Option<Predicted> {
    if facts.rights.full(account) {
        return None;
    }
    if !facts.rights.validated(account) {
        return Some(no_right(account));
    }
    if is_own_name(account, value, facts.dialect) {
        return None;
    }
    let because = format!(
        "{} itself may only write SPNs of its own names, and {value} is none",
        account.name
    );
    Some(Predicted::refused(LdapCode::CONSTRAINT_VIOLATION, because))
}

/// Checks the right to write anything other than an added value.
pub(super) fn write_access(rights: &Rights, account: &Account) -> Option<Predicted> {
    let may = rights.full(account) || rights.validated(account);
    if may { None } else { Some(no_right(account)) }
}

fn no_right(account: &Account) -> Predicted {
    let because = format!("no right to write servicePrincipalName of {}", account.name);
    Predicted::refused(LdapCode::INSUFFICIENT_ACCESS_RIGHTS, because)
}

/// The validated write: two parts, and the second is a name of the computer. Samba refuses any
/// port. MS-ADTS allows it.
fn is_own_name(account: &Account, value: &str, dialect: Dialect) -> bool {
    let Some((_, host)) = value.split_once('/') else { return false };
    let host = match (dialect, host.rsplit_once(':')) {
        (Dialect::Windows, Some((host, port))) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => host,
    };
    let dns = account.dns_host_name.as_deref();
    same(host, account.setspn_name()) || dns.is_some_and(|dns| same(host, dns))
}

/// Checks for one slash or two.
fn form(value: &str) -> Option<Predicted> {
    let parts = value.matches('/').count() + 1;
    if (2..=3).contains(&parts) {
        return None;
    }
    let because = format!("{value:?} has {parts} parts; an SPN has two or three");
    Some(Predicted::refused(LdapCode::CONSTRAINT_VIOLATION, because))
}

/// Checks whether another account holds the value.
fn taken(facts: Facts<'_>, account: &Account, value: &str) -> Option<Predicted> {
    let holder = other_holder(facts, account, value)?;
    let because = format!("{} holds {value}", holder.name);
    Some(Predicted::refused(LdapCode::CONSTRAINT_VIOLATION, because))
}

/// `HTTP/x` here and `HOST/x` on another account: allowed to a writer who may write both accounts.
/// In the other order, Samba refuses everybody, and Windows everybody but administrators.
fn alias(facts: Facts<'_>, account: &Account, value: &str) -> Option<Predicted> {
    let is_alias = |alias: &str, of: &str| match (alias.split_once('/'), of.split_once('/')) {
        (Some((alias, rest)), Some((class, host))) => {
            same(rest, host) && facts.mappings.is_alias(alias, class)
        }
        _ => false,
    };
    for other in others(facts, account) {
        for held in &other.spns {
            if is_alias(value, held) && !facts.rights.full(other) {
                let because =
                    format!("{} holds {held}, and there is no right to write to it", other.name);
                return Some(Predicted::refused(LdapCode::INSUFFICIENT_ACCESS_RIGHTS, because));
            }
            let exempt =
                facts.dialect == Dialect::Windows && *facts.rights == Rights::Administrator;
            if is_alias(held, value) && !exempt {
                let because = format!("{} holds {held}, an alias of {value}", other.name);
                return Some(Predicted::refused(LdapCode::CONSTRAINT_VIOLATION, because));
            }
        }
    }
    None
}

/// The first other account that holds a value.
pub(super) fn other_holder<'a>(
    facts: Facts<'a>,
    account: &Account,
    value: &str,
) -> Option<&'a Account> {
    others(facts, account).find(|other| holds(&other.spns, value))
}

fn others<'a>(facts: Facts<'a>, account: &Account) -> impl Iterator<Item = &'a Account> {
    let dn = account.dn.clone();
    facts.accounts.iter().filter(move |other| !other.is(&dn))
}
