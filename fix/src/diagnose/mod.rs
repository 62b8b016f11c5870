//! Why a connection fails: from the name that the client asks for to the account that the ticket is
//! for.
//!
//! The order is the KDC's: its own domain first, and there exact holders first, the alias only if
//! there are none (MS-DRSR 4.1.4.2.14). The diagnosis compares the result with the account whose
//! key WinRM has. That is the computer account, because the service runs as NETWORK SERVICE.
//!
//! Uses: client, directory, names, text.

mod certainty;
mod decide;
mod error;
mod explain;
mod explain_failure;
mod facts;
mod failure;
mod observed;
mod saw;
mod saw_lookup;
mod saw_table;
mod steps;
mod suspect;
mod texts;

use serde::{Deserialize, Serialize};

use crate::client::ClientProfile;
use crate::directory::{AccountRef, MisplacedHost, Rival, Scope};
use crate::names::{Spn, Target};

pub use certainty::Certainty;
pub use decide::{diagnose, diagnose_in};
pub use error::DiagnoseError;
pub use failure::{FailureDiagnosis, Finding, diagnose_failure};
pub use observed::{ClientStatus, Observed, Reporter, Stage};
pub use saw::{Saw, SawError};
pub use suspect::{Cause, Suspect};

/// The result of a diagnosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The ticket is for the computer account.
    Healthy {
        /// The computer account.
        holder: AccountRef,
    },
    /// One account holds the SPN, and it is the wrong one: the case of KB 4549715.
    Shadowed {
        /// Who holds it.
        holder: AccountRef,
        /// Who should hold it.
        owner: AccountRef,
    },
    /// Several accounts hold the SPN: the KDC issues no ticket.
    Duplicate {
        /// Who holds it.
        holders: Vec<AccountRef>,
    },
    /// Nobody holds the SPN or its alias.
    Missing {
        /// Who should hold it.
        owner: AccountRef,
    },
    /// Nobody holds the SPN with the port. The KDC does not fall back to the name without a port.
    PortVariantMissing {
        /// Who should hold it.
        owner: AccountRef,
    },
    /// One account holds the SPN, and it is disabled. It is the computer account itself, or another
    /// account that still keeps the name from the computer.
    HolderDisabled {
        /// Who holds it.
        holder: AccountRef,
        /// Who should hold it: the computer account, perhaps the same one.
        owner: AccountRef,
    },
    /// The computer account is the name of a failover cluster or of one of its roles. The node that
    /// answers has another key.
    ClusterName {
        /// The account that the ticket is for. `None`: no ticket.
        holder: Option<AccountRef>,
        /// The account of the name.
        owner: AccountRef,
    },
    /// The directory has no computer of this name. A ticket may still be for another account: that
    /// of a web site, a farm or a load balancer.
    TargetUnknown,
    /// The directory has several computers of this name, and nothing tells which one is meant.
    AmbiguousTarget {
        /// Which.
        computers: Vec<AccountRef>,
    },
}

impl Verdict {
    /// Stable short name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Healthy { .. } => "healthy",
            Self::Shadowed { .. } => "shadowed",
            Self::Duplicate { .. } => "duplicate",
            Self::Missing { .. } => "missing",
            Self::PortVariantMissing { .. } => "port-variant-missing",
            Self::HolderDisabled { .. } => "holder-disabled",
            Self::ClusterName { .. } => "cluster-name",
            Self::TargetUnknown => "target-unknown",
            Self::AmbiguousTarget { .. } => "ambiguous-target",
        }
    }

    /// The account that keeps the SPN from the computer account, enabled or not.
    pub fn wrong_holder(&self) -> Option<&AccountRef> {
        match self {
            Self::Shadowed { holder, .. } => Some(holder),
            Self::HolderDisabled { holder, owner } if holder.dn != owner.dn => Some(holder),
            _ => None,
        }
    }

    /// Whether nothing is wrong with the SPN.
    pub fn is_healthy(&self) -> bool {
        matches!(self, Self::Healthy { .. })
    }
}

/// What the KDC finds when nobody holds the requested SPN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasFinding {
    /// The SPN it looks for instead.
    pub spn: Spn,
    /// Who holds that.
    pub holders: Vec<AccountRef>,
}

/// What the same client would get with another name of the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherName {
    /// The name to type.
    pub host: Target,
    /// The SPN that the client then asks for.
    pub spn: Spn,
    /// The account that the ticket would be for. `None`: no ticket.
    pub ticket_for: Option<AccountRef>,
    /// Whether that is the right account.
    pub works: bool,
}

/// What clients of another domain get. Their KDC looks in its own domain first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The DNS name of their domain.
    pub domain: String,
    /// The account that their ticket is for. `None`: no ticket.
    pub ticket_for: Option<AccountRef>,
}

/// An alternative explanation, and why it is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The alternative.
    pub alternative: String,
    /// Why it is wrong.
    pub because: String,
}

/// A diagnosis with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Version of this document: 1.
    pub version: u32,
    /// The host, as typed.
    pub target: Target,
    /// The client's settings.
    pub client: ClientProfile,
    /// The SPN that this client asks for.
    pub requested: Spn,
    /// How far the search reached.
    pub searched: Scope,
    /// Who holds it literally.
    pub exact_holders: Vec<AccountRef>,
    /// What the KDC falls back to, if the service class is an alias.
    pub alias: Option<AliasFinding>,
    /// The computer account that is meant by that name: by the directory, WinRM has its key.
    /// Several, if nothing tells which.
    pub owners: Vec<AccountRef>,
    /// The account whose key encrypts the ticket. `None`: no ticket.
    pub ticket_for: Option<AccountRef>,
    /// Disabled holders of the SPN, without the computer itself. A disabled account still shadows
    /// the name, and domain controllers may still issue tickets for it.
    #[serde(default)]
    pub disabled_holders: Vec<AccountRef>,
    /// Other computer objects of that name, which are not meant.
    #[serde(default)]
    pub rivals: Vec<Rival>,
    /// The `HOST` names that the computer should hold and does not.
    #[serde(default)]
    pub misplaced_host: Vec<MisplacedHost>,
    /// What clients of other domains get, where it is something else.
    #[serde(default)]
    pub elsewhere: Vec<Elsewhere>,
    /// The other names of the target.
    pub other_names: Vec<OtherName>,
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The facts, one a line.
    pub evidence: Vec<String>,
    /// The other explanations that were ruled out.
    pub rejected: Vec<Rejected>,
    /// What to do now.
    pub next_steps: Vec<String>,
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod cases_tests;

#[cfg(test)]
mod golden_tests;

#[cfg(test)]
mod host_tests;

#[cfg(test)]
mod properties_tests;
