//! The table: one row for each condition.

use super::condition::Condition;
use super::row::{Certainty, SECURITY_UNMAPPED, WindowsStatus, Wording};
use std::borrow::Cow;

const UNKNOWN_SECURITY_ERROR: &str = "An unknown security error occurred.";

const fn errorcode(
    value: u32,
    name: &'static str,
    text: &'static str,
    certainty: Certainty,
) -> WindowsStatus {
    WindowsStatus {
        value,
        name,
        text: Cow::Borrowed(text),
        wording: Wording::ErrorCode,
        wsman_code: SECURITY_UNMAPPED,
        transport_name: None,
        certainty,
    }
}

const fn plain(
    value: u32,
    name: &'static str,
    transport_name: &'static str,
    text: &'static str,
    certainty: Certainty,
) -> WindowsStatus {
    WindowsStatus {
        value,
        name,
        text: Cow::Borrowed(text),
        wording: Wording::Plain,
        wsman_code: value,
        transport_name: Some(transport_name),
        certainty,
    }
}

impl Condition {
    /// The row for a condition.
    pub fn status(self) -> WindowsStatus {
        row(self)
    }
}

fn row(condition: Condition) -> WindowsStatus {
    use Certainty::{Documented, Inferred, Transcript};
    match condition {
        Condition::WrongPrincipal => {
            errorcode(0x8009_0322, "SEC_E_WRONG_PRINCIPAL", UNKNOWN_SECURITY_ERROR, Documented)
        }
        Condition::TargetUnknown => WindowsStatus {
            wording: Wording::UnknownComputer,
            wsman_code: 0x8007_0035,
            ..errorcode(
                0x8009_0303,
                "SEC_E_TARGET_UNKNOWN",
                "The network path was not found.",
                Transcript,
            )
        },
        Condition::LogonDenied => WindowsStatus {
            wsman_code: 1326,
            transport_name: Some("LogonFailure"),
            ..errorcode(
                0x8009_030c,
                "SEC_E_LOGON_DENIED",
                "The user name or password is incorrect.",
                Inferred,
            )
        },
        Condition::NoCredentials => errorcode(
            0x8009_030e,
            "SEC_E_NO_CREDENTIALS",
            "A specified logon session does not exist. It may already have been terminated.",
            Transcript,
        ),
        Condition::NoAuthority => WindowsStatus {
            wsman_code: 1311,
            transport_name: Some("AuthenticationFailed"),
            ..errorcode(
                0x8009_0311,
                "SEC_E_NO_AUTHENTICATING_AUTHORITY",
                "There are currently no logon servers available to service the logon request.",
                Transcript,
            )
        },
        Condition::TimeSkew => {
            errorcode(0x8009_0324, "SEC_E_TIME_SKEW", UNKNOWN_SECURITY_ERROR, Inferred)
        }
        Condition::EtypeUnsupported => {
            errorcode(0x8009_0342, "SEC_E_KDC_UNKNOWN_ETYPE", UNKNOWN_SECURITY_ERROR, Inferred)
        }
        Condition::SchemeNotOffered => {
            WindowsStatus { wording: Wording::Scheme, ..row(Condition::AccessDenied) }
        }
        Condition::CertificateUnknownAuthority => {
            certificate("The SSL certificate is signed by an unknown certificate authority.")
        }
        Condition::CertificateWrongName => certificate(
            "The SSL certificate contains a common name (CN) that does not match the hostname.",
        ),
        Condition::CertificateExpired => certificate("The SSL certificate is expired."),
        _ => connection(condition),
    }
}

/// WinHTTP's own error for an invalid certificate.
fn certificate(text: &'static str) -> WindowsStatus {
    WindowsStatus {
        wording: Wording::Certificate,
        transport_name: None,
        ..plain(12175, "ERROR_WINHTTP_SECURE_FAILURE", "", text, Certainty::Transcript)
    }
}

fn connection(condition: Condition) -> WindowsStatus {
    use Certainty::{Documented, Inferred, Transcript};
    match condition {
        Condition::CannotConnect => plain(
            0x8033_8012,
            "ERROR_WSMAN_DESTINATION_UNREACHABLE",
            "CannotConnect",
            "The client cannot connect to the destination specified in the request. Verify that \
             the service on the destination is running and is accepting requests. Consult the logs \
             and documentation for the WS-Management service running on the destination, most \
             commonly IIS or WinRM. If the destination is the WinRM service, run the following \
             command on the destination to analyze and configure the WinRM service: \"winrm \
             quickconfig\".",
            Transcript,
        ),
        Condition::ComputerNotFound => plain(
            0x8033_81b9,
            "ERROR_WSMAN_NAME_NOT_RESOLVED",
            "ComputerNotFound",
            "The WinRM client cannot process the request because the server name cannot be \
             resolved.",
            Transcript,
        ),
        Condition::AddressGiven => plain(
            0x8033_81bb,
            "ERROR_WSMAN_DEFAULTAUTH_IPADDRESS",
            "CannotUseIPAddress",
            "The WinRM client cannot process the request. Default authentication may be used with \
             an IP address under the following conditions: the transport is HTTPS or the \
             destination is in the TrustedHosts list, and explicit credentials are provided. Use \
             winrm.cmd to configure TrustedHosts. Note that computers in the TrustedHosts list \
             might not be authenticated. For more information on how to set TrustedHosts run the \
             following command: winrm help config.",
            Transcript,
        ),
        Condition::TimedOut => plain(
            0x8033_8126,
            "ERROR_WSMAN_NETWORK_TIMEDOUT",
            "WinRMOperationTimeout",
            "WinRM cannot complete the operation. Verify that the specified computer name is \
             valid, that the computer is accessible over the network, and that a firewall \
             exception for the WinRM service is enabled and allows access from this computer. By \
             default, the WinRM firewall exception for public profiles limits access to remote \
             computers within the same local subnet.",
            Transcript,
        ),
        Condition::UrlNotAvailable => plain(
            0x8033_8113,
            "ERROR_WSMAN_HTTP_NOT_FOUND_STATUS",
            "URLNotAvailable",
            "The WinRM client sent a request to an HTTP server and got a response saying the \
             requested HTTP URL was not available. This is usually returned by a HTTP server that \
             does not support the WS-Management protocol.",
            Documented,
        ),
        Condition::ServiceUnavailable => plain(
            0x8033_8112,
            "ERROR_WSMAN_HTTP_SERVICE_UNAVAILABLE_STATUS",
            "CannotConnectWinRMService",
            "The connection to the specified remote host was refused. Verify that the \
             WS-Management service is running on the remote host and configured to listen for \
             requests on the correct port and HTTP URL.",
            Inferred,
        ),
        _ => plain(5, "ERROR_ACCESS_DENIED", "AccessDenied", "Access is denied.", Transcript),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_signs_and_ids() {
        let wrong = Condition::WrongPrincipal.status();
        assert_eq!((wrong.value, wrong.signed()), (0x8009_0322, -2_146_893_022));
        assert_eq!(wrong.hex(), "0x80090322");
        assert_eq!(wrong.new_pssession_id(), "-2144108387,PSSessionOpenFailed");
        let rows = [
            (Condition::TargetUnknown, -2_146_893_053, "-2147024843"),
            (Condition::LogonDenied, -2_146_893_044, "LogonFailure"),
            (Condition::NoCredentials, -2_146_893_042, "-2144108387"),
            (Condition::NoAuthority, -2_146_893_039, "AuthenticationFailed"),
            (Condition::TimeSkew, -2_146_893_020, "-2144108387"),
            (Condition::EtypeUnsupported, -2_146_892_990, "-2144108387"),
            (Condition::CannotConnect, -2_144_108_526, "CannotConnect"),
            (Condition::TimedOut, -2_144_108_250, "WinRMOperationTimeout"),
            (Condition::ComputerNotFound, -2_144_108_103, "ComputerNotFound"),
            (Condition::AddressGiven, -2_144_108_101, "CannotUseIPAddress"),
            (Condition::UrlNotAvailable, -2_144_108_269, "URLNotAvailable"),
            (Condition::CertificateExpired, 12175, "12175"),
            (Condition::SchemeNotOffered, 5, "AccessDenied"),
            (Condition::AccessDenied, 5, "AccessDenied"),
        ];
        for (condition, signed, id) in rows {
            assert_eq!(condition.status().signed(), signed, "{condition:?}");
            let id = format!("{id},PSSessionOpenFailed");
            assert_eq!(condition.status().new_pssession_id(), id, "{condition:?}");
        }
    }
}
