//! The code and the exit status of each failure.

use spnfix::connect::ConnectError;

use super::Failure;
use crate::exit_status;

impl Failure {
    /// The exit status.
    pub(crate) fn exit_status(&self) -> u8 {
        match self {
            Self::Lab(error) => error.exit_status(),
            Self::Lesson { error, .. } => match **error {
                spnlab_lessons::Error::Clash { .. } => exit_status::USAGE,
                spnlab_lessons::Error::NotThere { .. } => exit_status::BUG,
                _ => exit_status::LAB,
            },
            Self::Connect(ConnectError::Needed { .. })
            | Self::UnknownName { .. }
            | Self::LostBackslash { .. }
            | Self::BadHost { .. }
            | Self::AccountOfOptionOne { .. }
            | Self::EmptyHandOff { .. }
            | Self::Unconfirmed { .. } => exit_status::USAGE,
            Self::Fix(error) if is_typed(error) => exit_status::USAGE,
            Self::Fix(error) if error.code() == "SPNFIX-JOURNAL-IO" => exit_status::FILES,
            Self::Output { .. }
            | Self::NoEvidence { .. }
            | Self::FileExists { .. }
            | Self::Port { .. } => exit_status::FILES,
            Self::NoSuite { .. } => exit_status::IMAGES,
            Self::ReaderGone => exit_status::READER_GONE,
            Self::Fix(_)
            | Self::ChangedLab { .. }
            | Self::Connect(_)
            | Self::NothingToUndo { .. }
            | Self::NobodyToAsk
            | Self::Declined
            | Self::NotVerified
            | Self::NotEverywhere
            | Self::Unfinished { .. } => exit_status::FIX,
            Self::Terminal { .. } => exit_status::BUG,
            Self::LabChanged { .. } => exit_status::LAB,
            Self::Unexpected { .. } => exit_status::UNEXPECTED,
            Self::Interrupted { signal, .. } => exit_status::SIGNAL + signal,
        }
    }

    /// The code.
    pub(crate) fn code(&self) -> String {
        let code = match self {
            Self::Lab(error) => error.code(),
            Self::Lesson { error, .. } => error.code(),
            Self::Fix(error) | Self::ChangedLab { error, .. } => return error.code(),
            Self::Connect(error) => return error.code(),
            Self::Unconfirmed { .. } => "SPNLAB-UNCONFIRMED",
            Self::UnknownName { .. } | Self::LostBackslash { .. } => "SPNLAB-UNKNOWN-NAME",
            Self::NoEvidence { .. } => "SPNLAB-NO-EVIDENCE",
            Self::NoSuite { .. } => "SPNLAB-PROGRAM-MISSING",
            Self::Port { .. } => "SPNLAB-PORT",
            Self::BadHost { .. } => "SPNLAB-HOST-NAME",
            Self::AccountOfOptionOne { .. } => "SPNLAB-ACCOUNT",
            Self::EmptyHandOff { .. } => "SPNLAB-HAND-OFF",
            Self::Unfinished { .. } => "SPNLAB-UNFINISHED",
            Self::NothingToUndo { .. } => "SPNLAB-NO-JOURNAL",
            Self::NobodyToAsk | Self::Declined => "SPNLAB-NOT-APPLIED",
            Self::NotVerified => "SPNLAB-NOT-VERIFIED",
            Self::NotEverywhere => "SPNLAB-NOT-EVERYWHERE",
            Self::Terminal { .. } => "SPNLAB-TERMINAL",
            Self::Interrupted { .. } => "SPNLAB-INTERRUPTED",
            Self::Output { .. } | Self::ReaderGone => "SPNLAB-OUTPUT",
            Self::LabChanged { .. } => "SPNLAB-LAB-CHANGED",
            Self::FileExists { .. } => "SPNLAB-FILE-EXISTS",
            Self::Unexpected { .. } => "SPNLAB-UNEXPECTED",
        };
        code.to_owned()
    }
}

/// Whether it is about a name that the user typed.
fn is_typed(error: &spnfix::Error) -> bool {
    matches!(error, spnfix::Error::AccountName(_) | spnfix::Error::Target(_))
}
