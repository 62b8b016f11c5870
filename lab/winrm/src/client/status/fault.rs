//! WSManFaults of the endpoint: Windows reports the code and the endpoint's own text.

use super::condition::Condition;
use super::row::{Certainty, WindowsStatus, Wording};
use std::borrow::Cow;

/// A fault code, its constant (wsman.h, winerror.h), and the name PowerShell has for it.
pub(super) type FaultName = (u32, &'static str, Option<&'static str>);

/// The fault codes of a shell's requests.
pub(super) const FAULTS: &[FaultName] = &[
    (5, "ERROR_ACCESS_DENIED", Some("AccessDenied")),
    (14, "ERROR_OUTOFMEMORY", Some("ServerOutOfMemory")),
    (87, "ERROR_INVALID_PARAMETER", None),
    (170, "ERROR_BUSY", None),
    (995, "ERROR_OPERATION_ABORTED", Some("WinRMOperationAborted")),
    (1223, "ERROR_CANCELLED", None),
    (0x8007_0002, "HRESULT of ERROR_FILE_NOT_FOUND", None),
    (0x8007_0005, "E_ACCESSDENIED", None),
    (0x8007_010b, "HRESULT of ERROR_DIRECTORY", None),
    (2_150_858_752, "ERROR_WSMAN_RESOURCE_NOT_FOUND", None),
    (2_150_858_753, "ERROR_WSMAN_INVALID_ACTIONURI", None),
    (2_150_858_764, "ERROR_WSMAN_UNSUPPORTED_TIMEOUT", None),
    (2_150_858_767, "ERROR_WSMAN_INVALID_MESSAGE_INFORMATION_HEADER", None),
    (2_150_858_768, "ERROR_WSMAN_SOAP_FAULT_MUST_UNDERSTAND", None),
    (2_150_858_769, "ERROR_WSMAN_MESSAGE_INFORMATION_HEADER_REQUIRED", None),
    (2_150_858_771, "ERROR_WSMAN_ACTION_NOT_SUPPORTED", None),
    (2_150_858_790, "ERROR_WSMAN_ENVELOPE_TOO_LARGE", None),
    (2_150_858_791, "ERROR_WSMAN_INVALID_SOAP_BODY", None),
    (2_150_858_793, "ERROR_WSMAN_OPERATION_TIMEDOUT", None),
    (2_150_858_797, "ERROR_WSMAN_URI_LIMIT", Some("URIExceedsMaxAllowedSize")),
    (2_150_858_811, "ERROR_WSMAN_INVALID_RESOURCE_URI", Some("InvalidResourceUri")),
    (2_150_858_813, "ERROR_WSMAN_INVALID_SELECTORS", None),
    (2_150_858_815, "ERROR_WSMAN_QUOTA_LIMIT", None),
    (2_150_858_817, "ERROR_WSMAN_SCHEMA_VALIDATION_ERROR", None),
    (2_150_858_818, "ERROR_WSMAN_UNSUPPORTED_FEATURE", None),
    (2_150_858_819, "ERROR_WSMAN_INVALID_XML", None),
    (2_150_858_824, "ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED", None),
    (2_150_858_842, "ERROR_WSMAN_INSUFFCIENT_SELECTORS", None),
    (
        2_150_858_843,
        "ERROR_WSMAN_UNEXPECTED_SELECTORS",
        Some("CannotConnectTargetSessionDoesNotExist"),
    ),
    (2_150_859_082, "ERROR_WSMAN_SHELL_ALREADY_CLOSED", None),
    (2_150_859_084, "ERROR_WSMAN_SHELL_INVALID_SHELL_HANDLE", None),
    (2_150_859_085, "ERROR_WSMAN_SHELL_INVALID_COMMAND_HANDLE", None),
    (2_150_859_087, "ERROR_WSMAN_COMMAND_ALREADY_CLOSED", None),
    (2_150_859_173, "ERROR_WSMAN_QUOTA_MAX_SHELLS", None),
    (2_150_859_174, "ERROR_WSMAN_QUOTA_MAX_OPERATIONS", None),
    (2_150_859_175, "ERROR_WSMAN_QUOTA_USER", None),
    (2_150_859_180, "ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED", Some("RemoteSessionDisallowed")),
    (2_150_859_212, "ERROR_WSMAN_COMMAND_TERMINATED", None),
];

/// The constant of a fault code, if it is known.
pub fn name_of_fault(code: u32) -> Option<&'static str> {
    FAULTS.iter().find(|(number, ..)| *number == code).map(|(_, name, _)| *name)
}

/// What Windows would report for a fault with this code and text. `None` without a code.
pub fn fault_status(code: u32, text: &str) -> Option<WindowsStatus> {
    if code == 0 {
        return None;
    }
    if code == 5 {
        return Some(Condition::AccessDenied.status());
    }
    let known = FAULTS.iter().find(|(number, ..)| *number == code);
    Some(WindowsStatus {
        value: code,
        name: known.map_or("WSManFault", |(_, name, _)| *name),
        text: Cow::Owned(text.to_owned()),
        wording: Wording::Plain,
        wsman_code: code,
        transport_name: known.and_then(|(_, _, id)| *id),
        certainty: Certainty::Inferred,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_keeps_its_code_and_text() {
        let status = fault_status(2_150_858_843, "no such shell").unwrap();
        assert_eq!(status.hex(), "0x8033805B");
        assert_eq!(status.name, "ERROR_WSMAN_UNEXPECTED_SELECTORS");
        assert_eq!(status.text, "no such shell");
        let id = "CannotConnectTargetSessionDoesNotExist,PSSessionOpenFailed";
        assert_eq!(status.new_pssession_id(), id);
        let quota = fault_status(2_150_859_173, "x").unwrap();
        assert_eq!(quota.new_pssession_id(), "-2144108123,PSSessionOpenFailed");
        assert_eq!(fault_status(77, "x").unwrap().name, "WSManFault");
        assert_eq!(fault_status(5, "x").unwrap().text, "Access is denied.");
        assert_eq!(fault_status(0, "x"), None);
    }

    #[test]
    fn codes_are_unique_and_ordered() {
        assert!(FAULTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
