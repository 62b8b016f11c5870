//! A row of the table.

use std::borrow::Cow;

/// ERROR_WSMAN_SECURITY_UNMAPPED: a security status for which WinRM has no text of its own.
pub const SECURITY_UNMAPPED: u32 = 2_150_858_909;

/// The FullyQualifiedErrorId of `Enter-PSSession`, for every reason.
pub const ENTER_PSSESSION_ID: &str = "CreateRemoteRunspaceFailed";

/// How certain it is that Windows reports a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Microsoft says so, in a document or in PowerShell's source.
    Documented,
    /// Published output of real Windows shows it.
    Transcript,
    /// It follows from the other rows, or from memory. No source shows it.
    Inferred,
}

impl Certainty {
    /// One word for it, in reports and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Transcript => "transcript",
            Self::Inferred => "inferred",
        }
    }
}

/// The form of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// "The following error with errorcode … occurred while using Kerberos authentication".
    ErrorCode,
    /// "The computer … is unknown to Kerberos", without an errorcode.
    UnknownComputer,
    /// "The server certificate on the destination computer … has the following errors".
    Certificate,
    /// "The WinRM client tried to use … authentication mechanism".
    Scheme,
    /// The text alone.
    Plain,
}

/// One row of the table: what Windows would report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsStatus {
    /// The status, as Windows prints it in hexadecimal.
    pub value: u32,
    /// Its constant.
    pub name: &'static str,
    /// WinRM's text for it.
    pub text: Cow<'static, str>,
    /// The form of the message.
    pub wording: Wording,
    /// The code that the WSMan client returns.
    pub wsman_code: u32,
    /// PowerShell's name for that code. Without one, it uses the signed number.
    pub transport_name: Option<&'static str>,
    /// How certain it is that Windows reports this for the condition.
    pub certainty: Certainty,
}

impl WindowsStatus {
    /// The status as a signed number, as `$_.Exception.ErrorCode` shows it.
    pub fn signed(&self) -> i32 {
        self.value.cast_signed()
    }

    /// The status as Windows writes it: `0x80090322`.
    pub fn hex(&self) -> String {
        format!("0x{:08X}", self.value)
    }

    /// The FullyQualifiedErrorId of `New-PSSession` (PowerShell's `GetFQEIDFromTransportError`).
    pub fn new_pssession_id(&self) -> String {
        let signed = self.wsman_code.cast_signed().to_string();
        format!("{},PSSessionOpenFailed", self.transport_name.unwrap_or(&signed))
    }
}
