//! What a Windows client reports for each way to fail.
//!
//! This program sees Kerberos codes; it never sees a Windows status. The table says what Windows
//! would show, so that an administrator recognises the case. Values and system texts are from
//! Microsoft's error code lists (win32 "COM Error Codes (Security and Setup)", "System Error
//! Codes", wsman.h). How certain the pairing of a Kerberos condition with a status is:
//!
//! | Condition | Certainty |
//! |---|---|
//! | AP 41 → 0x80090322, full message | Microsoft article 4549715, event 4, published transcripts |
//! | TGS 7 → 0x80090303, shown as 0x80070035 | published transcripts |
//! | no KDC → 0x80090311 | published transcripts |
//! | no credentials → 0x8009030E | published transcripts |
//! | access denied → 5, cannot connect → 0x80338012, time-out → 0x80338126 | transcripts, PowerShell source |
//! | name does not resolve → 0x803381B9 | PowerShell source; text from transcripts |
//! | KDC 14 → 0x80090342 | the SSPI status from `klist get`; WinRM's form is inferred |
//! | AS 6, 18, 23, 24 → 0x8009030C; 37 → 0x80090324 | inferred |
//! | 401 without a token → 5 | inferred |
//!
//! For every other code no status is given: it is not known what Windows would show.

/// ERROR_WSMAN_SECURITY_UNMAPPED: a security status that WinRM has no own text for.
pub const SECURITY_UNMAPPED: u32 = 2_150_858_909;

/// A way to fail, as Windows tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The endpoint could not decrypt the ticket.
    WrongPrincipal,
    /// The KDC knows no account for the SPN.
    TargetUnknown,
    /// The KDC refuses user name or password.
    LogonDenied,
    /// There are no credentials to use.
    NoCredentials,
    /// No KDC answers.
    NoAuthority,
    /// The clocks differ too much.
    TimeSkew,
    /// The KDC supports none of the client's etypes.
    EtypeUnsupported,
    /// Authenticated, but not authorised; or rejected without a reason.
    AccessDenied,
    /// Nothing listens there.
    CannotConnect,
    /// The name does not resolve.
    ComputerNotFound,
    /// No answer in time.
    TimedOut,
}

/// How the message is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// "The following error with errorcode … occurred while using Kerberos authentication".
    ErrorCode,
    /// "The computer … is unknown to Kerberos", without an errorcode.
    UnknownComputer,
    /// The text alone.
    Plain,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowsStatus {
    /// The status, as Windows prints it in hexadecimal.
    pub value: u32,
    /// Its constant.
    pub name: &'static str,
    /// What WinRM prints for it.
    pub text: &'static str,
    /// How the message is put together.
    pub wording: Wording,
    /// The code that the WSMan client returns.
    pub wsman_code: u32,
    /// The name PowerShell has for that code; otherwise it uses the signed number.
    pub transport_name: Option<&'static str>,
}

/// The FullyQualifiedErrorId of `Enter-PSSession`, whatever the reason.
pub const ENTER_PSSESSION_ID: &str = "CreateRemoteRunspaceFailed";

impl WindowsStatus {
    /// The status as a signed number, as `$_.Exception.ErrorCode` shows it.
    pub fn signed(&self) -> i32 {
        self.value.cast_signed()
    }

    /// The FullyQualifiedErrorId of `New-PSSession`.
    pub fn new_pssession_id(&self) -> String {
        let signed = self.wsman_code.cast_signed().to_string();
        format!("{},PSSessionOpenFailed", self.transport_name.unwrap_or(&signed))
    }
}

const fn errorcode(value: u32, name: &'static str, text: &'static str) -> WindowsStatus {
    let wsman_code = SECURITY_UNMAPPED;
    WindowsStatus {
        value,
        name,
        text,
        wording: Wording::ErrorCode,
        wsman_code,
        transport_name: None,
    }
}

const fn plain(
    value: u32,
    name: &'static str,
    transport_name: &'static str,
    text: &'static str,
) -> WindowsStatus {
    let transport_name = Some(transport_name);
    WindowsStatus { value, name, text, wording: Wording::Plain, wsman_code: value, transport_name }
}

const UNKNOWN_SECURITY_ERROR: &str = "An unknown security error occurred.";

impl Condition {
    /// The row for a condition.
    pub fn status(self) -> WindowsStatus {
        match self {
            Self::WrongPrincipal => {
                errorcode(0x8009_0322, "SEC_E_WRONG_PRINCIPAL", UNKNOWN_SECURITY_ERROR)
            }
            Self::TargetUnknown => WindowsStatus {
                wording: Wording::UnknownComputer,
                wsman_code: 0x8007_0035,
                ..errorcode(0x8009_0303, "SEC_E_TARGET_UNKNOWN", "The network path was not found.")
            },
            Self::LogonDenied => WindowsStatus {
                wsman_code: 1326,
                transport_name: Some("LogonFailure"),
                ..errorcode(
                    0x8009_030c,
                    "SEC_E_LOGON_DENIED",
                    "The user name or password is incorrect.",
                )
            },
            Self::NoCredentials => errorcode(
                0x8009_030e,
                "SEC_E_NO_CREDENTIALS",
                "A specified logon session does not exist. It may already have been terminated.",
            ),
            Self::NoAuthority => WindowsStatus {
                wsman_code: 1311,
                transport_name: Some("AuthenticationFailed"),
                ..errorcode(
                    0x8009_0311,
                    "SEC_E_NO_AUTHENTICATING_AUTHORITY",
                    "There are currently no logon servers available to service the logon request.",
                )
            },
            Self::TimeSkew => errorcode(0x8009_0324, "SEC_E_TIME_SKEW", UNKNOWN_SECURITY_ERROR),
            Self::EtypeUnsupported => {
                errorcode(0x8009_0342, "SEC_E_KDC_UNKNOWN_ETYPE", UNKNOWN_SECURITY_ERROR)
            }
            _ => self.connection_status(),
        }
    }

    fn connection_status(self) -> WindowsStatus {
        match self {
            Self::CannotConnect => plain(
                0x8033_8012,
                "ERROR_WSMAN_CANNOT_CONNECT_INVALID",
                "CannotConnect",
                "The client cannot connect to the destination specified in the request. Verify \
                 that the service on the destination is running and is accepting requests. Consult \
                 the logs and documentation for the WS-Management service running on the \
                 destination, most commonly IIS or WinRM. If the destination is the WinRM service, \
                 run the following command on the destination to analyze and configure the WinRM \
                 service: \"winrm quickconfig\".",
            ),
            Self::ComputerNotFound => plain(
                0x8033_81b9,
                "ERROR_WSMAN_NAME_NOT_RESOLVED",
                "ComputerNotFound",
                "The WinRM client cannot process the request because the server name cannot be \
                 resolved.",
            ),
            Self::TimedOut => plain(
                0x8033_8126,
                "ERROR_WINRM_NETWORK_TIMEOUT",
                "WinRMOperationTimeout",
                "WinRM cannot complete the operation. Verify that the specified computer name is \
                 valid, that the computer is accessible over the network, and that a firewall \
                 exception for the WinRM service is enabled and allows access from this computer. \
                 By default, the WinRM firewall exception for public profiles limits access to \
                 remote computers within the same local subnet.",
            ),
            _ => plain(5, "ERROR_ACCESS_DENIED", "AccessDenied", "Access is denied."),
        }
    }

    /// The condition behind a Kerberos code of the KDC (AS or TGS).
    pub fn of_kdc(code: i32) -> Option<Self> {
        match code {
            // 31: without pre-authentication it is the client that finds the password wrong.
            6 | 18 | 23 | 24 | 31 => Some(Self::LogonDenied),
            7 => Some(Self::TargetUnknown),
            14 => Some(Self::EtypeUnsupported),
            32 => Some(Self::NoCredentials),
            37 => Some(Self::TimeSkew),
            _ => None,
        }
    }

    /// The condition behind the code of a KRB-ERROR from the endpoint.
    pub fn of_endpoint(code: i32) -> Option<Self> {
        match code {
            41 => Some(Self::WrongPrincipal),
            37 => Some(Self::TimeSkew),
            _ => None,
        }
    }

    /// The condition behind a WSManFault.
    pub fn of_fault(code: u32) -> Option<Self> {
        (code == 5).then_some(Self::AccessDenied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_signs_and_ids() {
        let wrong = Condition::WrongPrincipal.status();
        assert_eq!((wrong.value, wrong.signed()), (0x8009_0322, -2_146_893_022));
        assert_eq!(wrong.new_pssession_id(), "-2144108387,PSSessionOpenFailed");
        let rows = [
            (Condition::TargetUnknown, -2_146_893_053),
            (Condition::LogonDenied, -2_146_893_044),
            (Condition::NoCredentials, -2_146_893_042),
            (Condition::NoAuthority, -2_146_893_039),
            (Condition::TimeSkew, -2_146_893_020),
            (Condition::EtypeUnsupported, -2_146_892_990),
            (Condition::CannotConnect, -2_144_108_526),
            (Condition::TimedOut, -2_144_108_250),
            (Condition::ComputerNotFound, -2_144_108_103),
            (Condition::AccessDenied, 5),
        ];
        for (condition, signed) in rows {
            assert_eq!(condition.status().signed(), signed, "{condition:?}");
        }
        let denied = Condition::AccessDenied.status();
        assert_eq!(denied.new_pssession_id(), "AccessDenied,PSSessionOpenFailed");
    }

    #[test]
    fn unknown_codes_have_no_status() {
        assert_eq!(Condition::of_endpoint(35), None);
        assert_eq!(Condition::of_kdc(60), None);
        assert_eq!(Condition::of_fault(2_150_858_843), None);
    }
}
