//! The events of a run, as they happen.

use std::io;

use serde::Serialize;

use crate::directory::{Account, DirectoryError, Scope};

/// An event of a run. Their order is that of Windows' output.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A search in a domain or forest begins.
    Checking {
        /// Domain or forest.
        scope: Scope,
        /// Its DN.
        root: &'a str,
    },
    /// An account that holds what `setspn` looks for.
    Holder(&'a Account),
    /// `-Q` has finished one target.
    Queried {
        /// Whether there was a holder.
        found: bool,
    },
    /// `-S` found a holder and writes nothing.
    AlreadyHeld,
    /// `-S` found no holder.
    Free,
    /// Values will be added or deleted now.
    Changing {
        /// Added or deleted.
        edit: Edit,
        /// The account.
        account: &'a Account,
        /// The values.
        values: &'a [String],
    },
    /// All values are written. With `-R` they may have been there already.
    Updated,
    /// The directory refused.
    Refused {
        /// Added or deleted.
        edit: Edit,
        /// DN of the account.
        dn: &'a str,
        /// The directory's answer.
        error: &'a DirectoryError,
    },
    /// Commands that undo the writes.
    Undo(&'a [String]),
    /// `-L`: an account with its SPNs.
    Listed(&'a Account),
    /// The account, or its domain, does not exist.
    NoAccount {
        /// As typed.
        name: &'a str,
        /// Windows' number: 0x525 (no such user) or 0x54B (no such domain).
        code: u32,
        /// Whether the run would have changed it.
        edit: bool,
    },
    /// No domain controller answered.
    ServerDown {
        /// The domain as typed; empty for the current one.
        domain: &'a str,
    },
    /// `-X` has read this many accounts. The first event says 0. `--shadowed` reads all of them
    /// twice.
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
    /// All duplicates are reported.
    Duplicates {
        /// How many.
        count: usize,
    },
    /// An SPN that shadows an alias of another account.
    Shadowed(&'a Shadowed),
    /// All shadowed SPNs are reported.
    ShadowedEnd {
        /// How many.
        count: usize,
    },
}

/// What happens to a value.
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

/// An SPN whose service class is an alias, while another account holds the name behind the alias.
/// This is the situation of KB 4549715: tickets for the SPN are encrypted for its holder, not for
/// the account behind the alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shadowed {
    /// As the first holder stores it: `HTTP/mem1`.
    pub spn: String,
    /// DNs of accounts that hold it, but not the name behind the alias.
    pub accounts: Vec<String>,
    /// The name behind the alias, as its first holder stores it: `HOST/mem1`.
    pub alias_of: String,
    /// DNs of accounts that hold the name behind the alias.
    pub owners: Vec<String>,
}

/// Receives the events, to print or to collect them.
pub trait Listener: Send {
    /// Receives one event. An error ends the run.
    fn hear(&mut self, event: Event<'_>) -> io::Result<()>;
}
