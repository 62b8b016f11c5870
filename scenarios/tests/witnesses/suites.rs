//! The clients' own test suites, at the versions of the witnesses.
//!
//! pywinrm's runs against the lab's endpoint; of pypsrp's, what it recorded of Windows is replayed.

use spnlab_harness::accounts;

use crate::witness::{inside, ticket};

/// A suite.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    folder: &'static str,
    tests: &'static str,
    /// Tests that are not run, with the reason.
    without: &'static [(&'static str, &'static str)],
}

const CMD: &str = "looks for the words of cmd.exe or ipconfig";
const POWERSHELL: &str = "needs PowerShell";
const CREDSSP: &str = "needs requests-credssp";
const CREDSSP_NO_KWARGS: &str =
    "tests/tests_pypsrp/test_wsman.py::TestTransportHTTP::test_build_credssp_no_kwargs";
const CREDSSP_KWARGS: &str =
    "tests/tests_pypsrp/test_wsman.py::TestTransportHTTP::test_build_credssp_with_kwargs";
const PORTS: &str = "needs a Windows host that takes NTLM and CredSSP";

/// Both.
pub(crate) const SUITES: &[Suite] = &[
    Suite {
        name: "suite-pywinrm",
        folder: "pywinrm-0.5.0",
        tests: "winrm/tests",
        without: &[
            ("winrm/tests/test_integration_protocol.py::test_get_command_output", CMD),
            ("winrm/tests/test_integration_protocol.py::test_run_command_with_env", CMD),
            ("winrm/tests/test_integration_protocol.py::test_unicode_roundtrip", POWERSHELL),
            (
                "winrm/tests/test_integration_protocol.py::test_run_command_taking_more_than_operation_timeout_sec",
                POWERSHELL,
            ),
        ],
    },
    Suite {
        name: "suite-pypsrp",
        folder: "pypsrp-0.9.1",
        tests: "tests",
        without: &[
            ("tests/tests_pypsrp/test_integration.py", PORTS),
            (CREDSSP_NO_KWARGS, CREDSSP),
            (CREDSSP_KWARGS, CREDSSP),
        ],
    },
];

impl Suite {
    /// Runs it; returns pytest's last line. Nothing may fail, and nothing be left out that is not named here.
    pub(crate) fn run(&self, container: &str) -> Result<String, String> {
        ticket(container)?;
        for (test, reason) in self.without {
            println!("left out: {}: {test}: {reason}", self.name);
        }
        let without: Vec<String> =
            self.without.iter().map(|(test, _)| format!("--deselect {test}")).collect();
        // The script, with the password, goes through standard input.
        let script = format!(
            "cd /suites/{} || exit\n\
             export WINRM_ENDPOINT=http://mem1.contoso.com:5985/wsman WINRM_TRANSPORT=kerberos\n\
             export WINRM_USERNAME={} WINRM_PASSWORD={}\n\
             /opt/witness/bin/python -m pytest -q -p no:cacheprovider -r fEs {} {} 2>&1\n\
             echo \"status $?\"\n",
            self.folder,
            accounts::TRAINER.principal(),
            accounts::TRAINER.password,
            self.tests,
            without.join(" "),
        );
        let said = inside(container, &["sh"], &script)?;
        let mut lines: Vec<&str> = said.lines().collect();
        let status = lines.pop().unwrap_or_default();
        let summary = lines.last().copied().unwrap_or_default();
        if status == "status 0" && summary.contains(" passed") && !summary.contains(" skipped") {
            return Ok(summary.to_owned());
        }
        let end = lines.len().saturating_sub(30);
        Err(lines.get(end..).unwrap_or_default().join("\n"))
    }
}
