//! How a run of the program fails: a message, a code, a next step and an exit status.
//!
//! Uses: cli, console, doing, exit_status.

mod class;
mod hint;

use spnfix::connect::ConnectError;
use spnlab_harness as harness;

use crate::cli::name_option;
use crate::console::{Console, escaped};
use crate::doing::Doing;

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] harness::Error),
    /// A lesson.
    #[error("{error}")]
    Lesson {
        /// Why it did not take place.
        error: Box<spnlab_lessons::Error>,
        /// The option that names the lab, for the next step.
        option: String,
    },
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
    /// Nothing recorded there.
    #[error("{} has no record of {what}", folder.display())]
    NoEvidence {
        /// Where.
        folder: std::path::PathBuf,
        /// What could be there.
        what: String,
    },
    /// The program of `spnlab test` is not installed.
    #[error("spnlab test needs the program {}, and it is not there", program.display())]
    NoSuite {
        /// Where it would be.
        program: std::path::PathBuf,
    },
    /// The port of the console cannot be taken.
    #[error("port {port} of 127.0.0.1 cannot be taken: {reason}")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        reason: String,
    },
    /// A shell has taken the backslash of an account.
    #[error("the lab has no account named {name}")]
    LostBackslash {
        /// What arrived.
        name: String,
        /// What was meant.
        meant: String,
    },
    /// Not a host name.
    #[error("{}", why.as_ref().map_or_else(|| format!("\"{host}\" is not a host name"), ToString::to_string))]
    BadHost {
        /// What was typed.
        host: String,
        /// What is wrong with it, if it is known.
        why: Option<Box<spnfix::TargetError>>,
    },
    /// The option takes no account.
    #[error("option {option} takes no account")]
    AccountOfOptionOne {
        /// Which.
        option: spnlab_engineer::ArticleOption,
    },
    /// The form is for the other half of the systems.
    #[error("this plan changes nothing that {form} can express")]
    EmptyHandOff {
        /// Which.
        form: spnfix::HandOff,
    },
    /// A fix stopped half-way. Nobody finished or undid it.
    #[error("an earlier fix is unfinished: {}", journal.display())]
    Unfinished {
        /// Its journal.
        journal: std::path::PathBuf,
    },
    /// There is nothing to undo.
    #[error("{}", nothing_to_undo(whose, *undone))]
    NothingToUndo {
        /// Which lab or domain.
        whose: String,
        /// How many fixes were rolled back before.
        undone: usize,
    },
    /// A fix or a rollback in a lab met a change by somebody else. A lab can be put back.
    #[error("{error}")]
    ChangedLab {
        /// The change.
        error: Box<spnfix::Error>,
        /// The option that names the lab, for the next step.
        option: String,
    },
    /// The connection to an external directory.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The user did not name the external domain.
    #[error("nothing was written: the domain {domain} was not confirmed by its name")]
    Unconfirmed {
        /// The domain.
        domain: String,
    },
    /// There is no terminal to ask on.
    #[error("the plan was not applied: there is no terminal to ask on")]
    NobodyToAsk,
    /// The user said no.
    #[error("the plan was not applied")]
    Declined,
    /// The directory or the registry is not as planned after a fix.
    #[error("the fix was applied, but the directory or the registry is not as planned")]
    NotVerified,
    /// Another domain controller is not as planned, or not yet.
    #[error("the directory is as planned, but not in every other domain controller")]
    NotEverywhere,
    /// The terminal cannot be used.
    #[error("the terminal cannot be used: {reason}")]
    Terminal {
        /// Why.
        reason: String,
    },
    /// A signal asked the program to end.
    #[error("{}", doing.interrupted())]
    Interrupted {
        /// Number of the signal.
        signal: u8,
        /// What it stopped.
        doing: Doing,
    },
    /// Standard output takes no more.
    #[error("standard output cannot be written: {reason}")]
    Output {
        /// Why.
        reason: String,
    },
    /// Whoever read standard output has ended, as `head` does. Nobody needs to be told.
    #[error("the reader of standard output has ended")]
    ReaderGone,
    /// A file that nobody asked to replace.
    #[error("{} is there already", path.display())]
    FileExists {
        /// The file.
        path: std::path::PathBuf,
        /// What it must be, so that `--force` replaces it.
        kind: &'static str,
    },
    /// Somebody has work in the lab that the demo should use.
    #[error("the lab {name} is not at its baseline: {what}")]
    LabChanged {
        /// The lab.
        name: String,
        /// What is there.
        what: String,
    },
    /// Outcomes of the demo were not the expected ones.
    #[error("{count} of the demo's outcomes were not the expected ones")]
    Unexpected {
        /// How many.
        count: usize,
    },
}

fn nothing_to_undo(whose: &str, undone: usize) -> String {
    match undone {
        0 => format!("no fix was applied in {whose}"),
        1 => format!("the fix in {whose} was rolled back before"),
        _ => format!("all {undone} fixes in {whose} were rolled back before"),
    }
}

impl From<&std::io::Error> for Failure {
    fn from(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Output { reason: error.to_string() },
        }
    }
}

impl From<spnfix::Error> for Failure {
    fn from(error: spnfix::Error) -> Self {
        Self::Fix(Box::new(error))
    }
}

impl Failure {
    /// An error of the fix library in a lab, with the way out that a lab has.
    pub(crate) fn in_lab(error: spnfix::Error, option: &str) -> Self {
        match error.code().as_str() {
            "SPNFIX-CHANGED" | "SPNFIX-TAKEN" => {
                Self::ChangedLab { error: Box::new(error), option: option.to_owned() }
            }
            _ => error.into(),
        }
    }

    /// An error of a lesson in this lab.
    pub(crate) fn of_lesson(name: &str) -> impl Fn(spnlab_lessons::Error) -> Self {
        let option = name_option(name);
        move |error| match error {
            spnlab_lessons::Error::Lab(error) => Self::Lab(error),
            error => Self::Lesson { error: Box::new(error), option: option.clone() },
        }
    }

    /// Prints the error with its causes, code and next step.
    pub(crate) fn report(&self, console: &Console) {
        if matches!(self, Self::ReaderGone) {
            return;
        }
        let mut text = format!("error [{}]: {self}", self.code());
        let mut cause = match self {
            Self::Lab(error) => std::error::Error::source(error),
            Self::Fix(error) | Self::ChangedLab { error, .. } => std::error::Error::source(error),
            Self::Connect(error) => std::error::Error::source(error),
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
        console.warn(&escaped(&text));
        console.warn(&escaped(&format!("hint: {}", self.hint())));
        console.error_document(&self.code(), &self.to_string(), &self.hint());
    }
}

#[cfg(test)]
mod tests;
