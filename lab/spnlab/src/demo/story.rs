//! Tells the story, and compares the expected facts with the seen ones.

use spnlab_harness::{Attempt, EvidenceDir, Lab, accounts};

use super::check::Check;
use super::table;
use crate::console::{BAD, BOLD, Console, GOOD};
use crate::failure::Failure;
use crate::show::facts;

/// The story so far.
pub(crate) struct Story<'a> {
    console: &'a Console,
    evidence: EvidenceDir,
    checks: Vec<Check>,
}

impl<'a> Story<'a> {
    pub(crate) fn new(console: &'a Console, evidence: EvidenceDir) -> Self {
        Self { console, evidence, checks: Vec::new() }
    }

    pub(crate) fn evidence(&self) -> &EvidenceDir {
        &self.evidence
    }

    pub(crate) fn chapter(&self, title: &str) {
        self.console.print(&format!("\n{BOLD}{title}{BOLD:#}"));
    }

    pub(crate) fn tell(&self, text: &str) {
        self.console.print(&format!("  {text}"));
    }

    /// Shows the command that a user on Windows would type here.
    pub(crate) fn command(&self, line: &str) {
        self.console.print(&format!("\n  {BOLD}> {line}{BOLD:#}"));
    }

    /// Shows several lines of output.
    pub(crate) fn block(&self, text: &str) {
        for line in text.trim_end().lines() {
            self.console.print(&format!("  | {line}"));
        }
    }

    /// Shows a text that wraps itself, as a block.
    pub(crate) fn wrapped(&self, text: &impl std::fmt::Display) {
        let columns = self.console.columns().saturating_sub(4);
        for line in format!("{text:columns$}").trim_end().lines() {
            self.console.pass_on(&format!("  | {line}"));
        }
    }

    /// Shows Windows' message for a failed connection.
    pub(crate) fn message(&self, attempt: &Attempt) {
        if let Some(status) = &attempt.report.client_status {
            self.block(&status.message);
        }
    }

    /// Shows the output of the remote command, and what Kerberos did.
    pub(crate) fn attempt(&self, attempt: &Attempt) {
        if let Some(ran) = &attempt.report.command {
            self.block(&ran.stdout);
        }
        for line in facts::of(attempt) {
            self.tell(&format!("  {line}"));
        }
    }

    /// Compares, shows the result, and keeps it for the summary.
    pub(crate) fn expect(&mut self, state: &str, what: &str, expected: &str, seen: String) {
        let as_expected = expected == seen;
        let text = if as_expected {
            format!("{GOOD}ok{GOOD:#}    {what}: {seen}")
        } else {
            format!("{BAD}WRONG{BAD:#} {what}: expected {expected}, saw {seen}")
        };
        self.tell(&text);
        self.checks.push(Check {
            state: state.to_owned(),
            what: what.to_owned(),
            expected: expected.to_owned(),
            seen,
            as_expected,
        });
    }

    /// Visits the web site with Kerberos and expects this status.
    pub(crate) async fn browse(
        &mut self,
        lab: &Lab,
        state: &str,
        host: &str,
        status: u16,
    ) -> Result<(), Failure> {
        let visit = lab.browse(host, accounts::TRAINER).await?;
        self.command(&format!("curl --negotiate --user : http://{host}/"));
        self.block(&plain(&visit.body));
        visit.write_to(&self.evidence, &format!("{}-web-site", state.replace(' ', "-")))?;
        if !visit.logged_in() {
            for line in facts::of_visit(&visit) {
                self.tell(&format!("  {line}"));
            }
        }
        let user = accounts::TRAINER.principal();
        let words = |status: u16, user: Option<&String>| match (status, user) {
            (200, Some(user)) => format!("{user} logged in (HTTP 200)"),
            (401, _) => "refused (HTTP 401)".to_owned(),
            (other, _) => format!("HTTP {other}, nobody logged in"),
        };
        let what = format!("web site {host}");
        let seen = words(visit.http_status, visit.user.as_ref());
        self.expect(state, &what, &words(status, Some(&user)), seen);
        Ok(())
    }

    /// Collects logs, inventory and capture.
    pub(crate) async fn finish(&self, lab: &Lab) -> Result<(), Failure> {
        lab.collect_evidence(&self.evidence).await?;
        Ok(())
    }

    /// Shows the summary. An outcome that was not the expected one is an error.
    pub(crate) fn end(&self) -> Result<u8, Failure> {
        self.chapter("Summary");
        for line in table::of(&self.checks, self.console.terminal().map(|columns| columns - 2)) {
            self.tell(&line);
        }
        let path = self.evidence.path();
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.tell("");
        self.tell(&format!("evidence (reports, logs, client.pcap): {}", path.display()));
        self.console.document(
            "demo",
            &serde_json::json!({ "checks": self.checks, "evidence": path.display().to_string() }),
        );
        let count = self.checks.iter().filter(|check| !check.as_expected).count();
        if count > 0 {
            return Err(Failure::Unexpected { count });
        }
        self.tell(&format!("every one of {} outcomes was the expected one", self.checks.len()));
        Ok(0)
    }
}

/// The words of a page, without its tags.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_in_words() {
        assert_eq!(plain("<title>a</title>\n<p>b <b>c</b></p>"), "a b c");
    }
}
