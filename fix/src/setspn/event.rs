//! What happens in a run, as it happens.

use std::io;

use serde::Serialize;

use crate::account::Account;
use crate::directory::Scope;
use crate::directory_error::DirectoryError;

/// A step of a run. The order is the order of Windows' output.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A domain or forest is looked at from here on.
    Checking {
        /// Which of the two.
        scope: Scope,
        /// Its DN.
        root: &'a str,
    },
    /// An account that holds what is looked for.
    Holder(&'a Account),
    /// `-Q` is done with one target.
    Queried {
        /// Whether there was a holder.
        found: bool,
    },
    /// `-S` found a holder and writes nothing.
    AlreadyHeld,
    /// `-S` found no holder.
    Free,
    /// Values are about to be added or deleted.
    Changing {
        /// Which of the two.
        edit: Edit,
        /// To or from which account.
        account: &'a Account,
        /// The values.
        values: &'a [String],
    },
    /// All of them were; or, with `-R`, were there already.
    Updated,
    /// The directory did not allow it.
    Refused {
        /// What.
        edit: Edit,
        /// DN of the account.
        dn: &'a str,
        /// The directory's answer.
        error: &'a DirectoryError,
    },
    /// Commands that take back what was written.
    Undo(&'a [String]),
    /// `-L`: an account with its SPNs.
    Listed(&'a Account),
    /// No such account, or no such domain for it.
    NoAccount {
        /// As typed.
        name: &'a str,
        /// Windows' number: 0x525 (no such user) or 0x54B (no such domain).
        code: u32,
        /// Whether it was to be changed.
        edit: bool,
    },
    /// No domain controller answered.
    ServerDown {
        /// The domain as typed; empty for the current one.
        domain: &'a str,
    },
    /// `-X` has read so many accounts; the first one says 0. `--shadowed` reads all of them twice.
    Walked {
        /// How many.
        entries: u64,
        /// In a domain or in a forest.
        scope: Scope,
    },
    /// `-X` has read all accounts.
    WalkEnded {
        /// How many there are.
        entries: u64,
    },
    /// An SPN on several accounts.
    Duplicate(&'a Duplicate),
    /// All duplicates have been named.
    Duplicates {
        /// How many.
        count: usize,
    },
    /// An SPN that takes an alias away from another account.
    Shadowed(&'a Shadowed),
    /// All of those have been named.
    ShadowedEnd {
        /// How many.
        count: usize,
    },
}

/// What is done to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// Added.
    Add,
    /// Deleted.
    Delete,
}

/// An SPN that several accounts hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// As the first of them stores it.
    pub spn: String,
    /// DNs, in alphabetical order.
    pub accounts: Vec<String>,
}

/// An SPN whose service class is an alias, while the name it is an alias of is on another account:
/// the situation of KB 4549715. Tickets for it are encrypted for its holder and not for the account
/// that the alias leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shadowed {
    /// As the first of its holders stores it: `HTTP/mem1`.
    pub spn: String,
    /// DNs of accounts that hold it, and not the other one.
    pub accounts: Vec<String>,
    /// What it is an alias of, as the first holder stores it: `HOST/mem1`.
    pub alias_of: String,
    /// DNs of accounts that hold that.
    pub owners: Vec<String>,
}

/// Hears what happens; prints it, or collects it.
pub trait Listener: Send {
    /// Takes one event. An error ends the run.
    fn hear(&mut self, event: Event<'_>) -> io::Result<()>;
}
