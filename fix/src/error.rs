//! Every error of the crate, in one type.
//!
//! Uses: apply, client, connect, diagnose, directory, hand_off, journal, names, plan, setspn.

use crate::apply::{ApplyError, RollbackError, VerifyError};
use crate::client::SettingsError;
use crate::connect::ConnectError;
use crate::diagnose::{DiagnoseError, SawError};
use crate::directory::{DirectoryError, NotCovered};
use crate::hand_off::HandOffError;
use crate::journal::JournalError;
use crate::names::{AccountNameError, PatternError, SpnError, TargetError};
use crate::plan::PlanError;
use crate::setspn::{SetspnError, UsageError};

/// Makes the enum of all errors and passes `code` and `hint` through.
macro_rules! errors {
    ($($(#[$doc:meta])* $variant:ident($inner:ty),)+) => {
        /// Any error of this crate, for callers that treat all alike: message, [`Error::code`] and
        /// [`Error::hint`].
        #[derive(Debug, thiserror::Error)]
        #[non_exhaustive]
        pub enum Error {
            $($(#[$doc])* #[error(transparent)] $variant(#[from] $inner),)+
        }

        impl Error {
            /// Stable code, such as `SPNFIX-LDAP-50`.
            pub fn code(&self) -> String {
                match self { $(Self::$variant(inner) => inner.code(),)+ }
            }

            /// The next step.
            pub fn hint(&self) -> String {
                match self { $(Self::$variant(inner) => inner.hint(),)+ }
            }
        }
    };
}

errors! {
    /// Not an SPN.
    Spn(SpnError),
    /// Not a host name.
    Target(TargetError),
    /// Not an account name.
    AccountName(AccountNameError),
    /// Not a pattern.
    Pattern(PatternError),
    /// Nothing that a client reports.
    Saw(SawError),
    /// The options lead to no directory.
    Connect(ConnectError),
    /// The directory failed.
    Directory(DirectoryError),
    /// A client setting failed.
    Settings(SettingsError),
    /// The snapshot does not cover the question.
    NotCovered(NotCovered),
    /// No plan could be made.
    Plan(PlanError),
    /// A form cannot express the plan.
    HandOff(HandOffError),
    /// The journal failed.
    Journal(JournalError),
    /// Apply failed.
    Apply(ApplyError),
    /// Rollback failed.
    Rollback(RollbackError),
    /// The verification could not read.
    Verify(VerifyError),
    /// The arguments of `setspn` make no sense.
    Usage(UsageError),
    /// A run of `setspn` failed.
    Setspn(SetspnError),
}

impl From<DiagnoseError> for Error {
    fn from(error: DiagnoseError) -> Self {
        match error {
            DiagnoseError::Directory(inner) => Self::Directory(inner),
            DiagnoseError::NotCovered(inner) => Self::NotCovered(inner),
        }
    }
}
