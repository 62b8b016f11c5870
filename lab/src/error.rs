//! How a run of the program fails: a message, a code, a next step and an exit status.

use spnfix::session::SessionError;
use spnlab_harness as harness;

use crate::talk::{Talk, fit};

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] harness::Error),
    /// The core fix library.
    #[error(transparent)]
    Fix(Box<spnfix::Error>),
    /// A name that the lab does not have.
    #[error("the lab has no {kind} named {name}")]
    UnknownName {
        /// What kind of name.
        kind: &'static str,
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Not a host name.
    #[error("\"{host}\" is not a host name")]
    BadHost {
        /// What was typed.
        host: String,
    },
    /// An account was named for an option that is not about one.
    #[error("option {option} is not about one account")]
    AccountOfOptionOne {
        /// Which.
        option: spnlab::ArticleOption,
    },
    /// A fix stopped half-way and was neither finished nor undone.
    #[error("an earlier fix is unfinished: {}", journal.display())]
    Unfinished {
        /// Its journal.
        journal: std::path::PathBuf,
    },
    /// There is nothing to undo.
    #[error("there is no journal of a fix in {whose}")]
    NothingToUndo {
        /// Which lab or domain.
        whose: String,
    },
    /// The connection to a directory that is not a lab's.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The domain was not named.
    #[error("nothing was written: the domain {domain} was not confirmed by its name")]
    Unconfirmed {
        /// The domain.
        domain: String,
    },
    /// A question cannot be asked.
    #[error("the plan was not applied: there is no terminal to ask on")]
    NobodyToAsk,
    /// The user said no.
    #[error("the plan was not applied")]
    Declined,
    /// What was read back after a fix is not what the plan meant.
    #[error("the fix was applied, but what was read back is not what the plan meant")]
    NotVerified,
    /// Another domain controller does not show what the plan meant, or not yet.
    #[error("the directory is as planned, but not every other domain controller says so")]
    NotEverywhere,
    /// The terminal cannot be used.
    #[error("the terminal cannot be used: {reason}")]
    Terminal {
        /// Why.
        reason: String,
    },
    /// SIGINT or SIGTERM.
    #[error("interrupted; what this run had started in Docker has been removed")]
    Interrupted {
        /// Number of the signal.
        signal: u8,
    },
    /// An outcome that was not the expected one.
    #[error("{count} of the demo's outcomes were not the expected ones")]
    Unexpected {
        /// How many.
        count: usize,
    },
}

impl From<spnfix::Error> for Failure {
    fn from(error: spnfix::Error) -> Self {
        Self::Fix(Box::new(error))
    }
}

impl Failure {
    /// Exit status (documented in `docs/exit-codes.md`).
    pub(crate) fn exit_status(&self) -> u8 {
        match self {
            Self::Lab(error) => error.exit_status(),
            Self::Session(SessionError::Needed { .. })
            | Self::UnknownName { .. }
            | Self::BadHost { .. }
            | Self::AccountOfOptionOne { .. }
            | Self::Unconfirmed { .. }
            | Self::NobodyToAsk => 2,
            Self::Fix(_)
            | Self::Session(_)
            | Self::NothingToUndo { .. }
            | Self::Declined
            | Self::NotVerified
            | Self::NotEverywhere
            | Self::Unfinished { .. } => 7,
            Self::Terminal { .. } => 1,
            Self::Unexpected { .. } => 8,
            Self::Interrupted { signal } => 128 + signal,
        }
    }

    fn code(&self) -> String {
        let code = match self {
            Self::Lab(error) => error.code(),
            Self::Fix(error) => return error.code(),
            Self::Session(error) => return error.code(),
            Self::Unconfirmed { .. } => "SPNLAB-UNCONFIRMED",
            Self::UnknownName { .. } => "SPNLAB-UNKNOWN-NAME",
            Self::BadHost { .. } => "SPNLAB-HOST-NAME",
            Self::AccountOfOptionOne { .. } => "SPNLAB-ACCOUNT",
            Self::Unfinished { .. } => "SPNLAB-UNFINISHED",
            Self::NothingToUndo { .. } => "SPNLAB-NO-JOURNAL",
            Self::NobodyToAsk | Self::Declined => "SPNLAB-NOT-APPLIED",
            Self::NotVerified => "SPNLAB-NOT-VERIFIED",
            Self::NotEverywhere => "SPNLAB-NOT-EVERYWHERE",
            Self::Terminal { .. } => "SPNLAB-TERMINAL",
            Self::Interrupted { .. } => "SPNLAB-INTERRUPTED",
            Self::Unexpected { .. } => "SPNLAB-UNEXPECTED",
        };
        code.to_owned()
    }

    fn hint(&self) -> String {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Fix(error) => error.hint(),
            Self::Session(error) => error.hint(),
            Self::Unconfirmed { domain } => {
                format!("type {domain} when asked, or give --confirm {domain}; --plan-only shows the plan")
            }
            Self::UnknownName { known, .. } => format!("known: {known}"),
            Self::AccountOfOptionOne { .. } => {
                "leave --account out; it belongs to --option 1, which takes a registration off".into()
            }
            Self::BadHost { .. } => {
                "give a name such as mem1 or mem1.contoso.com, without a port".into()
            }
            Self::Unfinished { .. } => "spnlab rollback undoes what it did".into(),
            Self::NothingToUndo { .. } => "spnlab fix --option 1 applies a fix".into(),
            Self::NobodyToAsk => "use --yes to apply it, or --plan-only to see it only".into(),
            Self::Declined => "nothing was changed".into(),
            Self::Terminal { .. } => "use -c to run one command".into(),
            Self::NotVerified => {
                "the lines above that are not ok say what differs; spnlab rollback undoes the fix"
                    .into()
            }
            Self::NotEverywhere => {
                "wait for replication or start it (repadmin /syncall, samba-tool drs replicate), and \
                 type the same line again: it reads back; until then a client that meets such a \
                 domain controller fails as before"
                    .into()
            }
            Self::Interrupted { .. } => {
                "a lab that was already up is still there (spnlab list); a fix that was under way is undone by spnlab rollback".into()
            }
            Self::Unexpected { .. } => "read the evidence folder named above".into(),
        }
    }

    /// Says it on standard error, causes included, with code and next step.
    pub(crate) fn report(&self, talk: &Talk) {
        let mut text = format!("error [{}]: {self}", self.code());
        let mut cause = match self {
            Self::Lab(error) => std::error::Error::source(error),
            Self::Fix(error) => std::error::Error::source(error),
            Self::Session(error) => std::error::Error::source(error),
            _ => None,
        };
        while let Some(next) = cause {
            let words = next.to_string();
            if !text.contains(&words) {
                text.push_str("\n  because: ");
                text.push_str(&words);
            }
            cause = next.source();
        }
        talk.warn(&fit(&text));
        talk.warn(&fit(&format!("hint: {}", self.hint())));
        talk.error_document(&self.code(), &self.to_string(), &self.hint());
    }
}
