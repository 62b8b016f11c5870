//! Envelopes, and what is looked for in the answers.

use winrm::soap::ns;

/// The body of a Create that asks for nothing special.
pub(crate) const SHELL_BODY: &str = r"<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>";

pub(crate) fn between(text: &str, from: &str, to: &str) -> String {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}")).1;
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} in {text}")).0.to_owned()
}

pub(crate) fn envelope(
    namespace: &str,
    action: &str,
    resource: &str,
    shell: &str,
    body: &str,
) -> String {
    let (soap, address, wsman, rsp, list) =
        (ns::SOAP, ns::ADDRESSING, ns::WSMAN, ns::SHELL, ns::ENUMERATION);
    format!(
        r#"<s:Envelope xmlns:s="{soap}" xmlns:a="{address}" xmlns:w="{wsman}" xmlns:rsp="{rsp}" xmlns:n="{list}"><s:Header><a:Action>{namespace}/{action}</a:Action><a:MessageID>uuid:1</a:MessageID><w:ResourceURI>{resource}</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet></s:Header><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

pub(crate) fn shell_id(created: &str) -> String {
    between(created, "<rsp:ShellId>", "</rsp:ShellId>")
}

pub(crate) fn command_id(started: &str) -> String {
    between(started, "<rsp:CommandId>", "</rsp:CommandId>")
}

pub(crate) fn command_line(command: &str) -> String {
    format!("<rsp:CommandLine><rsp:Command>{command}</rsp:Command></rsp:CommandLine>")
}

pub(crate) fn desired_stream(command: &str) -> String {
    format!(
        r#"<rsp:Receive><rsp:DesiredStream CommandId="{command}">stdout stderr</rsp:DesiredStream></rsp:Receive>"#
    )
}
