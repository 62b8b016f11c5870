//! The terminal and its streams: data on standard output, messages on standard error.
//!
//! Uses: no other room.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use spnfix::{shown, shown_json};
use spnlab_harness::Progress;

/// Standard output and standard error of this run.
#[derive(Debug)]
pub(crate) struct Console {
    json: bool,
    quiet: bool,
    /// Whether the JSON document has been printed. There is only one.
    documented: AtomicBool,
    start: Instant,
    /// Keeps lines whole while the parts of a lab start side by side.
    line: Mutex<()>,
}

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What went as expected.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// Escapes what could control a terminal, line by line, because names come from a directory.
pub(crate) fn escaped(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(|line| shown(line).to_string()).collect();
    lines.join("\n")
}

impl Console {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self {
            json,
            quiet,
            documented: AtomicBool::new(false),
            start: Instant::now(),
            line: Mutex::new(()),
        }
    }

    /// Whether `--json` was typed.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a line on standard error, unless quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            let _line = self.line.lock();
            anstream::eprintln!("{text}");
        }
    }

    /// Prints a line on standard error that `--quiet` does not hide.
    pub(crate) fn warn(&self, text: &str) {
        let _line = self.line.lock();
        anstream::eprintln!("{text}");
    }

    /// Prints text on standard output, unless with `--json`.
    pub(crate) fn print(&self, text: &str) {
        if !self.json {
            let _line = self.line.lock();
            anstream::println!("{text}");
        }
    }

    /// Writes bytes to standard output, unless with `--json`.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        use std::io::Write as _;
        if !self.json {
            let _line = self.line.lock();
            // The reader of standard output may have ended.
            let _ = std::io::stdout().write_all(bytes);
        }
    }

    /// With `--json`: prints the JSON document.
    pub(crate) fn document(&self, command: &str, data: &impl Serialize) {
        self.put(&serde_json::json!({ "version": 1, "command": command, "data": data }));
    }

    /// With `--json`: prints an error as the JSON document, unless there was one before.
    pub(crate) fn error_document(&self, code: &str, message: &str, hint: &str) {
        let error = serde_json::json!({ "code": code, "message": message, "hint": hint });
        self.put(&serde_json::json!({ "version": 1, "error": error }));
    }

    fn put(&self, document: &serde_json::Value) {
        if self.json && !self.documented.swap(true, Ordering::Relaxed) {
            anstream::println!("{}", shown_json(document));
        }
    }

    /// Prints the progress of long work, with the seconds since the start.
    pub(crate) fn progress(self: &std::sync::Arc<Self>) -> Progress {
        let console = std::sync::Arc::clone(self);
        Progress::new(move |text| {
            let seconds = console.start.elapsed().as_secs_f64();
            console.say(&format!("[{seconds:5.1} s] {text}"));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn lines_stay_lines_and_nothing_moves_the_cursor() {
        let text = "\nheld by svc\u{1b}[2J\r\n  ok: x\n\n";
        assert_eq!(escaped(text), "\nheld by svc\\u{1b}[2J\n  ok: x");
    }
}
