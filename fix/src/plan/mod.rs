//! What spnfix would do, before it does anything.
//!
//! A plan leaves no choice to the program that applies it. It has single-value edits in order, each
//! with the values that the account must hold before it. And it has the client's settings with
//! their old and new text.
//!
//! Uses: client, diagnose, directory, names, predict, text.

mod commands;
mod draft;
mod error;
mod impact;
mod make;
mod outlook;
mod show;
mod step;

use serde::{Deserialize, Serialize};

use crate::client::{ClientProfile, RegistryValue, Remedy};
use crate::directory::{Account, AccountKind, AccountRef, DirectorySnapshot};
use crate::names::{Spn, Target};

pub use error::PlanError;
pub use make::plan;
pub(crate) use step::Step;

/// Add or delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Add the value.
    Add,
    /// Delete the value.
    Delete,
}

impl Change {
    /// The change that undoes this one.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Add => Self::Delete,
            Self::Delete => Self::Add,
        }
    }
}

/// One value of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The account.
    pub account: AccountRef,
    /// Add or delete.
    pub change: Change,
    /// The value. For a deletion, it is as the directory spells it.
    pub value: String,
    /// All values the account must hold before this edit.
    pub before: Vec<String>,
}

/// A registry value of the client machine (REG_SZ).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryEdit {
    /// Which value.
    pub value: RegistryValue,
    /// Its text before. `None`: the value is absent.
    pub before: Option<String>,
    /// Its text afterwards.
    pub after: Option<String>,
}

/// What changes on the client's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "setting", rename_all = "kebab-case")]
pub enum ClientEdit {
    /// A registry value. It applies to every connection of that machine.
    Registry(RegistryEdit),
    /// `-SessionOption (New-PSSessionOption -IncludePortInSPN)`. The user gives it with each
    /// connection; nothing is written.
    IncludePortInSpn {
        /// The port in the SPN.
        port: u16,
    },
}

/// What the plan means for others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// The name. `None`: every connection of the client.
    pub spn: Option<Spn>,
    /// `sAMAccountName` of the account that tickets are for now. `None`: no tickets.
    pub ticket_before: Option<String>,
    /// The same after the plan.
    pub ticket_after: Option<String>,
    /// In words.
    pub text: String,
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WarningKind {
    /// KB 4549715 says two different things.
    ArticleContradiction,
    /// Clients still use their old tickets.
    CachedTickets,
    /// Other domain controllers get the change later.
    Replication,
    /// It applies only to connections with the option.
    PerConnection,
    /// No document says what the client does with these settings together.
    UndocumentedCombination,
    /// The search did not cover the rest of the forest.
    DomainOnly,
    /// The computer account is disabled.
    ComputerDisabled,
    /// The domain controller may refuse an edit.
    MayBeRefused,
    /// The domain controller may refuse to undo an edit.
    UndoMayBeRefused,
    /// A name of the target leads to the wrong account, or to none, after the plan too.
    StillBroken,
    /// The user must change a setting of the client by hand.
    ClientByHand,
    /// The target is the name of a cluster. WinRM on its nodes has other keys.
    ClusterName,
}

/// A warning before the user says yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The kind.
    pub kind: WarningKind,
    /// In words.
    pub text: String,
}

/// Where the user types a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// On any machine of the domain, as a user who may write SPNs.
    Domain,
    /// On the client.
    Client,
}

/// A command for the user to type on Windows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Where.
    pub place: Place,
    /// What.
    pub text: String,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this document: 1.
    pub version: u32,
    /// The remedy.
    pub remedy: Remedy,
    /// For which host.
    pub target: Target,
    /// That host's computer account.
    pub computer: AccountRef,
    /// The client's settings before the plan.
    pub client_before: ClientProfile,
    /// The client's settings after the plan.
    pub client_after: ClientProfile,
    /// The edits of the directory, in order.
    pub edits: Vec<Edit>,
    /// What changes on the client, after the edits.
    pub client: Vec<ClientEdit>,
    /// What needs no change.
    pub already: Vec<String>,
    /// What it means for others.
    pub impact: Vec<Impact>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// The plan by hand.
    pub commands: Vec<Command>,
    /// Registry edits for the user at the client. spnfix neither writes nor reads them.
    #[serde(default)]
    pub by_hand: Vec<RegistryEdit>,
}

/// Whether a service may run as this account. A machine of its own is no service. A computer
/// account without a dNSHostName is no machine: farms share such an account as a credential
/// (Exchange's ASA).
pub(crate) fn may_be_in_use(account: &Account) -> bool {
    account.enabled && (account.kind != AccountKind::Computer || account.dns_host_name.is_none())
}

impl Plan {
    /// Whether there is nothing to write. (The user may still need an option with each connection.)
    pub fn is_nothing_to_do(&self) -> bool {
        self.steps().is_empty()
    }

    /// The same plan for a user who can write to the directory but not to the client. The commands
    /// include its registry edits.
    #[must_use]
    pub fn with_client_by_hand(mut self) -> Self {
        for edit in std::mem::take(&mut self.client) {
            match edit {
                ClientEdit::Registry(edit) => self.by_hand.push(edit),
                other @ ClientEdit::IncludePortInSpn { .. } => self.client.push(other),
            }
        }
        if !self.by_hand.is_empty() {
            self.warnings.push(Warning {
                kind: WarningKind::ClientByHand,
                text: "the registry of the client is not written from here: type the reg command \
                       on every client that is to connect this way"
                    .to_owned(),
            });
        }
        self
    }

    /// The directory after the plan.
    pub(crate) fn after(&self, seen: &DirectorySnapshot) -> DirectorySnapshot {
        let mut accounts = seen.accounts().to_vec();
        for edit in &self.edits {
            if let Some(account) = accounts.iter_mut().find(|account| account.is(&edit.account.dn))
            {
                account.spns = edit.after();
            }
        }
        seen.with(accounts)
    }

    /// All writes, in order.
    pub(crate) fn steps(&self) -> Vec<Step<'_>> {
        let registry = self.client.iter().filter_map(|edit| match edit {
            ClientEdit::Registry(edit) => Some(Step::Registry(edit)),
            ClientEdit::IncludePortInSpn { .. } => None,
        });
        self.edits.iter().map(Step::Edit).chain(registry).collect()
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod case_tests;

#[cfg(test)]
mod forest_tests;
