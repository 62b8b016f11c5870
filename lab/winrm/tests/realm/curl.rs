//! curl as a WinRM client, which authenticates every request anew and seals none.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::message::{SHELL_BODY, command_line, desired_stream, envelope, shell_id};
use crate::support::{Realm, skipped, with_input};
use std::process::Command;
use winrm::soap::ns;

/// curl with a ticket of one user; `None` where curl has no SPNEGO.
pub(crate) struct Curl<'a> {
    realm: &'a Realm,
    port: u16,
    ccache: String,
}

impl<'a> Curl<'a> {
    pub(crate) fn new(test: &str, realm: &'a Realm, port: u16) -> Option<Self> {
        Self::of_user(test, realm, port, "trainer", "Training-Trainer-1\n")
    }

    pub(crate) fn of_user(
        test: &str,
        realm: &'a Realm,
        port: u16,
        user: &str,
        password: &str,
    ) -> Option<Self> {
        let version = with_input(realm.program("curl").arg("--version"), "");
        if !String::from_utf8_lossy(&version.stdout).contains("SPNEGO") {
            skipped(test, "curl with SPNEGO is not installed");
            return None;
        }
        let ccache = format!("FILE:{}", realm.path(user).display());
        let kinit = with_input(realm.program("kinit").args(["-c", &ccache, user]), password);
        assert!(kinit.status.success(), "{kinit:?}");
        Some(Self { realm, port, ccache })
    }

    pub(crate) fn command(&self, kind: &str) -> Command {
        let mut curl = self.realm.program("curl");
        curl.env("KRB5CCNAME", &self.ccache)
            .args(["-s", "-i", "--negotiate", "-u", ":", "--data-binary", "@-", "-H"])
            .arg(format!("Content-Type: {kind}"))
            .arg(format!("http://localhost:{}/wsman", self.port));
        curl
    }

    pub(crate) fn send(&self, envelope: &str) -> String {
        let kind = "application/soap+xml;charset=UTF-8";
        String::from_utf8(with_input(&mut self.command(kind), envelope).stdout).unwrap()
    }

    pub(crate) fn shell(&self) -> String {
        shell_id(&self.create(SHELL_BODY))
    }

    /// The answer to Create.
    pub(crate) fn create(&self, body: &str) -> String {
        self.send(&envelope(ns::TRANSFER, "Create", ns::CMD, "", body))
    }

    /// The answer to Command.
    pub(crate) fn start(&self, shell: &str, command: &str) -> String {
        self.send(&envelope(ns::SHELL, "Command", ns::CMD, shell, &command_line(command)))
    }

    /// The answer to Receive.
    pub(crate) fn receive(&self, shell: &str, command: &str) -> String {
        self.send(&envelope(ns::SHELL, "Receive", ns::CMD, shell, &desired_stream(command)))
    }
}
