//! The request of a run of `setspn`.

use crate::directory::Scope;
use crate::names::{AccountName, AccountNameError, Spn, SpnPattern};

/// One run of `setspn`, from its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The command.
    pub command: Command,
    /// `-F`: the forest, else the domain.
    pub scope: Scope,
    /// `-T`, in the given order. Empty: the current domain, for `-S` the account's.
    pub targets: Vec<Target>,
    /// Without `-P`.
    pub progress: bool,
}

/// A search target: a domain, or the forest of that domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `-T ""` and `-T *`: the domain of the connection.
    Current,
    /// `-T name`: NetBIOS or DNS name of a domain.
    Named(String),
}

impl Target {
    /// Reads the value of `-T`.
    pub fn new(text: &str) -> Self {
        match text {
            "" | "*" => Self::Current,
            name => Self::Named(name.to_owned()),
        }
    }

    /// The name, unless it is the current domain.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Current => None,
            Self::Named(name) => Some(name),
        }
    }
}

/// A switch with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `-?`
    Help,
    /// `-Q SPN`
    Query(SpnPattern),
    /// `-L account`
    List(Who),
    /// `-S SPN account`
    AddChecked(Spn, Who),
    /// `-A SPN account`
    Add(Spn, Who),
    /// `-D SPN account`. It takes any text, so that a value that is no SPN can be deleted.
    Delete(String, Who),
    /// `-R account`
    Reset(Who),
    /// `-X`
    Duplicates {
        /// `--shadowed`: also the SPNs that shadow an alias of another account.
        shadowed: bool,
    },
}

impl Command {
    /// Whether it may write to the directory.
    pub fn edits(&self) -> bool {
        matches!(self.letter(), 'S' | 'A' | 'D' | 'R')
    }

    /// The letter of its switch.
    pub fn letter(&self) -> char {
        match self {
            Self::Help => '?',
            Self::Query(_) => 'Q',
            Self::List(_) => 'L',
            Self::AddChecked(..) => 'S',
            Self::Add(..) => 'A',
            Self::Delete(..) => 'D',
            Self::Reset(_) => 'R',
            Self::Duplicates { .. } => 'X',
        }
    }
}

/// An account as typed, and its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// `name`, `name$`, `DOMAIN\name`, `name@domain` or the DN.
    pub typed: String,
    /// `-C`, `-U` or neither.
    pub sort: Sort,
}

/// The kind of account that a name means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// A computer if there is one, else a user.
    #[default]
    Either,
    /// `-C`
    Computer,
    /// `-U`
    User,
}

impl Who {
    /// The name to look for.
    pub fn name(&self) -> Result<AccountName, AccountNameError> {
        let name = AccountName::literal(&self.typed)?;
        Ok(match self.sort {
            Sort::Either => name,
            Sort::Computer => name.only_computer(),
            Sort::User => name.only_user(),
        })
    }
}
