//! Writes the endpoint's replies (MS-WSMV 3.1.4).
//!
//! Prefixes and element forms are those of Windows, because some clients read text, not XML. So
//! stream elements are never self-closing, and id elements have no attributes.

use super::{Fault, envelope, escape, new_guid, ns, write_days, write_seconds};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fmt::Write as _;
use std::time::Duration;

fn message(action: &str, relates_to: &str, body: &str) -> String {
    let header = format!(
        "<a:Action>{action}</a:Action><a:MessageID>uuid:{}</a:MessageID><a:To>{}</a:To>\
         <a:RelatesTo>{}</a:RelatesTo>",
        new_guid(),
        ns::ANONYMOUS,
        escape(relates_to)
    );
    envelope(&header, body)
}

/// A success reply. Its action is the request's with `Response` after it.
pub fn success(request_action: &str, relates_to: &str, body: &str) -> String {
    message(&format!("{}Response", escape(request_action)), relates_to, body)
}

/// A fault. `relates_to` is empty if the request's id was unreadable.
pub fn fault(fault: &Fault, relates_to: &str, machine: &str) -> String {
    message(fault.action(), relates_to, &fault.body(machine))
}

/// The facts of a shell in replies.
#[derive(Debug, Clone, Copy)]
pub struct ShellFacts<'a> {
    /// The shell's id.
    pub id: &'a str,
    /// The endpoint's address as the client knows it.
    pub address: &'a str,
    /// The name that its owner chose.
    pub name: Option<&'a str>,
    /// How long it has been open.
    pub run_time: Duration,
    /// The time since its last use.
    pub inactivity: Duration,
    /// `REALM\user`.
    pub owner: &'a str,
    /// The client's address.
    pub client_ip: &'a str,
    /// The idle time-out.
    pub idle_timeout: Duration,
    /// Names of the input streams.
    pub input_streams: &'a str,
    /// Names of the output streams.
    pub output_streams: &'a str,
}

/// The body of a Create reply. It names the shell in both forms that clients read.
pub fn created(shell: &ShellFacts<'_>) -> String {
    format!(
        r#"<x:ResourceCreated><a:Address>{}</a:Address><a:ReferenceParameters><w:ResourceURI>{}</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">{}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>{}"#,
        escape(shell.address),
        ns::CMD,
        escape(shell.id),
        shell_element(shell, ""),
    )
}

/// One shell in the answer to Get and Enumerate.
pub fn listed(shell: &ShellFacts<'_>) -> String {
    shell_element(shell, "<rsp:State>Connected</rsp:State>")
}

fn shell_element(shell: &ShellFacts<'_>, more: &str) -> String {
    let name = shell
        .name
        .map_or_else(String::new, |name| format!("<rsp:Name>{}</rsp:Name>", escape(name)));
    format!(
        "<rsp:Shell><rsp:ShellId>{}</rsp:ShellId>{name}<rsp:ResourceUri>{}</rsp:ResourceUri>\
         <rsp:Owner>{}</rsp:Owner><rsp:ClientIP>{}</rsp:ClientIP>\
         <rsp:IdleTimeOut>{}</rsp:IdleTimeOut><rsp:InputStreams>{}</rsp:InputStreams>\
         <rsp:OutputStreams>{}</rsp:OutputStreams><rsp:ShellRunTime>{}</rsp:ShellRunTime>\
         <rsp:ShellInactivity>{}</rsp:ShellInactivity>{more}</rsp:Shell>",
        escape(shell.id),
        ns::CMD,
        escape(shell.owner),
        escape(shell.client_ip),
        write_seconds(shell.idle_timeout),
        escape(shell.input_streams),
        escape(shell.output_streams),
        write_days(shell.run_time),
        write_days(shell.inactivity),
    )
}

/// The facts of a command in a list.
#[derive(Debug, Clone, Copy)]
pub struct CommandFacts<'a> {
    /// The command's id.
    pub id: &'a str,
    /// The started command line, as text.
    pub line: &'a str,
    /// Whether it has ended. It stays in the list until its client terminates it.
    pub done: bool,
}

/// One command in the answer to Enumerate. Elements and the word of the state are those of Windows'
/// own answers, as pypsrp's test suite recorded them. They show running commands only. `Done` is
/// CommandState's word of MS-WSMV 2.2.4.11.
pub fn listed_command(command: &CommandFacts<'_>) -> String {
    format!(
        "<rsp:Command><rsp:CommandId>{}</rsp:CommandId><rsp:CommandLine>{}</rsp:CommandLine>\
         <rsp:CommandState>{}</rsp:CommandState></rsp:Command>",
        escape(command.id),
        escape(command.line),
        if command.done { "Done" } else { "Running" },
    )
}

/// The body of a Command reply.
pub fn command_started(id: &str) -> String {
    format!(
        "<rsp:CommandResponse><rsp:CommandId>{}</rsp:CommandId></rsp:CommandResponse>",
        escape(id)
    )
}

/// The body of a Send reply.
pub const SENT: &str = "<rsp:SendResponse/>";
/// The body of a Signal reply.
pub const SIGNALLED: &str = "<rsp:SignalResponse/>";

/// The body of a Receive reply. An exit code means Done. Then every stream ends.
pub fn received(command: &str, chunks: &[(&str, &[u8])], exit_code: Option<i32>) -> String {
    let id = escape(command);
    let mut body = String::from("<rsp:ReceiveResponse>");
    for (stream, data) in chunks {
        let data = BASE64_STANDARD.encode(data);
        let _ = write!(body, r#"<rsp:Stream Name="{stream}" CommandId="{id}">{data}</rsp:Stream>"#);
    }
    let state = |name: &str, inner: &str| {
        let shell = ns::SHELL;
        format!(
            r#"<rsp:CommandState CommandId="{id}" State="{shell}/CommandState/{name}">{inner}</rsp:CommandState>"#
        )
    };
    if let Some(code) = exit_code {
        for stream in ["stdout", "stderr"] {
            let _ = write!(
                body,
                r#"<rsp:Stream Name="{stream}" CommandId="{id}" End="true"></rsp:Stream>"#
            );
        }
        body.push_str(&state("Done", &format!("<rsp:ExitCode>{code}</rsp:ExitCode>")));
    } else {
        body.push_str(&state("Running", ""));
    }
    body.push_str("</rsp:ReceiveResponse>");
    body
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
