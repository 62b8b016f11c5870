//! What winrmd serves besides commands, and what it refuses: asked with curl, which authenticates
//! every request anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::curl::Curl;
use crate::support::message::{SHELL_BODY, between, command_id, desired_stream, envelope};
use crate::support::{Endpoint, WAIT, realm};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use winrm::soap::{Charset, ns};

const IDENTIFY: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>"#;
#[test]
fn who_is_here() {
    let Some(realm) = realm("who_is_here") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted"]);
    let post = |head: &str, body: &str| {
        let length = body.len();
        endpoint.raw(&format!("POST /wsman HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"))
    };
    let stranger = "WSMANIDENTIFY: unauthenticated\r\n";
    let answer = post(stranger, IDENTIFY);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("IdentifyResponse") && !answer.contains("SecurityProfile"), "{answer}");
    // Nothing else is for strangers, and Identify only to those who say that they are strangers.
    let create = envelope(ns::TRANSFER, "Create", ns::CMD, "", SHELL_BODY);
    for (head, body) in [("", IDENTIFY), (stranger, &create), (stranger, "x")] {
        let answer = post(head, body);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    let Some(curl) = Curl::new("who_is_here", &realm, endpoint.port) else { return };
    let answer = curl.send(IDENTIFY);
    assert!(answer.contains("/secprofile/http/spnego-kerberos<"), "{answer}");
}

#[test]
fn shells_can_be_looked_at() {
    let Some(realm) = realm("shells_can_be_looked_at") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted", "--allow", "visitor"]);
    let Some(curl) = Curl::new("shells_can_be_looked_at", &realm, endpoint.port) else { return };
    let visitor =
        Curl::of_user("", &realm, endpoint.port, "visitor", "Training-Visitor-1\n").unwrap();
    let shells = [curl.shell(), curl.shell()];
    let get = curl.send(&envelope(ns::TRANSFER, "Get", ns::SHELL, &shells[0], ""));
    assert!(get.contains(&format!("<rsp:ShellId>{}<", shells[0])), "{get}");
    assert!(get.contains("<rsp:Owner>CONTOSO.COM\\trainer<"), "{get}");
    // Somebody else's shell looks as if it did not exist, also to Delete.
    for action in ["Get", "Delete"] {
        let other = visitor.send(&envelope(ns::TRANSFER, action, ns::CMD, &shells[0], ""));
        assert!(other.contains(r#"Code="2150858843""#), "{other}");
    }
    let enumerate = |curl: &Curl<'_>, inner: &str| {
        let body = format!("<n:Enumerate>{inner}</n:Enumerate>");
        curl.send(&envelope(ns::ENUMERATION, "Enumerate", ns::SHELL, "", &body))
    };
    let optimized = "<w:OptimizeEnumeration/><w:MaxElements>10</w:MaxElements>";
    let all = enumerate(&curl, optimized);
    assert!(shells.iter().all(|shell| all.contains(shell)), "{all}");
    assert!(all.contains("<w:EndOfSequence/>"), "{all}");
    assert!(!enumerate(&visitor, optimized).contains("<rsp:Shell>"));
    let first = enumerate(&curl, "");
    assert!(!first.contains("<rsp:Shell>"), "{first}");
    let context = between(&first, "<n:EnumerationContext>", "</n:EnumerationContext>");
    let pull = |curl: &Curl<'_>| {
        let body =
            format!("<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext></n:Pull>");
        curl.send(&envelope(ns::ENUMERATION, "Pull", ns::SHELL, "", &body))
    };
    assert!(pull(&visitor).contains("InvalidEnumerationContext"));
    assert!(pull(&curl).contains(&shells[0]));
    let last = pull(&curl);
    assert!(last.contains(&shells[1]) && last.contains("<n:EndOfSequence/>"), "{last}");
    assert!(pull(&curl).contains("InvalidEnumerationContext"));
}

#[test]
fn commands_of_a_shell_can_be_looked_at() {
    let Some(realm) = realm("commands_of_a_shell_can_be_looked_at") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted", "--allow", "visitor"]);
    let test = "commands_of_a_shell_can_be_looked_at";
    let Some(curl) = Curl::new(test, &realm, endpoint.port) else { return };
    let visitor =
        Curl::of_user(test, &realm, endpoint.port, "visitor", "Training-Visitor-1\n").unwrap();
    let shell = curl.shell();
    let filter = |dialect: &str, selector: &str, id: &str| {
        format!(
            r#"<w:Filter Dialect="{dialect}"><w:SelectorSet><w:Selector Name="{selector}">{id}</w:Selector></w:SelectorSet></w:Filter>"#
        )
    };
    let ask = |curl: &Curl<'_>, header: &str, inner: &str| {
        let body = format!("<n:Enumerate>{inner}</n:Enumerate>");
        curl.send(&envelope(ns::ENUMERATION, "Enumerate", ns::COMMANDS, header, &body))
    };
    let optimized = "<w:OptimizeEnumeration/><w:MaxElements>10</w:MaxElements>";
    let by_shell = |id: &str| format!("{optimized}{}", filter(ns::SELECTOR_FILTER, "ShellId", id));
    let none = ask(&curl, "", &by_shell(&shell));
    assert!(none.contains("<w:Items></w:Items><w:EndOfSequence/>"), "{none}");

    let done = command_id(&curl.start(&shell, "true &lt;/dev/null"));
    let answer = curl.receive(&shell, &done);
    assert!(answer.contains("<rsp:ExitCode>0<"), "{answer}");
    let running = command_id(&curl.start(&shell, "exec sleep 1000"));
    let both = ask(&curl, "", &by_shell(&shell));
    let item = |id: &str, line: &str, state: &str| {
        format!(
            "<rsp:Command><rsp:CommandId>{id}</rsp:CommandId><rsp:CommandLine>{line}</rsp:CommandLine>\
             <rsp:CommandState>{state}</rsp:CommandState></rsp:Command>"
        )
    };
    let first = item(&done, "true &lt;/dev/null", "Done");
    let second = item(&running, "exec sleep 1000", "Running");
    assert!(both.contains(&format!("<w:Items>{first}{second}</w:Items>")), "{both}");
    // The shell may also be named in the header, and the list be read in parts.
    let begun = ask(&curl, &shell, "");
    let context = between(&begun, "<n:EnumerationContext>", "</n:EnumerationContext>");
    let pull = |curl: &Curl<'_>| {
        let body =
            format!("<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext></n:Pull>");
        curl.send(&envelope(ns::ENUMERATION, "Pull", ns::COMMANDS, "", &body))
    };
    assert!(pull(&visitor).contains(r#"Code="2150858779""#));
    assert!(pull(&curl).contains(&format!("<n:Items>{first}</n:Items>")));
    assert!(pull(&curl).contains(&format!("<n:Items>{second}</n:Items><n:EndOfSequence/>")));
    // A command that was terminated is forgotten.
    let body = format!(
        r#"<rsp:Signal CommandId="{done}"><rsp:Code>{}/signal/terminate</rsp:Code></rsp:Signal>"#,
        ns::SHELL
    );
    curl.send(&envelope(ns::SHELL, "Signal", ns::CMD, &shell, &body));
    let rest = ask(&curl, "", &by_shell(&shell));
    assert!(rest.contains(&format!("<w:Items>{second}</w:Items>")), "{rest}");

    // Somebody else's shell looks as if it did not exist, and no shell is none.
    for (curl, header, inner, code) in [
        (&visitor, "", by_shell(&shell), "2150858843"),
        (&curl, "", by_shell("X"), "2150858843"),
        (
            &curl,
            "",
            filter("http://www.w3.org/TR/1999/REC-xpath-19991116", "ShellId", &shell),
            "2150858777",
        ),
        (&curl, "", filter(ns::SELECTOR_FILTER, "Owner", "trainer"), "2150858778"),
    ] {
        let answer = ask(curl, header, &inner);
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.contains(&format!(r#"Code="{code}""#)), "{inner}: {answer}");
    }
    let body = format!("<n:Enumerate>{optimized}</n:Enumerate>");
    let unnamed = envelope(ns::ENUMERATION, "Enumerate", ns::COMMANDS, "", &body)
        .replace(r#"<w:SelectorSet><w:Selector Name="ShellId"></w:Selector></w:SelectorSet>"#, "");
    assert!(curl.send(&unnamed).contains(r#"Code="2150858842""#));
}

#[test]
fn settings_and_unknown_things() {
    let Some(realm) = realm("settings_and_unknown_things") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted", "--max-envelope-size-kb", "100"]);
    let Some(curl) = Curl::new("settings_and_unknown_things", &realm, endpoint.port) else {
        return;
    };
    let config = "http://schemas.microsoft.com/wbem/wsman/1/config";
    let answer = curl.send(&envelope(ns::TRANSFER, "Get", config, "", ""));
    assert!(answer.contains("<cfg:MaxEnvelopeSizekb>100</cfg:MaxEnvelopeSizekb>"), "{answer}");
    let faults = [
        (ns::TRANSFER, "Get", "urn:x", "2150858752"),
        (ns::TRANSFER, "Put", config, "2150858753"),
        (ns::TRANSFER, "Get", ns::CMD, "2150858843"),
        (ns::SHELL, "Receive", ns::CMD, "2150858819"),
    ];
    for (namespace, action, resource, code) in faults {
        let answer = curl.send(&envelope(namespace, action, resource, "", ""));
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.contains(&format!(r#"Code="{code}""#)), "{action}: {answer}");
    }
    let big = envelope(ns::TRANSFER, "Create", ns::CMD, "", &" ".repeat(100 * 1024));
    assert!(curl.send(&big).contains(r#"Code="2150858790""#));
}

#[test]
fn utf16_is_answered_in_utf16() {
    let Some(realm) = realm("utf16_is_answered_in_utf16") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted"]);
    let Some(curl) = Curl::new("utf16_is_answered_in_utf16", &realm, endpoint.port) else { return };
    let file = realm.path("identify.xml");
    std::fs::write(&file, Charset::Utf16.encode(IDENTIFY)).unwrap();
    let mut command = curl.command("application/soap+xml;charset=UTF-16");
    command.stdin(std::fs::File::open(&file).unwrap());
    let answer = command.output().unwrap().stdout;
    let at = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    assert!(String::from_utf8_lossy(&answer[..at]).contains("charset=UTF-16"));
    let body = winrm::soap::decode_text(&answer[at..], "").unwrap();
    assert!(body.contains("IdentifyResponse"), "{body}");
}

#[test]
fn a_request_in_flight_is_answered_before_the_end() {
    let Some(realm) = realm("a_request_in_flight_is_answered_before_the_end") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted"]);
    let Some(curl) = Curl::new("a_request_in_flight", &realm, endpoint.port) else { return };
    let shell = curl.shell();
    let command = command_id(&curl.start(&shell, "exec sleep 1000"));
    let receive = envelope(ns::SHELL, "Receive", ns::CMD, &shell, &desired_stream(&command));
    for _ in 0..2 {
        endpoint.event("authentication");
    }
    let mut waiting = curl
        .command("application/soap+xml;charset=UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    waiting.stdin.take().unwrap().write_all(receive.as_bytes()).unwrap();
    // The Receive has arrived: it carried the third Authorization header.
    endpoint.event("authentication");
    let events = endpoint.stop();
    assert!(events.iter().any(|event| event["state"] == "stopped"), "{events:?}");
    let answer = String::from_utf8(waiting.wait_with_output().unwrap().stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("<rsp:ExitCode>137</rsp:ExitCode>"), "{answer}");
}

#[test]
fn a_shell_ends_with_its_lifetime() {
    let Some(realm) = realm("a_shell_ends_with_its_lifetime") else { return };
    let endpoint = realm.endpoint(&["--allow-unencrypted", "--max-lifetime", "1"]);
    let Some(curl) = Curl::new("a_shell_ends_with_its_lifetime", &realm, endpoint.port) else {
        return;
    };
    let shell = curl.shell();
    assert_eq!(endpoint.event("shell")["state"], "opened");
    assert_eq!(endpoint.event("shell")["state"], "lifetime");
    let get = curl.send(&envelope(ns::TRANSFER, "Get", ns::CMD, &shell, ""));
    assert!(get.contains(r#"Code="2150858843""#), "{get}");
}

#[test]
fn a_refused_request_leaves_its_connection_usable() {
    let Some(realm) = realm("a_refused_request_leaves_its_connection_usable") else { return };
    let endpoint = realm.endpoint(&[]);
    let foreign = include_str!("../tokens/spnego-ap-req.b64").trim();
    let foreign = format!("Authorization: Negotiate {foreign}\r\n");
    let mut stream = TcpStream::connect(("127.0.0.1", endpoint.port)).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut head = || {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(answers.read_line(&mut head).unwrap(), 0, "the connection ended: {head}");
        }
        head
    };
    for authorization in ["", &foreign, ""] {
        // The body comes later than the head; 100 says that the endpoint waits for it.
        let request = format!(
            "POST /wsman HTTP/1.1\r\nHost: x\r\n{authorization}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let first = head();
        assert!(first.starts_with("HTTP/1.1 100 "), "{first}");
        stream.write_all(b"<x/>").unwrap();
        let refused = head();
        assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
        assert!(!refused.contains("Connection: close"), "{refused}");
    }
}

/// What comes back when the peer says this and then nothing more.
fn silence(endpoint: &Endpoint, said: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", endpoint.port)).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    stream.write_all(said.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn slow_peers_are_left() {
    let Some(realm) = realm("slow_peers_are_left") else { return };
    let only = |switch| {
        let switches = ["--idle-timeout", "--head-timeout", "--body-timeout"];
        let values = switches.map(|name| if name == switch { "1" } else { "1000" });
        let arguments: Vec<_> =
            switches.into_iter().zip(values).flat_map(|(a, b)| [a, b]).collect();
        realm.endpoint(&arguments)
    };
    assert_eq!(silence(&only("--idle-timeout"), ""), "");
    assert_eq!(silence(&only("--head-timeout"), "POST /wsman HT"), "");
    let head = "POST /wsman HTTP/1.1\r\nHost: x\r\nWSMANIDENTIFY: unauthenticated\r\nContent-Length: 99\r\n\r\n<";
    let answer = silence(&only("--body-timeout"), head);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}
