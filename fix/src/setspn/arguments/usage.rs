//! Errors in the arguments.

use crate::names::{PatternError, SpnError};
use crate::text::PastedError;

/// Why the arguments are no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// A switch that does not exist.
    #[error("there is no switch {switch}")]
    UnknownSwitch {
        /// As typed.
        switch: String,
    },
    /// Two commands at once.
    #[error("-{first} and -{second} cannot be combined")]
    Together {
        /// One switch.
        first: char,
        /// The other.
        second: char,
    },
    /// A modifier that this command does not have.
    #[error("-{switch} does not take {modifier}")]
    Modifier {
        /// The switch.
        switch: char,
        /// The modifier, in full.
        modifier: String,
    },
    /// A switch or option without its value.
    #[error("{switch} needs {needs}")]
    Missing {
        /// The switch or option, in full.
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
    /// More words than the command takes, behind the value of `-T`.
    #[error("{first:?} behind -T is too many: it may come from the shell's star")]
    Star {
        /// The first of them.
        first: String,
    },
    /// An argument in another encoding than UTF-8.
    #[error("{argument:?} is not UTF-8")]
    NotUtf8 {
        /// As typed, as far as it can be read.
        argument: String,
    },
    /// Modifiers without a command.
    #[error("{modifier} says how, but no switch says what to do")]
    NothingToDo {
        /// The modifier, in full.
        modifier: String,
    },
    /// An option given twice.
    #[error("{option} is given twice")]
    Twice {
        /// The option, in full.
        option: String,
    },
    /// A value that the option does not accept.
    #[error("{option} cannot be {value:?}: {expected}")]
    Value {
        /// The option.
        option: &'static str,
        /// As typed.
        value: String,
        /// What the option accepts.
        expected: &'static str,
    },
    /// A password in an argument, where every user of the machine can read it.
    #[error("a password is never an argument")]
    Password,
    /// A password without a user, or from two places.
    #[error("{reason}")]
    PasswordOptions {
        /// The conflict.
        reason: &'static str,
    },
    /// A character stands in the place of another one.
    #[error(transparent)]
    Pasted(#[from] PastedError),
    /// Not an SPN.
    #[error(transparent)]
    Spn(#[from] SpnError),
    /// Not a pattern.
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
            Self::Star { .. } => {
                "quote the star: -T '*'; without quotes the shell puts the names of \
                                  the folder's files in its place"
                    .to_owned()
            }
            Self::Extra { .. } => "setspn -? lists switches and options; a * and a blank need \
                                   quotes"
                .to_owned(),
            Self::NotUtf8 { .. } => {
                "type it anew: a dash or a quote from another program, or a terminal of another \
                 encoding"
                    .to_owned()
            }
            Self::Pasted(error) => {
                format!("{}; behind -- every character is taken as it is", error.hint())
            }
            Self::Password => "use --password-file, --password-stdin or the question on the \
                               terminal"
                .to_owned(),
            _ => "setspn -? lists switches and options".to_owned(),
        }
    }
}
