//! A witness: a client, the options it has for the article's resolutions, and a state.

use std::io::Write as _;
use std::process::{Command, Stdio};

use spnlab_harness::accounts;

/// Where the program around winrm-rs is in the container.
pub(crate) const WINRM_RS: &str = "/tmp/witness-winrm-rs";

/// What the directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The baseline.
    Healthy,
    /// The article's condition.
    Article,
    /// The article's condition, then its option 1: the SPNs are gone from the web site's account.
    Removed,
    /// The article's condition, and MEM1 has `WSMAN/…` and `HTTP/…:5985`.
    Registered,
    /// The baseline, in a lab whose WinRM takes no ticket without channel bindings over HTTPS.
    Strict,
}

/// A client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Pywinrm,
    Pypsrp,
    /// pypsrp, asking which runspace pools there are.
    Pools,
    Curl,
    /// `ansible.builtin.raw` through the winrm connection plugin.
    Ansible,
    /// The same of another version of Ansible.
    OlderAnsible,
    /// A small program around the crate.
    WinrmRs,
    /// None of them: which versions these are.
    Versions,
}

/// A client in a state.
#[derive(Debug)]
pub(crate) struct Witness {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    pub(crate) client: Client,
    /// Keyword arguments or variables as JSON, or words for the command line.
    pub(crate) options: &'static str,
}

impl Witness {
    /// The client with its options, for the head of the snapshot.
    pub(crate) fn describe(&self) -> String {
        let state = match self.state {
            State::Healthy => "healthy",
            State::Article => "the article's condition",
            State::Removed => "the article's condition, after option 1",
            State::Registered => "the article's condition, WSMAN and port SPNs on MEM1",
            State::Strict => "healthy, channel bindings strict",
        };
        format!("{:?} {} ({state})", self.client, self.options)
    }

    /// Runs the client with fresh tickets; returns what it printed.
    pub(crate) fn ask(&self, container: &str) -> Result<String, String> {
        ticket(container)?;
        let script = match self.client.script() {
            Some(script) => read(script)?,
            None => String::new(),
        };
        let mut words = match self.client {
            Client::Pywinrm | Client::Pypsrp | Client::Pools => {
                vec!["/opt/witness/bin/python", "-", self.options]
            }
            Client::Ansible => vec!["sh", "-s", "--", self.options],
            Client::OlderAnsible => {
                vec!["env", "PYTHONPATH=/opt/older", "sh", "-s", "--", self.options]
            }
            Client::Versions => vec!["/opt/witness/bin/python", "-"],
            Client::Curl => vec!["sh", "-s", "--"],
            // It does not look at this variable, which tells others of its kind their CAs.
            Client::WinrmRs => vec!["env", "SSL_CERT_FILE=/etc/spnlab/ca.pem", WINRM_RS],
        };
        if matches!(self.client, Client::Curl | Client::WinrmRs) {
            words.extend(self.options.split_whitespace());
        }
        inside(container, &words, &script).map(|text| without_lines(text.trim_end()))
    }
}

impl Client {
    /// Its script, below `scenarios/witnesses`.
    fn script(self) -> Option<&'static str> {
        Some(match self {
            Self::WinrmRs => return None,
            Self::Pywinrm => "pywinrm.py",
            Self::Pypsrp => "pypsrp.py",
            Self::Pools => "pools.py",
            Self::Curl => "curl.sh",
            Self::Ansible | Self::OlderAnsible => "ansible.sh",
            Self::Versions => "versions.py",
        })
    }
}

/// A fresh ticket for the user, and no other.
pub(crate) fn ticket(container: &str) -> Result<(), String> {
    let user = accounts::TRAINER;
    let _ = inside(container, &["kdestroy", "-A"], "");
    inside(container, &["kinit", user.name], &format!("{}\n", user.password))?;
    Ok(())
}

/// The line of Python's C source that names an error of TLS says which build of Python it was.
fn without_lines(said: &str) -> String {
    let mut parts = said.split("(_ssl.c:");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("(_ssl.c:[line]");
        text.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    text
}

/// A script, below `scenarios/witnesses`.
pub(crate) fn read(script: &str) -> Result<String, String> {
    let path = format!("{}/witnesses/{script}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))
}

/// Runs a program in the container; it must succeed.
pub(crate) fn inside(container: &str, words: &[&str], input: &str) -> Result<String, String> {
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
