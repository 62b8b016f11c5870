//! Everything that can go wrong, in one type.

use crate::account_name::AccountNameError;
use crate::apply::{ApplyError, RollbackError, VerifyError};
use crate::directory_error::DirectoryError;
use crate::hand_off::HandOffError;
use crate::journal::JournalError;
use crate::pattern::PatternError;
use crate::plan::PlanError;
use crate::settings::SettingsError;
use crate::snapshot::NotCovered;
use crate::spn::SpnError;
use crate::target::TargetError;

/// Makes the collecting enum and passes `code` and `hint` through.
macro_rules! errors {
    ($($(#[$doc:meta])* $variant:ident($inner:ty),)+) => {
        /// Any error of this crate, for callers that treat them alike: message, [`Error::code`]
        /// and [`Error::hint`].
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
    /// Nothing to look for.
    Pattern(PatternError),
    /// The directory.
    Directory(DirectoryError),
    /// A client setting.
    Settings(SettingsError),
    /// The wrong snapshot.
    NotCovered(NotCovered),
    /// No plan.
    Plan(PlanError),
    /// A plan that a form cannot express.
    HandOff(HandOffError),
    /// No journal.
    Journal(JournalError),
    /// A plan not carried out.
    Apply(ApplyError),
    /// A plan not taken back.
    Rollback(RollbackError),
    /// Nothing read back.
    Verify(VerifyError),
}
