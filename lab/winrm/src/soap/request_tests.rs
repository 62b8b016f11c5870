use super::super::client::{self, Head};
use super::*;

fn envelope(action: &str, options: &[(&str, &str)], body: &str) -> String {
    let to = "http://mem1:5985/wsman";
    let head = Head { to, action, session: "S", shell_id: Some("ID"), options };
    client::request(&head, body).0
}

fn body_of(body: &str) -> Result<Body, Fault> {
    Request::read(&envelope("urn:x", &[], body)).map(|request| request.body)
}

#[test]
fn headers() {
    let text = envelope("urn:act", &[("WINRS_SKIP_CMD_SHELL", "TRUE")], "");
    let request = Request::read(&text).unwrap();
    assert_eq!(request.action, "urn:act");
    assert!(request.message_id.starts_with("uuid:"));
    assert_eq!(request.resource_uri, ns::CMD);
    assert_eq!(request.operation_timeout, Duration::from_secs(20));
    assert_eq!(request.max_envelope, 153_600);
    assert_eq!(request.shell_id.as_deref(), Some("ID"));
    assert_eq!(request.flag("winrs_skip_cmd_shell"), Some(true));
    assert_eq!(request.flag("other"), None);
    assert_eq!(request.body, Body::Empty);
}

#[test]
fn what_other_clients_write() {
    // An OptionSet between header and body, the selector spelled ShellID, no time-out.
    let text = envelope("urn:x", &[], "")
        .replace("ShellId", "ShellID")
        .replace("<w:OperationTimeout>PT20S</w:OperationTimeout>", "")
        .replace(
            "<s:Body>",
            r#"<w:OptionSet><w:Option Name="A">1</w:Option></w:OptionSet><s:Body>"#,
        );
    let request = Request::read(&text).unwrap();
    assert_eq!(request.shell_id.as_deref(), Some("ID"));
    assert_eq!(request.flag("a"), Some(true));
    assert_eq!(request.operation_timeout, MAX_TIMEOUT);
    let long =
        text.replace("</s:Header>", "<w:OperationTimeout>PT1H</w:OperationTimeout></s:Header>");
    assert_eq!(Request::read(&long).unwrap().operation_timeout, MAX_TIMEOUT);
}

#[test]
fn bodies() {
    let command = body_of(&client::command("a < b && c > \"d\"\r\n")).unwrap();
    let expected = "a < b && c > \"d\"\r\n".to_owned();
    assert_eq!(command, Body::Command { id: None, command: expected, arguments: vec![] });
    let send = body_of(&client::send("C", b"\x00\xffx", true)).unwrap();
    let input = Input { command_id: Some("C".to_owned()), data: b"\x00\xffx".to_vec(), end: true };
    assert_eq!(send, Body::Send(vec![input]));
    assert_eq!(body_of(&client::receive("C")).unwrap(), Body::Receive(Some("C".to_owned())));
    let Body::Signal { code, .. } = body_of(&client::signal("C", "terminate")).unwrap() else {
        panic!()
    };
    assert!(code.ends_with("/signal/terminate"));
    let cdata = "<rsp:CommandLine><rsp:Command><![CDATA[a]]>&amp;b</rsp:Command>\
                 <rsp:Arguments>x</rsp:Arguments><rsp:Arguments>y</rsp:Arguments></rsp:CommandLine>";
    let Body::Command { command, arguments, .. } = body_of(cdata).unwrap() else { panic!() };
    assert_eq!((command.as_str(), arguments.len()), ("a&b", 2));
    assert_eq!(body_of("<rsp:Odd/>").unwrap(), Body::Other("Odd".to_owned()));
}

#[test]
fn a_shell() {
    let body = r#"<rsp:Shell ShellId="G"><rsp:Environment><rsp:Variable Name="A"> 1 </rsp:Variable></rsp:Environment>
        <rsp:IdleTimeOut>PT600S</rsp:IdleTimeOut><rsp:WorkingDirectory>/tmp</rsp:WorkingDirectory></rsp:Shell>"#;
    let Body::Shell(shell) = body_of(body).unwrap() else { panic!() };
    assert_eq!(shell.id.as_deref(), Some("G"));
    assert_eq!(shell.environment, [("A".to_owned(), " 1 ".to_owned())]);
    assert_eq!(shell.idle_timeout, Some(Duration::from_secs(600)));
    assert_eq!(shell.working_directory.as_deref(), Some("/tmp"));
}

#[test]
fn damaged_requests_are_faults() {
    let text = envelope("urn:x", &[], &client::send("C", b"data", false));
    for end in 0..text.len() {
        assert!(Request::read(&text[..end]).is_err(), "prefix of {end} bytes");
    }
    assert_eq!(Request::read(&text.replace("ZGF0YQ==", "###")).unwrap_err().code, 87);
    assert_eq!(Request::read(&text.replace("PT20S", "soon")).unwrap_err().code, 2_150_858_767);
    assert_eq!(Request::read(&text.replace("urn:x", "")).unwrap_err().code, 2_150_858_767);
    assert_eq!(Request::read("<x/>").unwrap_err().code, 2_150_858_819);
    let entity = format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{text}");
    assert_eq!(Request::read(&entity).unwrap_err().code, 2_150_858_819);
}

/// A document's depth or size must exhaust neither the stack nor the memory.
#[test]
fn hostile_documents() {
    let deep = envelope("urn:x", &[], &"<a>".repeat(100_000));
    assert!(Request::read(&deep).is_err());
    let closed = format!("{}{}", "<a>".repeat(15_000), "</a>".repeat(15_000));
    let _ = Request::read(&envelope("urn:x", &[], &closed));
    let wide = envelope("urn:x", &[], &"<a/>".repeat(100_000));
    assert_eq!(Request::read(&wide).unwrap_err().code, 2_150_858_819);
}
