//! What would be done, before anything is done.
//!
//! A plan leaves no choice to whoever applies it: single-value edits in order, each with the values
//! the account must hold before it, and the client's settings with their old and new text.

mod commands;
mod error;
mod impact;
mod make;
mod outlook;
mod show;
mod step;

use serde::{Deserialize, Serialize};

use crate::account::AccountRef;
use crate::profile::ClientProfile;
use crate::remedy::Remedy;
use crate::settings::RegistryValue;
use crate::spn::Spn;
use crate::target::Target;

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
    /// What takes it back.
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
    /// The value; for a deletion in the directory's own spelling.
    pub value: String,
    /// All values the account must hold before this edit.
    pub before: Vec<String>,
}

/// A registry value of the client machine (REG_SZ).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryEdit {
    /// Which value.
    pub value: RegistryValue,
    /// Its text before; none: it is not there.
    pub before: Option<String>,
    /// Its text afterwards.
    pub after: Option<String>,
}

/// What changes on the client's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "setting", rename_all = "kebab-case")]
pub enum ClientEdit {
    /// A registry value; holds for every connection of that machine.
    Registry(RegistryEdit),
    /// `-SessionOption (New-PSSessionOption -IncludePortInSPN)`; must be given with each
    /// connection, nothing is written.
    IncludePortInSpn {
        /// The port that then stands in the SPN.
        port: u16,
    },
}

/// What the plan means for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// The name concerned; none: every connection of the client.
    pub spn: Option<Spn>,
    /// `sAMAccountName` of the account that tickets for it are for now; none: there are none.
    pub ticket_before: Option<String>,
    /// The same afterwards.
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
    /// Clients go on using tickets they have.
    CachedTickets,
    /// Other domain controllers learn of it later.
    Replication,
    /// Holds only for connections that ask for it.
    PerConnection,
    /// Nobody documents what the client does with these settings together.
    UndocumentedCombination,
    /// The rest of the forest was not looked at.
    DomainOnly,
    /// The computer account is disabled.
    ComputerDisabled,
    /// The domain controller may refuse an edit.
    MayBeRefused,
    /// The domain controller may refuse to take an edit back.
    UndoMayBeRefused,
    /// A name of the target leads wrong, or nowhere, afterwards too.
    StillBroken,
    /// A setting of the client is left to somebody who is there.
    ClientByHand,
}

/// Something to know before saying yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What about.
    pub kind: WarningKind,
    /// In words.
    pub text: String,
}

/// Where a command is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// On any machine of the domain, by somebody who may write SPNs.
    Domain,
    /// On the client.
    Client,
}

/// What a Windows administrator would type.
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
    /// What it carries out.
    pub remedy: Remedy,
    /// For which host.
    pub target: Target,
    /// That host's computer account.
    pub computer: AccountRef,
    /// The client's settings now.
    pub client_before: ClientProfile,
    /// The client's settings to connect with afterwards.
    pub client_after: ClientProfile,
    /// The edits of the directory, in order.
    pub edits: Vec<Edit>,
    /// What changes on the client, after the edits.
    pub client: Vec<ClientEdit>,
    /// What is already as it should be.
    pub already: Vec<String>,
    /// Who notices.
    pub impact: Vec<Impact>,
    /// What to know.
    pub warnings: Vec<Warning>,
    /// The same by hand.
    pub commands: Vec<Command>,
    /// What is left to somebody who is at the client: never written, never read back.
    #[serde(default)]
    pub by_hand: Vec<RegistryEdit>,
}

impl Plan {
    /// Whether nothing has to be written. (An option that goes with each connection may still be
    /// needed.)
    pub fn is_nothing_to_do(&self) -> bool {
        self.steps().is_empty()
    }

    /// The same plan for somebody who can write to the directory and not to the client: its
    /// registry edits are left to the commands.
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

    /// Everything that is written, in order.
    pub(crate) fn steps(&self) -> Vec<Step<'_>> {
        let registry = self.client.iter().filter_map(|edit| match edit {
            ClientEdit::Registry(edit) => Some(Step::Registry(edit)),
            ClientEdit::IncludePortInSpn { .. } => None,
        });
        self.edits.iter().map(Step::Edit).chain(registry).collect()
    }
}

#[cfg(test)]
#[path = "../plan_tests.rs"]
mod tests;
