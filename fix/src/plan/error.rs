//! Why there is no plan.

use crate::directory::{AccountRef, NotCovered};
use crate::names::{AccountName, Spn, SpnError, Target};
use crate::text::shown;

/// Why a remedy cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The target is no computer of the directory.
    #[error("no computer account goes by the name {target}")]
    UnknownTarget {
        /// As typed.
        target: Target,
    },
    /// Several computers have the target's name.
    #[error("several computer accounts go by the name {target}: {}", listed(computers))]
    AmbiguousTarget {
        /// As typed.
        target: Target,
        /// Which.
        computers: Vec<AccountRef>,
    },
    /// The account does not exist.
    #[error("there is no account {account}")]
    UnknownAccount {
        /// As typed.
        account: AccountName,
    },
    /// Option 1 on the account that should hold the name.
    #[error(
        "{} is the computer account of {target}: its registration is not the problem",
        shown(account)
    )]
    ComputerItself {
        /// The account.
        account: Box<AccountRef>,
        /// The host.
        target: Target,
    },
    /// Another account holds a name to register.
    #[error("{spn} is already registered on {}", shown(holder))]
    HeldByOther {
        /// The name.
        spn: Spn,
        /// Who holds it.
        holder: Box<AccountRef>,
        /// Whether the holder is a computer of that very name.
        its_own: bool,
        /// The command that takes the name off the holder, or what to do instead.
        removal: Box<str>,
    },
    /// Option 2 with a port that is none.
    #[error(transparent)]
    Port(#[from] SpnError),
    /// Option 2 for a client that cannot ask for a port.
    #[error("this client takes no session options, so it cannot put the port into the SPN")]
    NoSessionOptions,
    /// This server cannot write to the account.
    #[error("{} is not in the domain {} that this server holds", shown(account), shown(served))]
    OtherDomain {
        /// The account.
        account: AccountRef,
        /// The domain of the server.
        served: String,
    },
    /// The snapshot does not cover the question.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
}

fn listed(accounts: &[AccountRef]) -> String {
    accounts.iter().map(|account| shown(account).to_string()).collect::<Vec<_>>().join(", ")
}

impl PlanError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::UnknownTarget { .. } => "SPNFIX-UNKNOWN-TARGET".to_owned(),
            Self::AmbiguousTarget { .. } => "SPNFIX-AMBIGUOUS-TARGET".to_owned(),
            Self::UnknownAccount { .. } => "SPNFIX-UNKNOWN-ACCOUNT".to_owned(),
            Self::ComputerItself { .. } => "SPNFIX-COMPUTER-ITSELF".to_owned(),
            Self::HeldByOther { .. } => "SPNFIX-HELD-BY-OTHER".to_owned(),
            Self::OtherDomain { .. } => "SPNFIX-OTHER-DOMAIN".to_owned(),
            Self::Port(inner) => inner.code(),
            Self::NoSessionOptions => "SPNFIX-NO-SESSION-OPTIONS".to_owned(),
            Self::NotCovered(inner) => inner.code(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownTarget { .. } => {
                "give the computer's own name, as in its dNSHostName or account name".to_owned()
            }
            Self::AmbiguousTarget { .. } => "give the fully qualified name".to_owned(),
            Self::UnknownAccount { .. } => "check the spelling; a computer's name may end with $, and \
                                            a shell takes the backslash of DOMAIN\\name without quotes"
                .to_owned(),
            Self::ComputerItself { .. } => {
                "name the service account that holds it, or none to take it off every wrong one"
                    .to_owned()
            }
            Self::HeldByOther { its_own: true, .. } => {
                "that computer goes by the same short name and holds it rightly: connect by full names, \
                 or rename one of the two"
                    .to_owned()
            }
            Self::HeldByOther { removal, .. } => {
                format!("take it off that account first: {removal}")
            }
            Self::Port(_) => {
                "give the port of the WinRM listener: 5985 for HTTP, 5986 for HTTPS".to_owned()
            }
            Self::NoSessionOptions => {
                "use option 1 or 3; spnlab diagnose ranks them for such a client".to_owned()
            }
            Self::OtherDomain { .. } => {
                "connect to a domain controller of that account's domain".to_owned()
            }
            Self::NotCovered(inner) => inner.hint(),
        }
    }
}
