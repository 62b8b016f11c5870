//! Certificates that are their own CA.

use super::{Endpoint, Realm, with_input};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

/// A certificate for a name; `--ca` of a client takes it too.
pub(crate) struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Certificate {
    /// Makes one; `file` tells two of one name apart.
    pub(crate) fn new(realm: &Realm, file: &str, name: &str) -> Self {
        let at = |kind: &str| realm.path(&format!("{file}.{kind}")).display().to_string();
        let (certificate, key) = (at("crt"), at("key"));
        let mut openssl = realm.program("openssl");
        openssl
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-nodes", "-days", "2", "-subj", &format!("/CN={name}")])
            .args(["-addext", &format!("subjectAltName=DNS:{name}")])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-keyout", &key, "-out", &certificate]);
        let output = with_input(&mut openssl, "");
        assert!(output.status.success(), "{output:?}");
        // winrmd may run as somebody else.
        fs::set_permissions(&key, Permissions::from_mode(0o644)).expect("chmod");
        Self { certificate, key }
    }

    /// Starts winrmd with it; returns its port with TLS, too.
    pub(crate) fn endpoint(&self, realm: &Realm, level: &str) -> (Endpoint, u16) {
        let files = ["--tls-cert", &self.certificate, "--tls-key", &self.key];
        let listener = ["--listen-tls", "127.0.0.1:0", "--channel-binding", level];
        let endpoint = realm.endpoint(&[&files[..], &listener].concat());
        let line = endpoint.event("listening");
        let address = line["address"].as_str().expect("an address");
        let port = address.rsplit(':').next().expect("a port").parse().expect("a port");
        (endpoint, port)
    }
}
