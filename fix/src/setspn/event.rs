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
    /// `-D`: the account does not hold the value, and others do. Nothing is written.
    NotHeld {
        /// The account.
        account: &'a Account,
        /// As typed.
        value: &'a str,
        /// Those who hold it, and keep it.
        holders: &'a [Account],
    },
    /// Commands that undo the writes.
    Undo(&'a [String]),
    /// Why a write has no command that undoes it.
    NoUndo(&'a str),
    /// Something to know, which Windows' tool does not say.
    Hint(&'a str),
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
        /// The next step, if the name itself says what is wrong with it.
        hint: Option<&'a str>,
    },
    /// No domain controller answered.
    ServerDown {
        /// The domain as typed; empty for the current one.
        domain: &'a str,
    },
    /// `-X` has read this many accounts. The first event says 0.
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
    /// HOST names on an account that is not the computer of that name.
    Misplaced(&'a Misplaced),
    /// All misplaced HOST names are reported.
    MisplacedEnd {
        /// How many groups.
        count: usize,
    },
    /// A left-over account that holds names of others.
    Stale(&'a Stale),
    /// All stale holders are reported.
    StaleEnd {
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
    /// Whether it is one in every forest with several domains, and harms nobody.
    pub by_design: bool,
    /// With `--shadowed`, and for what is by design.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextStep>,
}

/// The next step for a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// In words.
    #[serde(rename = "next")]
    pub text: String,
    /// Commands, quoted for bash. They take a name only from accounts that should not have it. No
    /// command of a run is given twice.
    pub commands: Vec<String>,
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
    /// What to do.
    #[serde(flatten)]
    pub next: NextStep,
}

/// HOST names on accounts that are not the computer of that name, while that computer lacks them.
/// Tickets for the computer are then encrypted for another account, under all aliases of HOST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Misplaced {
    /// As the first holder stores them.
    pub spns: Vec<String>,
    /// DNs of the holders.
    pub accounts: Vec<String>,
    /// DN of the computer that the names mean. `None`: no enabled computer has this name, and the
    /// holder is no computer.
    pub owner: Option<String>,
    /// What to do.
    #[serde(flatten)]
    pub next: NextStep,
}

/// A left-over account that holds names of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stale {
    /// Its DN.
    pub account: String,
    /// Why it is stale.
    pub because: Staleness,
    /// The names of others that it holds, or all names of a conflict object.
    pub spns: Vec<String>,
    /// What to do.
    #[serde(flatten)]
    pub next: NextStep,
}

/// Why an account is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Staleness {
    /// It is disabled.
    Disabled,
    /// It lost a replication conflict (`CNF:`).
    Conflict,
    /// It has the DNS name of a computer that has joined again under another account.
    Replaced,
}

/// Receives the events, to print or to collect them.
pub trait Listener: Send {
    /// Receives one event. An error ends the run.
    fn hear(&mut self, event: Event<'_>) -> io::Result<()>;
}
