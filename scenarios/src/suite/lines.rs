//! What a run prints: a line for each scenario, and all about one that failed. On a terminal, one
//! line that changes stands for the scenarios that passed.

use std::io::{self, IsTerminal as _, Write as _, stderr, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::played::{Failed, NotRun, Played};

/// Prints the lines of a run.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// A document goes to standard output, so the lines go to standard error.
    to_stderr: bool,
    /// The folder of the run's evidence.
    evidence: PathBuf,
    live: Option<ProgressBar>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct State {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) running: usize,
    pub(super) labs: usize,
    /// What is left to do, for all labs together.
    pub(super) left: Duration,
}

impl Lines {
    pub(super) fn new(to_stderr: bool, evidence: PathBuf) -> Self {
        let terminal = stderr().is_terminal() && (to_stderr || stdout().is_terminal());
        let live = terminal.then(ProgressBar::new_spinner);
        if let Some(line) = &live {
            line.set_style(
                ProgressStyle::with_template("{wide_msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
        }
        Self { to_stderr, evidence, live }
    }

    /// A line of the result.
    pub(super) fn print(&self, text: &str) {
        if self.to_stderr {
            self.say(text);
        } else {
            self.above(|| writeln!(stdout(), "{text}"));
        }
    }

    /// A line about the work.
    pub(super) fn say(&self, text: &str) {
        self.above(|| writeln!(stderr(), "{text}"));
    }

    /// A reader that has gone, as after Ctrl-C in `spnlab test | tee log`, ends no run: it has labs
    /// to remove.
    fn above(&self, print: impl FnOnce() -> io::Result<()>) {
        let _ = match &self.live {
            Some(line) => line.suspend(print),
            None => print(),
        };
    }

    pub(super) fn state(&self, state: State) {
        if let Some(line) = &self.live {
            line.set_message(live_line(state));
            line.tick();
        }
    }

    /// The changing line goes away.
    pub(super) fn end(&self) {
        if let Some(line) = &self.live {
            line.finish_and_clear();
        }
    }

    pub(super) fn not_run(&self, one: &NotRun) {
        self.print(&format!("not run {}: {}", one.title, one.reason));
    }

    /// One scenario, with the steps that passed.
    pub(super) fn played(&self, one: &Played, passed: &[String]) {
        let Played { file, line, title, took, failed, .. } = one;
        let seconds = took.as_secs_f64();
        match failed {
            None if self.live.is_some() => {}
            None => self.print(&format!("ok      {}: {title} ({seconds:.2} s)", stem(file))),
            Some(failed) => {
                self.print(&format!("FAILED  {}:{line}: {title}", file.display()));
                self.print(&format!("        {}", one.feature));
                self.print(&told(failed, passed, &self.evidence.join(&one.evidence)));
            }
        }
    }
}

/// It fits on 60 columns.
fn live_line(state: State) -> String {
    let State { passed, failed, running, labs, left } = state;
    let seconds = left.as_secs() / u64::try_from(labs.max(1)).unwrap_or(1);
    format!("{passed} passed, {failed} failed, {running} running, {labs} labs, {seconds} s left")
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The steps of a failed scenario, why it failed, and where to look.
fn told(failed: &Failed, passed: &[String], evidence: &Path) -> String {
    let mut lines: Vec<String> = passed.iter().map(|step| format!("        {step}")).collect();
    let line = failed.line;
    lines.extend(failed.step.iter().map(|step| format!("   ->   {step} (line {line})")));
    let message = failed.message.lines().map(|line| format!("          {line}"));
    lines.extend(message.map(|line| line.trim_end().to_owned()));
    lines.push(format!("        evidence: {}", evidence.display()));
    if let Some(lab) = &failed.kept_lab {
        lines.push(format!("        the lab stays: spnlab status --name {lab}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_tells_its_steps_its_reason_and_where_to_look() {
        let failed = Failed {
            step: Some("Then it works".to_owned()),
            line: 3,
            message: "it does not:\n\n  at all".to_owned(),
            kept_lab: Some("scenarios-1-1".to_owned()),
        };
        let told = told(&failed, &["Given a lab".to_owned()], Path::new("/evidence/f/s"));
        let lines: Vec<_> = told.lines().map(str::trim_start).collect();
        let first = ["Given a lab", "->   Then it works (line 3)", "it does not:", "", "at all"];
        let last = ["evidence: /evidence/f/s", "the lab stays: spnlab status --name scenarios-1-1"];
        assert_eq!(lines, [&first[..], &last].concat());
    }

    #[test]
    fn the_live_line_fits_a_narrow_terminal() {
        let left = Duration::from_secs(8 * 999);
        let state = State { passed: 362, failed: 99, running: 8, labs: 8, left };
        let line = live_line(state);
        assert_eq!(line, "362 passed, 99 failed, 8 running, 8 labs, 999 s left");
        assert!(line.len() <= 60);
    }
}
