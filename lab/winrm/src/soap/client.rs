//! The client's side: writes requests and reads replies.

use super::{envelope, escape, new_guid, ns, parse};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fmt::Write as _;
use thiserror::Error;

/// The header values of a request.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The endpoint's URL.
    pub to: &'a str,
    /// The action URI.
    pub action: &'a str,
    /// The same for all requests of one run.
    pub session: &'a str,
    /// The shell, except for Create.
    pub shell_id: Option<&'a str>,
    /// Options.
    pub options: &'a [(&'a str, &'a str)],
}

/// Writes a request; also returns its message id.
pub fn request(head: &Head<'_>, body: &str) -> (String, String) {
    let id = format!("uuid:{}", new_guid());
    let mut header = format!(
        r#"<a:To>{}</a:To><a:ReplyTo><a:Address s:mustUnderstand="true">{}</a:Address></a:ReplyTo><a:Action s:mustUnderstand="true">{}</a:Action><a:MessageID>{id}</a:MessageID><w:ResourceURI s:mustUnderstand="true">{}</w:ResourceURI><w:MaxEnvelopeSize s:mustUnderstand="true">153600</w:MaxEnvelopeSize><w:OperationTimeout>PT20S</w:OperationTimeout><w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/><p:SessionId s:mustUnderstand="false">uuid:{}</p:SessionId>"#,
        escape(head.to),
        ns::ANONYMOUS,
        head.action,
        ns::CMD,
        head.session,
    );
    if let Some(shell) = head.shell_id {
        let _ = write!(
            header,
            r#"<w:SelectorSet><w:Selector Name="ShellId">{}</w:Selector></w:SelectorSet>"#,
            escape(shell)
        );
    }
    if !head.options.is_empty() {
        header.push_str("<w:OptionSet>");
        for (name, value) in head.options {
            let _ = write!(header, r#"<w:Option Name="{name}">{}</w:Option>"#, escape(value));
        }
        header.push_str("</w:OptionSet>");
    }
    (envelope(&header, body), id)
}

/// Body of Create.
pub const CREATE: &str = "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams>\
    <rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>";

/// Body of Command.
pub fn command(text: &str) -> String {
    format!("<rsp:CommandLine><rsp:Command>{}</rsp:Command></rsp:CommandLine>", escape(text))
}

/// Body of Receive.
pub fn receive(command: &str) -> String {
    let command = escape(command);
    format!(
        r#"<rsp:Receive><rsp:DesiredStream CommandId="{command}">stdout stderr</rsp:DesiredStream></rsp:Receive>"#
    )
}

/// Body of Send.
pub fn send(command: &str, data: &[u8], end: bool) -> String {
    let (command, data) = (escape(command), BASE64_STANDARD.encode(data));
    let end = if end { r#" End="true""# } else { "" };
    format!(
        r#"<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}"{end}>{data}</rsp:Stream></rsp:Send>"#
    )
}

/// Body of Signal; `name` is `terminate` or `ctrl_c`.
pub fn signal(command: &str, name: &str) -> String {
    let (command, shell, name) = (escape(command), ns::SHELL, escape(name));
    format!(
        r#"<rsp:Signal CommandId="{command}"><rsp:Code>{shell}/signal/{name}</rsp:Code></rsp:Signal>"#
    )
}

/// Why a reply is unusable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// A fault.
    #[error("WSManFault {code}: {text}")]
    Fault {
        /// WSManFault's code.
        code: u32,
        /// The reason.
        text: String,
    },
    /// It is no answer to our request.
    #[error("the reply does not answer this request: {0}")]
    Unexpected(&'static str),
}

/// The content of a reply. The operation decides which fields are set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// From Create.
    pub shell_id: Option<String>,
    /// From Command.
    pub command_id: Option<String>,
    /// From Receive: stream name and bytes, in order.
    pub output: Vec<(String, Vec<u8>)>,
    /// From Receive: whether the command is done, and its exit code.
    pub done: Option<i32>,
}

/// Reads a reply to the message `id`.
pub fn read(text: &str, id: &str) -> Result<Reply, ReplyError> {
    let document = parse(text).ok_or(ReplyError::Unexpected("it is not XML"))?;
    let root = document.root_element();
    let all = |namespace: &'static str, name: &'static str| {
        root.descendants().filter(move |node| node.has_tag_name((namespace, name)))
    };
    if all(ns::SOAP, "Fault").next().is_some() {
        let code = all(ns::FAULT, "WSManFault").find_map(|node| node.attribute("Code"));
        let text = all(ns::SOAP, "Text").find_map(|node| node.text()).unwrap_or_default();
        return Err(ReplyError::Fault {
            code: code.and_then(|code| code.parse().ok()).unwrap_or(0),
            text: text.trim().to_owned(),
        });
    }
    if all(ns::ADDRESSING, "RelatesTo").find_map(|node| node.text()) != Some(id) {
        return Err(ReplyError::Unexpected("its RelatesTo is another message's id"));
    }
    let mut reply = Reply {
        shell_id: all(ns::WSMAN, "Selector")
            .find(|node| node.attribute("Name") == Some("ShellId"))
            .or_else(|| all(ns::SHELL, "ShellId").next())
            .and_then(|node| node.text().map(str::to_owned)),
        command_id: all(ns::SHELL, "CommandId").find_map(|node| node.text()).map(str::to_owned),
        ..Reply::default()
    };
    for node in all(ns::SHELL, "Stream") {
        let name = node.attribute("Name").unwrap_or_default().to_owned();
        let data = BASE64_STANDARD
            .decode(node.text().unwrap_or_default().trim())
            .map_err(|_| ReplyError::Unexpected("a stream is not base64"))?;
        reply.output.push((name, data));
    }
    let done = |state: &&str| state.ends_with("CommandState/Done");
    if all(ns::SHELL, "CommandState").filter_map(|node| node.attribute("State")).any(|s| done(&s)) {
        let code = all(ns::SHELL, "ExitCode").find_map(|node| node.text()?.trim().parse().ok());
        // Windows writes exit codes as signed or unsigned 32-bit numbers.
        let code: i64 = code.unwrap_or(0);
        reply.done = Some(i32::try_from(code).unwrap_or(-1));
    }
    Ok(reply)
}
