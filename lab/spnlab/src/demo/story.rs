//! Tells the story, and compares the expected facts with the seen ones.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use spnlab_harness::{Attempt, ConnectOptions, Error, EvidenceDir, Lab, accounts};
use spnlab_picture::{Recorded, Scene};
use spnlab_report::commands_of;

use super::check::Check;
use super::table;
use crate::cli::Pace;
use crate::console::{BAD, BOLD, Console, GOOD};
use crate::failure::Failure;
use crate::show::accounts::painted;
use crate::show::{facts, picture};
use crate::state::note;

/// The story so far.
pub(crate) struct Story<'a> {
    console: &'a Console,
    evidence: EvidenceDir,
    checks: Vec<Check>,
    pace: Pace,
    /// The last title, and how many rows were printed before it.
    title: RefCell<String>,
    title_at: Cell<usize>,
    /// What was done since the last attempt.
    done: RefCell<String>,
}

/// How long a reader has for a letter and for a line, with `--pace slow`.
const LETTER: Duration = Duration::from_millis(18);
const LONGEST: Duration = Duration::from_millis(1200);

impl<'a> Story<'a> {
    pub(crate) fn new(console: &'a Console, evidence: EvidenceDir, pace: Pace) -> Self {
        let (title, title_at) = (RefCell::default(), Cell::default());
        let (checks, done) = (Vec::new(), RefCell::default());
        Self { console, evidence, checks, pace, title, title_at, done }
    }

    /// Prints a line, and with `--pace slow` gives the reader time for it.
    #[expect(clippy::disallowed_methods, reason = "it is for the reader: nothing waits for a fact")]
    fn line(&self, text: &str) {
        self.console.print(text);
        if self.pace == Pace::Slow && !self.console.is_json() {
            let letters = u32::try_from(text.trim().chars().count()).unwrap_or(u32::MAX);
            std::thread::sleep(LETTER.saturating_mul(letters).min(LONGEST));
        }
    }

    pub(crate) fn evidence(&self) -> &EvidenceDir {
        &self.evidence
    }

    pub(crate) fn chapter(&self, title: &str) {
        // A blank row comes before it.
        self.title_at.set(self.console.rows() + 1);
        self.title.replace(title.to_owned());
        self.line(&format!("\n{BOLD}{title}{BOLD:#}"));
    }

    /// Asks for a key. A title that leaves the screen comes again.
    pub(crate) fn ask(&self, question: &str) {
        if self.console.leaves(self.title_at.get(), question) {
            self.title_at.set(self.console.rows() + 1);
            let title = self.title.borrow();
            self.console.ask(&format!("{BOLD}{title}{BOLD:#}\n{question}"));
        } else {
            self.console.ask(question);
        }
    }

    pub(crate) fn tell(&self, text: &str) {
        self.line(&painted(&format!("  {text}")));
    }

    /// Shows the command that a user on Windows would type here.
    pub(crate) fn command(&self, line: &str) {
        self.line(&format!("\n  {BOLD}> {line}{BOLD:#}"));
    }

    /// Shows several lines of output.
    pub(crate) fn block(&self, text: &str) {
        for line in text.trim_end().lines() {
            self.line(&painted(&format!("  | {line}")));
        }
    }

    /// Shows a text that wraps itself, as a block.
    pub(crate) fn wrapped(&self, text: &impl std::fmt::Display) {
        // The shapes of two accounts need room, too.
        let columns = self.console.columns().saturating_sub(8);
        let mut to_copy = false;
        for line in format!("{text:columns$}").trim_end().lines() {
            // A command stays as it is, also on the lines that it goes on.
            to_copy = line.contains("setspn -") || to_copy && line.starts_with("    ");
            let line = format!("  | {line}");
            self.line(&if to_copy { line } else { painted(&line) });
        }
    }

    /// Shows Windows' message for a failed connection.
    pub(crate) fn message(&self, attempt: &Attempt) {
        if let Some(status) = &attempt.report.client_status {
            for line in status.message.trim_end().lines() {
                self.line(&format!("  | {BAD}{}{BAD:#}", line.trim_end()));
            }
        }
    }

    /// Shows what Windows' message says of the error, without its advice.
    pub(crate) fn first_line(&self, attempt: &Attempt) {
        if let Some(status) = &attempt.report.client_status {
            let first = status.message.lines().next().unwrap_or_default().trim_end();
            self.line(&format!("  | {BAD}{first}{BAD:#}"));
        }
    }

    /// Draws whose key sealed the ticket, and which door it was carried to.
    pub(crate) fn picture(&self, attempt: &Attempt) {
        self.line("");
        let scene = Scene::of_attempt(attempt, None);
        for line in picture::lines(&scene, self.console.terminal()) {
            self.line(&line);
        }
    }

    /// Shows the output of the remote command, and what Kerberos did.
    pub(crate) fn attempt(&self, attempt: &Attempt) {
        self.output(attempt);
        self.facts(attempt);
    }

    /// Shows the output of the remote command.
    pub(crate) fn output(&self, attempt: &Attempt) {
        if let Some(ran) = &attempt.report.command {
            self.block(&ran.stdout);
        }
    }

    /// Shows what Kerberos did.
    pub(crate) fn facts(&self, attempt: &Attempt) {
        for line in facts::of(attempt) {
            self.tell(&format!("  {line}"));
        }
    }

    /// Compares, shows the result, and keeps it for the summary.
    pub(crate) fn expect(&mut self, state: &str, what: &str, expected: &str, seen: String) {
        if expected == seen {
            self.tell(&format!("{GOOD}ok{GOOD:#}    {what}: {seen}"));
        }
        self.expect_silently(state, what, expected, seen);
    }

    /// Compares, and shows only what is wrong: where the screen shows the rest already.
    pub(crate) fn expect_silently(
        &mut self,
        state: &str,
        what: &str,
        expected: &str,
        seen: String,
    ) {
        let as_expected = expected == seen;
        if !as_expected {
            self.tell(&format!("{BAD}WRONG{BAD:#} {what}: expected {expected}, saw {seen}"));
        }
        self.checks.push(Check {
            state: state.to_owned(),
            what: what.to_owned(),
            expected: expected.to_owned(),
            seen,
            as_expected,
        });
    }

    /// Notes in the lab's log what was done, and for the report what a user would have typed.
    pub(crate) async fn did(
        &self,
        lab: &Lab,
        began: SystemTime,
        line: &str,
        seen: Option<Recorded>,
    ) {
        self.done.borrow_mut().extend([line, "\n"]);
        note(lab, began, format!("demo: {line}"), 0, seen).await;
    }

    /// Notes in the lab's log what a step begins with. Nobody types that.
    pub(crate) async fn was_set(&self, lab: &Lab, began: SystemTime, state: &str) {
        self.done.take();
        note(lab, began, format!("demo: {state}"), 0, None).await;
    }

    /// Writes what was done since the attempt before beside this one.
    fn keep_lines(&self, name: &str) -> Result<(), Failure> {
        let attempt = self.evidence.path().join(format!("{name}.json"));
        let kept = commands_of(&attempt);
        std::fs::write(&kept, self.done.take()).map_err(|source| {
            let action = format!("write {}", kept.display());
            Error::Io { action, source }.into()
        })
    }

    /// Connects, keeps the attempt, and notes it in the lab's log.
    pub(crate) async fn connect(
        &self,
        lab: &Lab,
        how: &ConnectOptions,
        name: &str,
    ) -> Result<Attempt, Failure> {
        let began = SystemTime::now();
        let attempt = lab.connect(how).await?;
        let seen = Recorded::Connection(Box::new(attempt.clone()));
        self.did(lab, began, &entering(how), Some(seen)).await;
        attempt.write_to(&self.evidence, name)?;
        self.keep_lines(name)?;
        Ok(attempt)
    }

    /// Visits the web site with Kerberos and expects this status.
    pub(crate) async fn browse(
        &mut self,
        lab: &Lab,
        state: &str,
        host: &str,
        status: u16,
    ) -> Result<(), Failure> {
        let began = SystemTime::now();
        let visit = lab.browse(host, accounts::TRAINER).await?;
        let line = format!("curl --negotiate --user : http://{host}/");
        self.did(lab, began, &line, Some(Recorded::Visit(Box::new(visit.clone())))).await;
        self.command(&line);
        self.block(&plain(&visit.body));
        let name = format!("{}-web-site", state.replace(' ', "-"));
        visit.write_to(&self.evidence, &name)?;
        self.keep_lines(&name)?;
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
        self.console.document(
            "demo",
            &serde_json::json!({ "checks": self.checks, "evidence": path.display().to_string() }),
        );
        self.tell("");
        let status = self.verdict()?;
        self.tell(&format!("every one of {} outcomes was the expected one", self.checks.len()));
        Ok(status)
    }

    /// Names the evidence. An outcome that was not the expected one is an error.
    pub(crate) fn verdict(&self) -> Result<u8, Failure> {
        let path = self.evidence.path();
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.tell(&format!("evidence (reports, logs, client.pcap): {}", path.display()));
        let count = self.checks.iter().filter(|check| !check.as_expected).count();
        if count > 0 {
            return Err(Failure::Unexpected { count });
        }
        Ok(0)
    }
}

/// What a user of Windows types for this connection.
pub(crate) fn entering(how: &ConnectOptions) -> String {
    let port = if how.include_port_in_spn {
        " -SessionOption (New-PSSessionOption -IncludePortInSPN)"
    } else {
        ""
    };
    format!("Enter-PSSession -ComputerName {}{port}", how.host)
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
