//! What a client asks of a shell, and what it gets; messages in clear, all of a command's.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::curl::Curl;
use crate::support::message::{between, command_id, envelope, shell_id};
use crate::support::realm;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use winrm::soap::ns;

fn spec(attributes: &str, inner: &str) -> String {
    let streams = "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>";
    format!("<rsp:Shell{attributes}>{inner}{streams}</rsp:Shell>")
}

/// What one answer to Receive holds of standard output.
fn printed(received: &str) -> String {
    let streams = received.split("<rsp:Stream Name=\"stdout\"").skip(1);
    let data = streams.flat_map(|stream| {
        let data = stream.split_once('>').unwrap().1.split_once('<').unwrap().0;
        BASE64_STANDARD.decode(data).unwrap()
    });
    String::from_utf8(data.collect()).unwrap()
}

/// What a command prints on standard output until its end, and its exit code: a program that writes
/// twice may need two answers.
fn finished(curl: &Curl<'_>, shell: &str, command: &str) -> (String, String) {
    let mut output = String::new();
    loop {
        let received = curl.receive(shell, command);
        output += &printed(&received);
        if received.contains("/CommandState/Done") {
            return (output, between(&received, "<rsp:ExitCode>", "<"));
        }
    }
}

#[test]
fn a_shell_has_what_its_client_named() {
    let Some(realm) = realm("a_shell_has_what_its_client_named") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted", "--shell-idle-timeout", "4321"]);
    let Some(curl) = Curl::new("a_shell_has_what_its_client_named", &realm, endpoint.port) else {
        return;
    };
    let named = curl.create(&spec(r#" Name="Fäb &lt;1&gt;""#, ""));
    let get = curl.send(&envelope(ns::TRANSFER, "Get", ns::CMD, &shell_id(&named), ""));
    for answer in [&named, &get] {
        assert!(answer.contains("<rsp:Name>Fäb &lt;1&gt;</rsp:Name>"), "{answer}");
        assert!(answer.contains("<rsp:IdleTimeOut>PT4321.000S<"), "{answer}");
    }
    let config = "http://schemas.microsoft.com/wbem/wsman/1/config";
    let config = curl.send(&envelope(ns::TRANSFER, "Get", config, "", ""));
    assert!(config.contains("<cfg:IdleTimeout>4321000</cfg:IdleTimeout>"), "{config}");
    let unnamed = curl.create(&spec("", "<rsp:IdleTimeOut>PT600S</rsp:IdleTimeOut>"));
    assert!(!unnamed.contains("<rsp:Name>"), "{unnamed}");
    assert!(unnamed.contains("<rsp:IdleTimeOut>PT600.000S<"), "{unnamed}");
    let short = curl.create(&spec("", "<rsp:IdleTimeOut>PT1S</rsp:IdleTimeOut>"));
    assert!(short.starts_with("HTTP/1.1 500 "), "{short}");
    assert!(short.contains(r#"Code="2150859250""#), "{short}");
    let bad = curl.create(&spec("", "<rsp:IdleTimeOut>soon</rsp:IdleTimeOut>"));
    assert!(bad.starts_with("HTTP/1.1 500 "), "{bad}");
}

#[test]
fn ids_that_the_client_chose() {
    let Some(realm) = realm("ids_that_the_client_chose") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted"]);
    let Some(curl) = Curl::new("ids_that_the_client_chose", &realm, endpoint.port) else { return };
    let id = "11111111-2222-3333-4444-55555555555A";
    let create = |id: &str| curl.create(&spec(&format!(r#" ShellId="{id}""#), ""));
    let code = |answer: &str| between(answer, "<f:WSManFault", ">");
    assert_eq!(shell_id(&create(id)), id);
    assert!(code(&create(id)).contains(r#"Code="2150859223""#));
    assert!(code(&create("mine")).contains(r#"Code="2150859221""#));
    let start = |command: &str| {
        let body = format!(
            r#"<rsp:CommandLine CommandId="{command}"><rsp:Command>true</rsp:Command></rsp:CommandLine>"#
        );
        curl.send(&envelope(ns::SHELL, "Command", ns::CMD, id, &body))
    };
    assert_eq!(command_id(&start(id)), id);
    assert!(code(&start(id)).contains(r#"Code="2150859222""#));
    assert!(code(&start("mine")).contains(r#"Code="2150859220""#));
}

#[test]
fn output_is_utf8_whatever_the_code_page() {
    let Some(realm) = realm("output_is_utf8_whatever_the_code_page") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted"]);
    let Some(curl) = Curl::new("output_is_utf8", &realm, endpoint.port) else { return };
    let create = |page: &str| {
        let option = format!(
            r#"<w:OptionSet><w:Option Name="WINRS_CODEPAGE">{page}</w:Option></w:OptionSet></s:Header>"#
        );
        let create = envelope(ns::TRANSFER, "Create", ns::CMD, "", &spec("", ""));
        curl.send(&create.replace("</s:Header>", &option))
    };
    for page in ["65001", "437", "1252"] {
        let shell = shell_id(&create(page));
        // The program is told so, and its bytes are passed on as they are.
        let command = command_id(&curl.start(&shell, "locale charmap; printf 'ä€'"));
        let (output, _) = finished(&curl, &shell, &command);
        assert_eq!(output, "UTF-8\nä€", "{page}");
    }
    // EBCDIC, UTF-16, UTF-7, and no code pages: not even ASCII would arrive as asked.
    for page in ["37", "500", "1200", "65000", "0", "99999", "-437", "utf-8", ""] {
        let refused = create(page);
        assert!(refused.starts_with("HTTP/1.1 500 "), "{page}: {refused}");
        assert!(refused.contains(r#"Code="2150859072""#), "{page}: {refused}");
    }
}

#[test]
fn an_unused_shell_ends_with_its_command() {
    let Some(realm) = realm("an_unused_shell_ends_with_its_command") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted", "--shell-idle-timeout", "1"]);
    let Some(curl) = Curl::new("an_unused_shell_ends", &realm, endpoint.port) else { return };
    // A request that takes longer than the time-out keeps the shell.
    let shell = curl.shell();
    assert_eq!(endpoint.event("shell")["state"], "opened");
    let command = command_id(&curl.start(&shell, "sleep 3; echo through"));
    assert_eq!(printed(&curl.receive(&shell, &command)), "through\n");
    assert_eq!(endpoint.event("shell")["state"], "idle");
    // A client that says nothing more loses the shell, and the command that runs in it.
    let shell = curl.shell();
    assert_eq!(endpoint.event("shell")["state"], "opened");
    curl.start(&shell, "exec sleep 1000");
    // In either order.
    let ends = [(); 2].map(|()| endpoint.event_of(&["shell", "command"]));
    assert!(ends.iter().all(|end| end["shell"] == shell.as_str()), "{ends:?}");
    assert!(ends.iter().any(|end| end["state"] == "idle"), "{ends:?}");
    assert!(ends.iter().any(|end| end["exit_code"] == 137), "{ends:?}");
    let get = curl.send(&envelope(ns::TRANSFER, "Get", ns::CMD, &shell, ""));
    assert!(get.contains(r#"Code="2150858843""#), "{get}");
}

#[test]
fn a_whole_command_in_clear_only_where_that_is_allowed() {
    let Some(realm) = realm("a_whole_command_in_clear") else { return };
    let open = realm.endpoint(&["--allow-unencrypted"]);
    let Some(curl) = Curl::new("a_whole_command_in_clear", &realm, open.port) else { return };
    let shell = curl.shell();
    let command = command_id(&curl.start(&shell, "echo in clear; exit 3"));
    let finished = finished(&curl, &shell, &command);
    assert_eq!(finished, ("in clear\n".to_owned(), "3".to_owned()));
    let deleted = curl.send(&envelope(ns::TRANSFER, "Delete", ns::CMD, &shell, ""));
    assert!(deleted.starts_with("HTTP/1.1 200 "), "{deleted}");

    let strict = realm.endpoint(&[]);
    let curl = Curl::new("", &realm, strict.port).unwrap();
    let create = envelope(ns::TRANSFER, "Create", ns::CMD, "", &spec("", ""));
    for answer in [curl.send(&create), curl.start("X", "true"), curl.receive("X", "Y")] {
        // The client is known; its message is not looked at, and Windows gives no reason.
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.contains("Www-Authenticate: Negotiate oY"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
        assert_eq!(strict.event("authentication")["result"], "accepted");
    }
    let rest = strict.stop();
    assert!(rest.iter().all(|line| line["event"] != "shell"), "{rest:?}");
}
