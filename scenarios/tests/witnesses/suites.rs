//! The clients' own test suites, at the versions of the witnesses, and what the two Python clients
//! can do with MEM1 (`acceptance.py`).
//!
//! pywinrm's runs against the lab's endpoint; of pypsrp's, what it recorded of Windows is replayed.

use spnlab_harness::accounts;

use crate::witness::{State, inside, read, ticket};

/// A suite.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    /// How many tests pass. The versions are fixed, so another number is a change.
    passed: usize,
    kind: Kind,
}

enum Kind {
    Pytest {
        folder: &'static str,
        tests: &'static str,
        /// Tests that are not run, with the reason.
        without: &'static [(&'static str, &'static str)],
    },
    /// The level of channel binding that MEM1 has.
    Acceptance(&'static str),
}

const CMD: &str = "looks for the words of cmd.exe or ipconfig";
const POWERSHELL: &str = "needs PowerShell";
const SLEEP: &str = "needs PowerShell's Start-Sleep (tried: 127, not found); the same with sleep is in acceptance.py";
const CREDSSP: &str = "needs requests-credssp";
const CREDSSP_NO_KWARGS: &str =
    "tests/tests_pypsrp/test_wsman.py::TestTransportHTTP::test_build_credssp_no_kwargs";
const CREDSSP_KWARGS: &str =
    "tests/tests_pypsrp/test_wsman.py::TestTransportHTTP::test_build_credssp_with_kwargs";
const PORTS: &str = "needs a Windows host that takes NTLM and CredSSP";

/// All of them.
pub(crate) const SUITES: &[Suite] = &[
    Suite {
        name: "suite-pywinrm",
        state: State::Healthy,
        passed: 68,
        kind: Kind::Pytest {
            folder: "pywinrm-0.5.0",
            tests: "winrm/tests",
            without: &[
                ("winrm/tests/test_integration_protocol.py::test_get_command_output", CMD),
                ("winrm/tests/test_integration_protocol.py::test_run_command_with_env", CMD),
                ("winrm/tests/test_integration_protocol.py::test_unicode_roundtrip", POWERSHELL),
                (
                    "winrm/tests/test_integration_protocol.py::test_run_command_taking_more_than_operation_timeout_sec",
                    SLEEP,
                ),
            ],
        },
    },
    Suite {
        name: "suite-pypsrp",
        state: State::Healthy,
        passed: 350,
        kind: Kind::Pytest {
            folder: "pypsrp-0.9.1",
            tests: "tests",
            without: &[
                ("tests/tests_pypsrp/test_integration.py", PORTS),
                (CREDSSP_NO_KWARGS, CREDSSP),
                (CREDSSP_KWARGS, CREDSSP),
            ],
        },
    },
    Suite {
        name: "acceptance-relaxed",
        state: State::Healthy,
        passed: 43,
        kind: Kind::Acceptance("relaxed"),
    },
    Suite {
        name: "acceptance-strict",
        state: State::Strict,
        passed: 41,
        kind: Kind::Acceptance("strict"),
    },
];

impl Suite {
    /// Runs it; returns its last line. Nothing may fail, nothing be left out that is not named
    /// here, and as many tests pass as always.
    pub(crate) fn run(&self, container: &str) -> Result<String, String> {
        ticket(container)?;
        let said = match &self.kind {
            Kind::Pytest { folder, tests, without } => {
                for (test, reason) in *without {
                    println!("left out: {}: {test}: {reason}", self.name);
                }
                inside(container, &["sh"], &pytest(folder, tests, without))?
            }
            Kind::Acceptance(level) => {
                let python = ["/opt/witness/bin/python", "-", *level];
                format!("{}status 0", inside(container, &python, &read("acceptance.py")?)?)
            }
        };
        let mut lines: Vec<&str> = said.lines().collect();
        let status = lines.pop().unwrap_or_default();
        let summary = lines.last().copied().unwrap_or_default();
        if status != "status 0" || summary.contains(" skipped") {
            let end = lines.len().saturating_sub(30);
            return Err(lines.get(end..).unwrap_or_default().join("\n"));
        }
        if passed(summary) != Some(self.passed) {
            return Err(format!("not {} passed: {summary}", self.passed));
        }
        Ok(summary.to_owned())
    }
}

/// The number before `passed`.
fn passed(summary: &str) -> Option<usize> {
    let words: Vec<&str> = summary.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let pair = words.windows(2).find(|pair| matches!(pair, [_, "passed"]))?;
    pair.first()?.parse().ok()
}

/// The script that runs a suite; with the password in it, it goes through standard input.
fn pytest(folder: &str, tests: &str, without: &[(&str, &str)]) -> String {
    let without: Vec<String> =
        without.iter().map(|(test, _)| format!("--deselect {test}")).collect();
    format!(
        "cd /suites/{folder} || exit\n\
         export WINRM_ENDPOINT=http://mem1.contoso.com:5985/wsman WINRM_TRANSPORT=kerberos\n\
         export WINRM_USERNAME={} WINRM_PASSWORD={}\n\
         /opt/witness/bin/python -m pytest -q -p no:cacheprovider -r fEs {tests} {} 2>&1\n\
         echo \"status $?\"\n",
        accounts::TRAINER.principal(),
        accounts::TRAINER.password,
        without.join(" "),
    )
}
