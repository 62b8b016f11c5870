//! The client's options, and endpoints that are no WinRM endpoints.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use support::{Realm, realm};

const PASSWORD: &str = "Training-Trainer-1\n";

/// Answers every request with this head and no body; returns the port.
fn stranger(head: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 16384];
            let _ = stream.read(&mut request);
            let _ = write!(stream, "HTTP/1.1 {head}Content-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    port
}

fn report(realm: &Realm, port: u16, more: &[&str]) -> Value {
    let arguments = [&["--json", "--password-stdin"], more].concat();
    let output = realm.client_output(port, &arguments, PASSWORD);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn nothing_falls_back_to_another_scheme() {
    let Some(realm) = realm("nothing_falls_back_to_another_scheme") else { return };
    let basic = stranger("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n");
    let seen = report(&realm, basic, &[]);
    assert_eq!(seen["ap"]["result"], "scheme-not-offered", "{seen:#}");
    assert_eq!(
        seen["ap"]["text"],
        "the endpoint offers Basic, not Negotiate; nothing else was tried"
    );
    assert_eq!(seen["http"]["offers"], serde_json::json!(["Basic"]));
    assert_eq!(seen["client_status"]["name"], "ERROR_ACCESS_DENIED");
    let message = seen["client_status"]["message"].as_str().unwrap();
    assert!(message.contains("tried to use Negotiate authentication mechanism"), "{message}");
    assert!(message.contains("reported by server: Basic "), "{message}");
    let ntlm = stranger("401 Unauthorized\r\nWWW-Authenticate: NTLM\r\n");
    let seen = report(&realm, ntlm, &["--authentication", "kerberos"]);
    assert_eq!(
        seen["ap"]["text"],
        "the endpoint offers NTLM, not Kerberos; nothing else was tried"
    );
    let silent = stranger("401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\n");
    let seen = report(&realm, silent, &[]);
    assert_eq!(seen["ap"]["result"], "refused-without-token");
}

#[test]
fn servers_that_are_no_endpoints_are_named() {
    let Some(realm) = realm("servers_that_are_no_endpoints_are_named") else { return };
    let cases =
        [("404 Not Found\r\n", "0x80338113"), ("503 Service Unavailable\r\n", "0x80338112")];
    for (head, hex) in cases {
        let seen = report(&realm, stranger(head), &[]);
        assert_eq!(seen["client_status"]["hex"], hex, "{seen:#}");
        // They answer the request, and say nothing of the ticket in it.
        assert_eq!(seen["ap"]["result"], "unanswered");
    }
    let seen = report(&realm, stranger("500 Internal Server Error\r\n"), &[]);
    assert_eq!(seen["client_status"], Value::Null);
    assert_eq!(seen["winrm"]["text"], "HTTP status 500 without a WS-Management message");
    // A server that proves nothing is not believed.
    let seen = report(&realm, stranger("200 OK\r\n"), &[]);
    assert_eq!(seen["ap"]["text"], "the endpoint did not prove its identity");
}

#[test]
fn schemes_and_default_credentials() {
    let Some(realm) = realm("schemes_and_default_credentials") else { return };
    let endpoint = realm.endpoint(&[]);
    let scheme = |more: &[&str], input: &str| {
        let (status, seen) = realm.client(&endpoint, &[more, &["-c", "exit 3"]].concat(), input);
        assert_eq!(status, 3, "{seen:#}");
        let line = endpoint.event("authentication");
        assert_eq!(line["scheme"], seen["settings"]["authentication"]);
        (line["scheme"].clone(), line["mechanism"].clone())
    };
    let kerberos = (Value::from("Kerberos"), Value::from("krb5"));
    let negotiate = (Value::from("Negotiate"), Value::from("spnego"));
    let password = ["--password-stdin"];
    assert_eq!(scheme(&password, PASSWORD), negotiate);
    assert_eq!(scheme(&["--password-stdin", "--authentication", "kerberos"], PASSWORD), kerberos);
    // A password in a file.
    let file = realm.path("password");
    std::fs::write(&file, PASSWORD).unwrap();
    let file = file.display().to_string();
    assert_eq!(scheme(&["--password-file", &file], ""), negotiate);
    // The default ticket cache.
    let kinit = support::with_input(realm.program("kinit").arg("trainer"), PASSWORD);
    assert!(kinit.status.success(), "{kinit:?}");
    assert_eq!(scheme(&[], ""), kerberos);
    assert_eq!(scheme(&["--authentication", "negotiate"], ""), negotiate);
}

#[test]
fn an_address_is_no_name() {
    let Some(realm) = realm("an_address_is_no_name") else { return };
    let mut client = realm.program(env!("CARGO_BIN_EXE_winrm-client"));
    let output = support::with_input(client.args(["--no-registry", "--json", "127.0.0.1"]), "");
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["as"]["result"], "not-reached", "{seen:#}");
    assert_eq!(seen["client_status"]["name"], "ERROR_WSMAN_DEFAULTAUTH_IPADDRESS");
}

#[test]
fn what_people_read() {
    let Some(realm) = realm("what_people_read") else { return };
    let endpoint = realm.endpoint(&[]);
    let said = |more: &[&str], input: &str| {
        let arguments = [&["--password-stdin"], more].concat();
        let output = realm.client_output(endpoint.port, &arguments, input);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let broken = said(&["--spn-prefix", "MISPLACED"], PASSWORD);
    assert!(
        broken.starts_with("Enter-PSSession : Connecting to remote server localhost"),
        "{broken}"
    );
    assert!(
        broken.contains("with errorcode 0x80090322 occurred while using Negotiate"),
        "{broken}"
    );
    assert!(
        broken.ends_with(
            "winrm-client: stage AP: KRB_AP_ERR_MODIFIED (41) from the endpoint; what a Windows \
             client reports: SEC_E_WRONG_PRINCIPAL (0x80090322), FullyQualifiedErrorId \
             CreateRemoteRunspaceFailed (documented)\n"
        ),
        "{broken}"
    );
    // Nobody knows what Windows says about a client whose name has expired.
    realm.kadmin("modprinc -expire yesterday trainer\n");
    let unknown = said(&[], PASSWORD);
    assert!(unknown.contains("stage AS: KDC_ERR_NAME_EXP (1) from the KDC"), "{unknown}");
    assert!(
        unknown.ends_with("what a Windows client reports for this is not known\n"),
        "{unknown}"
    );
    assert!(!unknown.contains("0x8"), "{unknown}");
}
