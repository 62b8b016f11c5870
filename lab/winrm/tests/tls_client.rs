//! winrm-client against winrmd over TLS, with channel bindings.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use support::certificate::Certificate;
use support::{Realm, realm};

const PASSWORD: &str = "Training-Trainer-1\n";

fn connect(realm: &Realm, port: u16, ca: &str) -> Value {
    let arguments = ["--json", "--password-stdin", "--use-ssl", "--ca", ca, "-c", "exit 3"];
    let output = realm.client_output(port, &arguments, PASSWORD);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn use_ssl() {
    let Some(realm) = realm("use_ssl") else { return };
    let own = Certificate::new(&realm, "own", "localhost");
    let other = Certificate::new(&realm, "other", "other.contoso.com");
    for level in ["none", "relaxed", "strict"] {
        let (_endpoint, port) = own.endpoint(&realm, level);
        let seen = connect(&realm, port, &own.certificate);
        assert_eq!(seen["command"]["exit_code"], 3, "{level}: {seen:#}");
        let seen = connect(&realm, port, &other.certificate);
        assert_eq!(seen["client_status"]["name"], "ERROR_WINHTTP_SECURE_FAILURE", "{seen:#}");
        assert_eq!(seen["ap"]["result"], "not-reached");
    }
    let (_endpoint, port) = other.endpoint(&realm, "relaxed");
    let seen = connect(&realm, port, &other.certificate);
    let message = seen["client_status"]["message"].as_str().unwrap();
    assert!(message.contains("does not match the hostname."), "{message}");
}
