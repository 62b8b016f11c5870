//! What can be wrong with the arguments.

use crate::pattern::PatternError;
use crate::spn::SpnError;

/// Arguments that ask for nothing that can be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// A switch that does not exist.
    #[error("there is no switch {switch}")]
    UnknownSwitch {
        /// As typed.
        switch: String,
    },
    /// Two things to do at once.
    #[error("-{first} and -{second} cannot be combined")]
    Together {
        /// One switch.
        first: char,
        /// The other.
        second: char,
    },
    /// A modifier that changes nothing here.
    #[error("-{switch} does not take {modifier}")]
    Modifier {
        /// The switch.
        switch: char,
        /// The modifier, as typed in full.
        modifier: String,
    },
    /// A switch without what it needs.
    #[error("{switch} needs {needs}")]
    Missing {
        /// As typed in full.
        switch: String,
        /// What is missing.
        needs: &'static str,
    },
    /// An argument too many.
    #[error("{argument:?} is one argument too many")]
    Extra {
        /// As typed.
        argument: String,
    },
    /// Modifiers, and nothing to do.
    #[error("{modifier} says how, but no switch says what to do")]
    NothingToDo {
        /// As typed in full.
        modifier: String,
    },
    /// An option given twice.
    #[error("{option} is given twice")]
    Twice {
        /// As typed in full.
        option: String,
    },
    /// A value that an option cannot take.
    #[error("{option} cannot be {value:?}: {expected}")]
    Value {
        /// The option.
        option: &'static str,
        /// As typed.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// A password where everybody can read it.
    #[error("a password is never an argument")]
    Password,
    /// A password for nobody, or from two places.
    #[error("{reason}")]
    PasswordOptions {
        /// What does not fit.
        reason: &'static str,
    },
    /// Not an SPN.
    #[error(transparent)]
    Spn(#[from] SpnError),
    /// Nothing to look for.
    #[error(transparent)]
    Pattern(#[from] PatternError),
}

impl UsageError {
    /// Stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Spn(error) => error.code(),
            Self::Pattern(error) => error.code(),
            _ => "SPNFIX-USAGE".to_owned(),
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Spn(error) => error.hint(),
            Self::Pattern(error) => error.hint(),
            Self::Password => "use --password-file, --password-stdin or the question on the \
                               terminal"
                .to_owned(),
            _ => "setspn -? lists switches and options".to_owned(),
        }
    }
}
