//! A refused connection as Windows' commands show it.

use spnlab_harness::ClientReport;

/// A command of Windows that connects over WinRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cmdlet {
    /// `Enter-PSSession`.
    EnterPsSession,
    /// `Invoke-Command`.
    InvokeCommand,
    /// `Test-WSMan`.
    TestWsMan,
    /// `winrs`.
    Winrs,
}

/// ERROR_WSMAN_SECURITY_UNMAPPED as a signed number.
const UNMAPPED: i64 = -2_144_108_387;

impl Cmdlet {
    /// The beginning of the message and of the error record. `None`: Windows' words are not known.
    ///
    /// The report has the words of `Enter-PSSession`. The others put the same text behind their own
    /// beginnings.
    pub(crate) fn refusal(self, report: &ClientReport) -> Option<String> {
        let status = report.client_status.as_ref()?;
        let host = &report.target;
        let mut lines = status.message.lines();
        let first = lines.next()?.trim_end();
        let more = if lines.next().is_some() { " …" } else { "" };
        let connecting = first.strip_prefix("Enter-PSSession : ").unwrap_or(first);
        let text = connecting.split_once(" error message : ").map_or(connecting, |(_, text)| text);
        let record = match self {
            Self::EnterPsSession => record(
                &format!("InvalidArgument: ({host}:String) [Enter-PSSession]"),
                "PSRemotingTransportException",
                Some(&status.fully_qualified_error_id),
            ),
            Self::InvokeCommand => {
                // The ids of other errors are not known.
                let unmapped = status.wsman_code.is_some_and(is_unmapped);
                let id = format!("{UNMAPPED},PSSessionStateBroken");
                record(
                    &format!("OpenError: ({host}:String) []"),
                    "PSRemotingTransportException",
                    unmapped.then_some(&id),
                )
            }
            Self::TestWsMan => record(
                &format!("InvalidOperation: ({host}:String) [Test-WSMan]"),
                "InvalidOperationException",
                Some("WsManError,Microsoft.WSMan.Management.TestWSManCommand"),
            ),
            Self::Winrs => String::new(),
        };
        Some(match self {
            Self::EnterPsSession => format!("{first}{more}{record}"),
            Self::InvokeCommand => format!("[{host}] {connecting}{more}{record}"),
            Self::TestWsMan => format!("Test-WSMan : {text}{more}{record}"),
            Self::Winrs => format!("Winrs error:{text}{more}"),
        })
    }
}

fn is_unmapped(code: i64) -> bool {
    code == UNMAPPED || code == UNMAPPED + (1 << 32)
}

fn record(category: &str, exception: &str, id: Option<&str>) -> String {
    let mut text = format!("\n    + CategoryInfo          : {category}, {exception}");
    if let Some(id) = id {
        text.push_str("\n    + FullyQualifiedErrorId : ");
        text.push_str(id);
    }
    text
}
