//! The witnesses: a client, the options it has for the article's resolutions, and a state.

use std::io::Write as _;
use std::process::{Command, Stdio};

use spnlab_harness::accounts;

/// What the directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The baseline.
    Healthy,
    /// The article's condition.
    Article,
    /// The article's condition, and MEM1 has `WSMAN/…` and `HTTP/…:5985`.
    Registered,
}

/// A client.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Client {
    Pywinrm,
    Pypsrp,
    Curl,
}

/// A client in a state.
#[derive(Debug)]
pub(crate) struct Witness {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    client: Client,
    /// Keyword arguments as JSON, or words for the command line.
    options: &'static str,
}

const fn witness(
    name: &'static str,
    state: State,
    client: Client,
    options: &'static str,
) -> Witness {
    Witness { name, state, client, options }
}

use Client::{Curl, Pypsrp, Pywinrm};
use State::{Article, Healthy, Registered};

const PSRP: &str = r#"{"auth":"kerberos","encryption":"auto","negotiate_service":"HTTP"}"#;
const PSRP_ALWAYS: &str = r#"{"auth":"kerberos","encryption":"always","negotiate_service":"HTTP"}"#;
const PSRP_NEGOTIATE: &str = r#"{"auth":"negotiate","negotiate_service":"HTTP"}"#;
const PSRP_WSMAN: &str = r#"{"auth":"kerberos","negotiate_service":"WSMAN"}"#;
const PSRP_PORT: &str = r#"{"auth":"kerberos","negotiate_service":"HTTP","negotiate_hostname_override":"mem1.contoso.com:5985"}"#;
const WINRM_WSMAN: &str = r#"{"service":"WSMAN"}"#;
const WINRM_PORT: &str = r#"{"kerberos_hostname_override":"mem1.contoso.com:5985"}"#;
const CURL_WSMAN: &str = "--service-name WSMAN";

/// All of them. A class without an SPN is asked for in the state `Article`.
pub(crate) const WITNESSES: &[Witness] = &[
    witness("healthy-pywinrm", Healthy, Pywinrm, "{}"),
    witness("healthy-pypsrp", Healthy, Pypsrp, PSRP),
    witness("healthy-pypsrp-encryption-always", Healthy, Pypsrp, PSRP_ALWAYS),
    witness("healthy-pypsrp-negotiate", Healthy, Pypsrp, PSRP_NEGOTIATE),
    witness("healthy-pypsrp-by-default", Healthy, Pypsrp, r#"{"auth":"kerberos"}"#),
    witness("healthy-curl", Healthy, Curl, ""),
    witness("article-pywinrm", Article, Pywinrm, "{}"),
    witness("article-pywinrm-wsman-unregistered", Article, Pywinrm, WINRM_WSMAN),
    witness("article-pywinrm-port-unregistered", Article, Pywinrm, WINRM_PORT),
    witness("article-pypsrp", Article, Pypsrp, PSRP),
    witness("article-pypsrp-encryption-always", Article, Pypsrp, PSRP_ALWAYS),
    witness("article-pypsrp-negotiate", Article, Pypsrp, PSRP_NEGOTIATE),
    witness("article-pypsrp-by-default", Article, Pypsrp, r#"{"auth":"kerberos"}"#),
    witness("article-pypsrp-wsman-unregistered", Article, Pypsrp, PSRP_WSMAN),
    witness("article-curl", Article, Curl, ""),
    witness("article-curl-wsman-unregistered", Article, Curl, CURL_WSMAN),
    witness("registered-pywinrm-wsman", Registered, Pywinrm, WINRM_WSMAN),
    witness("registered-pywinrm-port", Registered, Pywinrm, WINRM_PORT),
    witness("registered-pypsrp-wsman", Registered, Pypsrp, PSRP_WSMAN),
    witness("registered-pypsrp-port", Registered, Pypsrp, PSRP_PORT),
    witness("registered-curl-wsman", Registered, Curl, CURL_WSMAN),
];

impl Witness {
    /// The client with its options, for the head of the snapshot.
    pub(crate) fn describe(&self) -> String {
        let state = match self.state {
            Healthy => "healthy",
            Article => "the article's condition",
            Registered => "the article's condition, WSMAN and port SPNs on MEM1",
        };
        format!("{:?} {} ({state})", self.client, self.options)
    }

    /// Runs the client with fresh tickets; returns what it printed.
    pub(crate) fn ask(&self, container: &str) -> Result<String, String> {
        let user = accounts::TRAINER;
        let _ = inside(container, &["kdestroy", "-A"], "");
        let password = format!("{}\n", user.password);
        inside(container, &["kinit", user.name], &password)?;
        let python = ["/opt/witness/bin/python", "-", self.options];
        let said = match self.client {
            Pywinrm => {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/pywinrm.py");
                inside(container, &python, &read(script)?)
            }
            Pypsrp => {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/pypsrp.py");
                inside(container, &python, &read(script)?)
            }
            Curl => {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/curl.sh");
                let mut words = vec!["sh", "-s", "--"];
                words.extend(self.options.split_whitespace());
                inside(container, &words, &read(script)?)
            }
        };
        said.map(|text| text.trim_end().to_owned())
    }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

/// Runs a program in the container; it must succeed.
fn inside(container: &str, words: &[&str], input: &str) -> Result<String, String> {
    let mut command = Command::new("docker");
    command.args(["exec", "-i", container]).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}", words.join(" "), said.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
