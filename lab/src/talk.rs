//! Where words go: data on standard output, talk on standard error.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use spnfix::shown;
use spnlab_harness::Progress;

/// How this run talks.
#[derive(Debug)]
pub(crate) struct Talk {
    json: bool,
    quiet: bool,
    /// Whether the one JSON document is out.
    documented: AtomicBool,
    start: Instant,
    /// One line at a time, also from parts that start side by side.
    line: Mutex<()>,
}

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What went as expected.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// Text with names out of a directory, line by line as a terminal may have it.
pub(crate) fn fit(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(|line| shown(line).to_string()).collect();
    lines.join("\n")
}

impl Talk {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self {
            json,
            quiet,
            documented: AtomicBool::new(false),
            start: Instant::now(),
            line: Mutex::new(()),
        }
    }

    /// Whether standard output is to hold one JSON document.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Talk: a line on standard error, unless quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            let _line = self.line.lock();
            anstream::eprintln!("{text}");
        }
    }

    /// A line that must be seen, on standard error.
    pub(crate) fn warn(&self, text: &str) {
        let _line = self.line.lock();
        anstream::eprintln!("{text}");
    }

    /// Data: text on standard output, unless JSON was asked for.
    pub(crate) fn print(&self, text: &str) {
        if !self.json {
            let _line = self.line.lock();
            anstream::println!("{text}");
        }
    }

    /// Data: bytes on standard output, unless JSON was asked for.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        use std::io::Write as _;
        if !self.json {
            let _line = self.line.lock();
            // Whoever read standard output may have gone away.
            let _ = std::io::stdout().write_all(bytes);
        }
    }

    /// Data: the one JSON document, if it was asked for.
    pub(crate) fn document(&self, command: &str, data: &impl Serialize) {
        self.put(&serde_json::json!({ "version": 1, "command": command, "data": data }));
    }

    /// An error as the one JSON document, if it was asked for and nothing else was printed.
    pub(crate) fn error_document(&self, code: &str, message: &str, hint: &str) {
        let error = serde_json::json!({ "code": code, "message": message, "hint": hint });
        self.put(&serde_json::json!({ "version": 1, "error": error }));
    }

    fn put(&self, document: &serde_json::Value) {
        if self.json && !self.documented.swap(true, Ordering::Relaxed) {
            anstream::println!("{document:#}");
        }
    }

    /// Progress of long work, with the seconds since the start.
    pub(crate) fn progress(self: &std::sync::Arc<Self>) -> Progress {
        let talk = std::sync::Arc::clone(self);
        Progress::new(move |text| {
            let seconds = talk.start.elapsed().as_secs_f64();
            talk.say(&format!("[{seconds:5.1} s] {text}"));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn lines_stay_lines_and_nothing_moves_the_cursor() {
        let text = "\nheld by svc\u{1b}[2J\r\n  ok: x\n\n";
        assert_eq!(fit(text), "\nheld by svc\\u{1b}[2J\n  ok: x");
    }
}
