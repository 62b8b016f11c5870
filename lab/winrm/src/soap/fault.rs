//! WS-Management faults (DSP0226 section 14, MS-WSMV 2.2.4.43).

use super::{escape, ns};

/// A fault to send.
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
    /// The reason, in Windows' words if known.
    pub text: String,
    /// The provider in WSManFault, if any.
    pub provider: Option<&'static str>,
}

const SENDER: &str = "s:Sender";
const RECEIVER: &str = "s:Receiver";

/// ERROR_WSMAN_OPERATION_TIMEDOUT: a Receive found nothing in time. The client repeats it.
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

    /// No such shell, or another user's.
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

    /// A parameter is missing or meaningless (ERROR_INVALID_PARAMETER).
    pub fn invalid_parameter() -> Self {
        let fault = Self::new(SENDER, "w:InvalidParameter", 87, "The parameter is incorrect. ");
        Self { provider: Some("Shell cmd plugin"), ..fault.detail("InvalidValue") }
    }

    /// A program to run without a shell does not exist.
    pub fn program_not_found() -> Self {
        let text = "The system cannot find the file specified. ";
        Self::new(RECEIVER, "w:InternalError", 2_147_942_402, text)
    }

    /// The account may not execute the program or enter the directory (ERROR_ACCESS_DENIED as an
    /// HRESULT).
    pub fn not_permitted() -> Self {
        Self::new(RECEIVER, "w:InternalError", 2_147_942_405, "Access is denied. ")
    }

    /// The working directory is unusable (ERROR_DIRECTORY).
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

    /// The message is no SOAP message of the expected form.
    pub fn bad_schema() -> Self {
        Self::new(
            SENDER,
            "w:SchemaValidationError",
            2_150_858_819,
            "The SOAP XML in the message does not match the corresponding XML schema definition. ",
        )
    }

    /// The endpoint does not serve the resource.
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

    /// The principal has its maximum of shells.
    pub fn shell_quota(limit: usize) -> Self {
        let text = format!(
            "The Windows Remote Shell cannot process the request. The maximum number of concurrent \
             shells for this user is {limit}. Close existing shells. "
        );
        Self::new(SENDER, "w:QuotaLimit", 2_150_859_173, &text)
    }

    /// The shell has its maximum of commands.
    pub fn command_quota(limit: usize) -> Self {
        let text = format!(
            "The Windows Remote Shell cannot process the request. The maximum number of concurrent \
             operations for this shell is {limit}. Close existing operations. "
        );
        Self::new(SENDER, "w:QuotaLimit", 2_150_859_174, &text)
    }

    /// The principal has its maximum of commands (also ERROR_WSMAN_QUOTA_MAX_OPERATIONS).
    pub fn user_quota(limit: usize) -> Self {
        let text = format!(
            "The Windows Remote Shell cannot process the request. The maximum number of concurrent \
             operations for this user is {limit}. Close existing operations. "
        );
        Self::new(SENDER, "w:QuotaLimit", 2_150_859_174, &text)
    }

    /// A resource of the computer has run out (ERROR_NO_SYSTEM_RESOURCES as an HRESULT, with
    /// Windows' text and the resource's name).
    pub fn out_of(what: &str) -> Self {
        let text = format!(
            "Insufficient system resources exist to complete the requested service. There are no \
             {what} left. "
        );
        Self::new(RECEIVER, "w:InternalError", 2_147_943_850, &text)
    }

    /// The client chose a shell id that is no GUID (ERROR_WINRS_SHELL_CLIENTID_NOT_VALID). Number
    /// and text are from wsmerror.h. It names no subcode for this fault, nor for the next three.
    pub fn shell_id_not_valid() -> Self {
        let text = "The WinRM service cannot process the request because the shell ID specified by \
                    the client is not a valid GUID. Provide a valid ID and try again. ";
        Self::new(SENDER, "w:InvalidParameter", 2_150_859_221, text).detail("InvalidValue")
    }

    /// A shell of this id exists already (ERROR_WINRS_SHELL_CLIENTID_RESOURCE_CONFLICT).
    pub fn shell_id_taken() -> Self {
        let text = "The WinRM service cannot process the request. A resource already exists with \
                    the shell ID specified by the client. ";
        Self::new(SENDER, "w:InvalidParameter", 2_150_859_223, text).detail("InvalidValue")
    }

    /// The client chose a command id that is no GUID (ERROR_WINRS_SHELLCOMMAND_CLIENTID_NOT_VALID).
    pub fn command_id_not_valid() -> Self {
        let text = "The WinRM service cannot process the request because the command ID specified \
                    by the client is not a valid GUID. Modify the request and retry the request. ";
        Self::new(SENDER, "w:InvalidParameter", 2_150_859_220, text).detail("InvalidValue")
    }

    /// A command of this id exists already (ERROR_WINRS_SHELLCOMMAND_CLIENTID_RESOURCE_CONFLICT).
    pub fn command_id_taken() -> Self {
        let text = "The WinRM service cannot process the request. A command already exists with the \
                    command ID specified by the client. ";
        Self::new(SENDER, "w:InvalidParameter", 2_150_859_222, text).detail("InvalidValue")
    }

    /// The enumeration is over, never existed, or is another user's
    /// (ERROR_WSMAN_ENUMERATE_INVALID_ENUMERATION_CONTEXT). The subcode is that of wsmerror.h.
    pub fn unknown_enumeration() -> Self {
        let text = "The WS-Enumeration context in the enumeration is not valid. Enumeration may \
                    have been completed or canceled. You cannot use this enumeration context \
                    anymore. Start a new enumeration. ";
        Self::new(RECEIVER, "n:InvalidEnumerationContext", 2_150_858_779, text)
    }

    /// An enumeration with a filter other than a SelectorFilter
    /// (ERROR_WSMAN_ENUMERATE_FILTER_DIALECT_REQUESTED_UNAVAILABLE, subcode as in wsmerror.h).
    pub fn unknown_filter_dialect() -> Self {
        let text = "The filter dialect (the type associated with the filter) was not supported for \
                    this resource. Change the filter dialect or remove it from the request and try \
                    the request again. ";
        Self::new(SENDER, "n:FilterDialectRequestedUnavailable", 2_150_858_777, text)
    }

    /// A SelectorFilter by anything but one ShellId (ERROR_WSMAN_ENUMERATE_CANNOT_PROCESS_FILTER,
    /// subcode as in wsmerror.h).
    pub fn bad_filter() -> Self {
        let text = "The data source could not process the filter. The filter might be missing or it \
                    might be invalid. Change the filter and try the request again. ";
        Self::new(SENDER, "n:CannotProcessFilter", 2_150_858_778, text)
    }

    /// A shell's idle time-out is out of bounds (ERROR_WINRS_IDLETIMEOUT_OUTOFBOUNDS). Number and
    /// text are from wsmerror.h, which names no subcode for it.
    pub fn idle_timeout_out_of_bounds() -> Self {
        let text = "The WS-Management service cannot process the request. The requested IdleTimeout \
                    is outside the allowed range. ";
        Self::new(SENDER, "w:InvalidParameter", 2_150_859_250, text).detail("InvalidValue")
    }

    /// The endpoint cannot set the code page (ERROR_WINRS_CODE_PAGE_NOT_SUPPORTED). Number and text
    /// are from wsmerror.h, which names no subcode for it.
    pub fn code_page_not_supported() -> Self {
        let text = "The WinRS client cannot process the request. The server cannot set Code Page. \
                    You may want to use the CHCP command to change the client Code Page to 437 and \
                    receive the results in English. ";
        Self::new(SENDER, "w:InvalidParameter", 2_150_859_072, text).detail("InvalidValue")
    }

    /// The request is larger than MaxEnvelopeSizekb.
    pub fn request_too_big() -> Self {
        let text = "The size of the request exceeded the configured envelope size quota. ";
        Self::new(SENDER, "w:EncodingLimit", 2_150_858_790, text)
    }

    /// The Action header of the fault's message.
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
