//! winrm-client against winrmd over TLS, with channel bindings.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use support::{Realm, realm, with_input};

const PASSWORD: &str = "Training-Trainer-1\n";

/// A certificate for a name that is its own CA; returns the endpoint's options.
fn certificate(realm: &Realm, name: &str) -> [String; 4] {
    let at = |kind: &str| realm.path(&format!("{name}.{kind}")).display().to_string();
    let (certificate, key) = (at("crt"), at("key"));
    let mut openssl = realm.program("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]);
    openssl.args(["-subj", &format!("/CN={name}"), "-days", "2", "-keyout", &key, "-out"]);
    openssl.args([&certificate, "-addext", &format!("subjectAltName=DNS:{name}")]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    let output = with_input(&mut openssl, "");
    assert!(output.status.success(), "{output:?}");
    // winrmd may run as somebody else.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&key, open).unwrap();
    ["--tls-cert".to_owned(), certificate, "--tls-key".to_owned(), key]
}

fn connect(realm: &Realm, port: &str, ca: &str) -> Value {
    let port = port.parse().unwrap();
    let arguments = ["--json", "--password-stdin", "--use-ssl", "--ca", ca, "-c", "exit 3"];
    let output = realm.client_output(port, &arguments, PASSWORD);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn use_ssl() {
    let Some(realm) = realm("use_ssl") else { return };
    let files = certificate(&realm, "localhost");
    let other = certificate(&realm, "other.contoso.com");
    for level in ["none", "relaxed", "strict"] {
        let mut arguments = vec!["--listen-tls", "127.0.0.1:0", "--channel-binding", level];
        arguments.extend(files.iter().map(String::as_str));
        let endpoint = realm.endpoint(&arguments);
        let address = endpoint.event("listening")["address"].as_str().unwrap().to_owned();
        let port = address.rsplit(':').next().unwrap();
        let seen = connect(&realm, port, &files[1]);
        assert_eq!(seen["command"]["exit_code"], 3, "{level}: {seen:#}");
        let seen = connect(&realm, port, &other[1]);
        assert_eq!(seen["client_status"]["name"], "ERROR_WINHTTP_SECURE_FAILURE", "{seen:#}");
        assert_eq!(seen["ap"]["result"], "not-reached");
    }
    let mut arguments = vec!["--listen-tls", "127.0.0.1:0"];
    arguments.extend(other.iter().map(String::as_str));
    let endpoint = realm.endpoint(&arguments);
    let address = endpoint.event("listening")["address"].as_str().unwrap().to_owned();
    let seen = connect(&realm, address.rsplit(':').next().unwrap(), &other[1]);
    let message = seen["client_status"]["message"].as_str().unwrap();
    assert!(message.contains("does not match the hostname."), "{message}");
}
