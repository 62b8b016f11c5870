//! WS-Management faults (DSP0226 section 14, MS-WSMV 2.2.4.43).

use super::{escape, ns};

/// A fault, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `s:Sender` or `s:Receiver`.
    pub side: &'static str,
    /// The subcode with its prefix (`w:` or `a:`).
    pub subcode: &'static str,
    /// The last part of the FaultDetail URI.
    pub detail: Option<&'static str>,
    /// WSManFault's Code.
    pub code: u32,
    /// The reason, in Windows' words where they are known.
    pub text: String,
    /// The provider that WSManFault names, if it does.
    pub provider: Option<&'static str>,
}

const SENDER: &str = "s:Sender";
const RECEIVER: &str = "s:Receiver";

/// ERROR_WSMAN_OPERATION_TIMEDOUT: a Receive found nothing in time, and should be repeated.
pub const OPERATION_TIMED_OUT: u32 = 2_150_858_793;
/// ERROR_ACCESS_DENIED.
pub const ACCESS_DENIED: u32 = 5;

impl Fault {
    fn new(side: &'static str, subcode: &'static str, code: u32, text: &str) -> Self {
        Self { side, subcode, detail: None, code, text: text.to_owned(), provider: None }
    }

    fn detail(self, detail: &'static str) -> Self {
        Self { detail: Some(detail), ..self }
    }

    /// The caller is known, but not allowed.
    pub fn access_denied() -> Self {
        Self::new(SENDER, "w:AccessDenied", ACCESS_DENIED, "Access is denied. ")
    }

    /// No such shell, or somebody else's.
    pub fn unknown_shell() -> Self {
        Self::new(
            SENDER,
            "w:InvalidSelectors",
            2_150_858_843,
            "The WS-Management service cannot process the request because the request contained \
             invalid selectors for the resource. ",
        )
        .detail("UnexpectedSelectors")
    }

    /// No such command in this shell.
    pub fn unknown_command() -> Self {
        Self::new(
            SENDER,
            "w:InvalidSelectors",
            2_150_858_843,
            "The Windows Remote Shell received a request to perform an operation on a command \
             identifier that does not exist. Either the command has completed execution or the \
             client specified an invalid command identifier. ",
        )
        .detail("UnexpectedSelectors")
    }

    /// A parameter is missing or has no meaning (ERROR_INVALID_PARAMETER).
    pub fn invalid_parameter() -> Self {
        let fault = Self::new(SENDER, "w:InvalidParameter", 87, "The parameter is incorrect. ");
        Self { provider: Some("Shell cmd plugin"), ..fault.detail("InvalidValue") }
    }

    /// A program to be run without a shell does not exist.
    pub fn program_not_found() -> Self {
        let text = "The system cannot find the file specified. ";
        Self::new(RECEIVER, "w:InternalError", 2_147_942_402, text)
    }

    /// The account may not execute the program, or not enter the directory (ERROR_ACCESS_DENIED as
    /// an HRESULT).
    pub fn not_permitted() -> Self {
        Self::new(RECEIVER, "w:InternalError", 2_147_942_405, "Access is denied. ")
    }

    /// The working directory cannot be entered (ERROR_DIRECTORY).
    pub fn bad_directory() -> Self {
        Self::new(RECEIVER, "w:InternalError", 2_147_942_667, "The directory name is invalid. ")
    }

    /// Nothing happened within OperationTimeout. Some clients search for that word.
    pub fn timed_out() -> Self {
        Self::new(
            RECEIVER,
            "w:TimedOut",
            OPERATION_TIMED_OUT,
            "The WS-Management service cannot complete the operation within the time specified in \
             OperationTimeout. ",
        )
    }

    /// A header is missing or damaged.
    pub fn invalid_header() -> Self {
        Self::new(
            SENDER,
            "a:InvalidMessageInformationHeader",
            2_150_858_767,
            "The request contained one or more invalid headers. ",
        )
    }

    /// The message is not a SOAP message of the expected form.
    pub fn bad_schema() -> Self {
        Self::new(
            SENDER,
            "w:SchemaValidationError",
            2_150_858_819,
            "The SOAP XML in the message does not match the corresponding XML schema definition. ",
        )
    }

    /// The resource is not served here.
    pub fn unknown_resource(uri: &str) -> Self {
        let text = format!(
            "The WS-Management service cannot process the request. The resource URI ({uri}) was \
             not found in the WS-Management catalog. "
        );
        Self::new(SENDER, "a:DestinationUnreachable", 2_150_858_752, &text)
            .detail("InvalidResourceURI")
    }

    /// The resource does not know the action.
    pub fn unknown_action() -> Self {
        let text = "The action is not supported by the service. ";
        Self::new(SENDER, "a:ActionNotSupported", 2_150_858_753, text)
    }

    /// A shell operation without a ShellId.
    pub fn missing_selector() -> Self {
        let text = "The request is missing the selectors that name the resource. ";
        Self::new(SENDER, "w:InvalidSelectors", 2_150_858_842, text).detail("InsufficientSelectors")
    }

    /// The principal has as many shells as it may have.
    pub fn shell_quota(limit: usize) -> Self {
        let text = format!(
            "The Windows Remote Shell cannot process the request. The maximum number of concurrent \
             shells for this user is {limit}. Close existing shells. "
        );
        Self::new(SENDER, "w:QuotaLimit", 2_150_859_173, &text)
    }

    /// The shell has as many commands as it may have.
    pub fn command_quota(limit: usize) -> Self {
        let text = format!(
            "The Windows Remote Shell cannot process the request. The maximum number of concurrent \
             operations for this shell is {limit}. Close existing operations. "
        );
        Self::new(SENDER, "w:QuotaLimit", 2_150_859_174, &text)
    }

    /// The enumeration is over, was never there, or is somebody else's (ERROR_NOT_FOUND; the
    /// subcode is WS-Enumeration's, Windows' own number for it is not documented).
    pub fn unknown_enumeration() -> Self {
        let text = "The enumeration context is not valid. ";
        Self::new(RECEIVER, "n:InvalidEnumerationContext", 1168, text)
    }

    /// The request is larger than MaxEnvelopeSizekb.
    pub fn request_too_big() -> Self {
        let text = "The size of the request exceeded the configured envelope size quota. ";
        Self::new(SENDER, "w:EncodingLimit", 2_150_858_790, text)
    }

    /// The Action header of the message that carries this fault.
    pub fn action(&self) -> &'static str {
        if self.subcode.starts_with("a:") {
            "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"
        } else if self.subcode.starts_with("n:") {
            "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault"
        } else {
            "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
        }
    }

    /// The SOAP body; `machine` is the endpoint's host name.
    pub fn body(&self, machine: &str) -> String {
        let text = escape(&self.text);
        let detail = self.detail.map_or_else(String::new, |detail| {
            format!("<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/{detail}</w:FaultDetail>")
        });
        let inner = self.provider.map_or_else(
            || text.to_string(),
            |name| {
                format!(r#"<f:ProviderFault provider="{name}" path="">{text}</f:ProviderFault>"#)
            },
        );
        format!(
            r#"<s:Fault><s:Code><s:Value>{}</s:Value><s:Subcode><s:Value>{}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>{detail}<f:WSManFault xmlns:f="{}" Code="{}" Machine="{}"><f:Message>{inner}</f:Message></f:WSManFault></s:Detail></s:Fault>"#,
            self.side,
            self.subcode,
            ns::FAULT,
            self.code,
            escape(machine),
        )
    }
}
