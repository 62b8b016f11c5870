//! What a Windows client reports, and what it stands for: `docs/client-status.md`, backwards.
//!
//! A test compares the two. The document says where each row comes from.

use Certainty::{Documented, Inferred, Transcript};
use Meaning::{Code, Known, Other};

use super::certainty::Certainty;
use super::observed::{Observed, Reporter};

/// What a status stands for.
pub(super) enum Meaning {
    /// A Kerberos code, and who reports it.
    Code(u32, Reporter),
    /// Something else that the diagnosis has a word for.
    Known(fn() -> Observed),
    /// Something that is not about names.
    Other,
}

/// A status: number and constant, the code of the WSMan client, PowerShell's name for that, what is
/// behind it, and how certain that is.
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) constant: &'static str,
    pub(super) wsman: u32,
    pub(super) id: Option<&'static str>,
    pub(super) cause: &'static str,
    pub(super) meaning: Meaning,
    pub(super) certainty: Certainty,
}

const fn row(
    (number, constant, wsman, id): (u32, &'static str, u32, Option<&'static str>),
    cause: &'static str,
    meaning: Meaning,
    certainty: Certainty,
) -> Row {
    Row { number, constant, wsman, id, cause, meaning, certainty }
}

type Status = (u32, &'static str, u32, Option<&'static str>);

/// The code of the WSMan client for every status of security that it has no code for.
const UNMAPPED: u32 = 0x8033_809d;

const WRONG: Status = (0x8009_0322, "SEC_E_WRONG_PRINCIPAL", UNMAPPED, None);
const UNKNOWN: Status = (0x8009_0303, "SEC_E_TARGET_UNKNOWN", 0x8007_0035, None);
const DENIED: Status = (0x8009_030c, "SEC_E_LOGON_DENIED", 1326, Some("LogonFailure"));
const EMPTY: Status = (0x8009_030e, "SEC_E_NO_CREDENTIALS", UNMAPPED, None);
const NO_KDC: Status =
    (0x8009_0311, "SEC_E_NO_AUTHENTICATING_AUTHORITY", 1311, Some("AuthenticationFailed"));
const SKEW: Status = (0x8009_0324, "SEC_E_TIME_SKEW", UNMAPPED, None);
const ETYPE: Status = (0x8009_0342, "SEC_E_KDC_UNKNOWN_ETYPE", UNMAPPED, None);
const ACCESS: Status = (5, "ERROR_ACCESS_DENIED", 5, Some("AccessDenied"));
const TLS: Status = (12175, "ERROR_WINHTTP_SECURE_FAILURE", 12175, None);

const fn wsman(number: u32, constant: &'static str, id: &'static str) -> Status {
    (number, constant, number, Some(id))
}

const LOGON: &str = "the KDC refuses user name or password";
const CLOCKS: &str = "the clocks differ too much";
const NO_TICKET: &str = "no credentials to use";

/// Every status, the likeliest cause first.
pub(super) const ROWS: &[Row] = &[
    row(WRONG, "the endpoint cannot decrypt the ticket", Code(41, Reporter::Endpoint), Documented),
    row(UNKNOWN, "the KDC knows no account for the SPN", Code(7, Reporter::Kdc), Transcript),
    row(DENIED, LOGON, Code(24, Reporter::Kdc), Inferred),
    row(DENIED, LOGON, Code(6, Reporter::Kdc), Inferred),
    row(DENIED, LOGON, Code(18, Reporter::Kdc), Inferred),
    row(DENIED, LOGON, Code(23, Reporter::Kdc), Inferred),
    row(DENIED, LOGON, Code(31, Reporter::Kdc), Inferred),
    row(EMPTY, NO_TICKET, Other, Transcript),
    row(EMPTY, NO_TICKET, Code(32, Reporter::Kdc), Inferred),
    row(NO_KDC, "no KDC is found or answers", Known(|| Observed::NoKdc), Transcript),
    row(SKEW, CLOCKS, Code(37, Reporter::Endpoint), Inferred),
    row(SKEW, CLOCKS, Code(37, Reporter::Kdc), Inferred),
    row(SKEW, CLOCKS, Code(33, Reporter::Endpoint), Inferred),
    row(ETYPE, "the KDC supports none of the client's etypes", Code(14, Reporter::Kdc), Inferred),
    row(
        ACCESS,
        "not authorised (WSManFault 5), or 401 without a token",
        Known(|| Observed::AccessDenied),
        Transcript,
    ),
    row(ACCESS, "401 that does not offer the scheme that was asked for", Other, Transcript),
    row(
        wsman(0x8033_81bb, "ERROR_WSMAN_DEFAULTAUTH_IPADDRESS", "CannotUseIPAddress"),
        "the target is an IP address",
        Other,
        Transcript,
    ),
    row(
        wsman(0x8033_81b9, "ERROR_WSMAN_NAME_NOT_RESOLVED", "ComputerNotFound"),
        "the name does not resolve",
        Known(|| Observed::NameNotFound),
        Transcript,
    ),
    row(
        wsman(0x8033_8012, "ERROR_WSMAN_DESTINATION_UNREACHABLE", "CannotConnect"),
        "nothing listens there, or the connection broke",
        Known(|| Observed::Unreachable),
        Transcript,
    ),
    row(
        wsman(0x8033_8126, "ERROR_WSMAN_NETWORK_TIMEDOUT", "WinRMOperationTimeout"),
        "no answer in time",
        Known(|| Observed::Unreachable),
        Transcript,
    ),
    row(
        wsman(0x8033_8113, "ERROR_WSMAN_HTTP_NOT_FOUND_STATUS", "URLNotAvailable"),
        "HTTP status 404",
        Other,
        Documented,
    ),
    row(
        wsman(
            0x8033_8112,
            "ERROR_WSMAN_HTTP_SERVICE_UNAVAILABLE_STATUS",
            "CannotConnectWinRMService",
        ),
        "HTTP status 503",
        Other,
        Inferred,
    ),
    row(TLS, "TLS: the CA is not trusted", Other, Transcript),
    row(TLS, "TLS: the certificate is for another name", Other, Transcript),
    row(TLS, "TLS: the certificate has expired", Other, Transcript),
];

/// WSManFaults of an endpoint: code, constant, and PowerShell's name.
pub(super) const FAULTS: &[(u32, &str, Option<&str>)] = &[
    (5, "ERROR_ACCESS_DENIED", Some("AccessDenied")),
    (14, "ERROR_OUTOFMEMORY", Some("ServerOutOfMemory")),
    (87, "ERROR_INVALID_PARAMETER", None),
    (170, "ERROR_BUSY", None),
    (995, "ERROR_OPERATION_ABORTED", Some("WinRMOperationAborted")),
    (1223, "ERROR_CANCELLED", None),
    (0x8007_0002, "HRESULT of ERROR_FILE_NOT_FOUND", None),
    (0x8007_0005, "E_ACCESSDENIED", None),
    (0x8007_010b, "HRESULT of ERROR_DIRECTORY", None),
    (0x8033_8000, "ERROR_WSMAN_RESOURCE_NOT_FOUND", None),
    (0x8033_8001, "ERROR_WSMAN_INVALID_ACTIONURI", None),
    (0x8033_800c, "ERROR_WSMAN_UNSUPPORTED_TIMEOUT", None),
    (0x8033_800f, "ERROR_WSMAN_INVALID_MESSAGE_INFORMATION_HEADER", None),
    (0x8033_8010, "ERROR_WSMAN_SOAP_FAULT_MUST_UNDERSTAND", None),
    (0x8033_8011, "ERROR_WSMAN_MESSAGE_INFORMATION_HEADER_REQUIRED", None),
    (0x8033_8013, "ERROR_WSMAN_ACTION_NOT_SUPPORTED", None),
    (0x8033_8026, "ERROR_WSMAN_ENVELOPE_TOO_LARGE", None),
    (0x8033_8027, "ERROR_WSMAN_INVALID_SOAP_BODY", None),
    (0x8033_8029, "ERROR_WSMAN_OPERATION_TIMEDOUT", None),
    (0x8033_802d, "ERROR_WSMAN_URI_LIMIT", Some("URIExceedsMaxAllowedSize")),
    (0x8033_803b, "ERROR_WSMAN_INVALID_RESOURCE_URI", Some("InvalidResourceUri")),
    (0x8033_803d, "ERROR_WSMAN_INVALID_SELECTORS", None),
    (0x8033_803f, "ERROR_WSMAN_QUOTA_LIMIT", None),
    (0x8033_8041, "ERROR_WSMAN_SCHEMA_VALIDATION_ERROR", None),
    (0x8033_8042, "ERROR_WSMAN_UNSUPPORTED_FEATURE", None),
    (0x8033_8043, "ERROR_WSMAN_INVALID_XML", None),
    (0x8033_8048, "ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED", None),
    (0x8033_805a, "ERROR_WSMAN_INSUFFCIENT_SELECTORS", None),
    (
        0x8033_805b,
        "ERROR_WSMAN_UNEXPECTED_SELECTORS",
        Some("CannotConnectTargetSessionDoesNotExist"),
    ),
    (0x8033_814a, "ERROR_WSMAN_SHELL_ALREADY_CLOSED", None),
    (0x8033_814c, "ERROR_WSMAN_SHELL_INVALID_SHELL_HANDLE", None),
    (0x8033_814d, "ERROR_WSMAN_SHELL_INVALID_COMMAND_HANDLE", None),
    (0x8033_814f, "ERROR_WSMAN_COMMAND_ALREADY_CLOSED", None),
    (0x8033_81a5, "ERROR_WSMAN_QUOTA_MAX_SHELLS", None),
    (0x8033_81a6, "ERROR_WSMAN_QUOTA_MAX_OPERATIONS", None),
    (0x8033_81a7, "ERROR_WSMAN_QUOTA_USER", None),
    (0x8033_81ac, "ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED", Some("RemoteSessionDisallowed")),
    (0x8033_81cc, "ERROR_WSMAN_COMMAND_TERMINATED", None),
];
