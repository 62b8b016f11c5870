//! The terminal and its streams: data on standard output, messages on standard error.
//!
//! Uses: ascii, doing, env, width.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Instant, SystemTime};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use spnfix::{shown, shown_json};
use spnlab_harness::{Lab, Progress};
use spnlab_picture::Recorded;
use tokio::sync::Notify;

use crate::ascii::{ascii, shows_utf8};
use crate::doing::Doing;
use crate::{env, width};

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
    /// Why standard output takes no more.
    unwritable: OnceLock<io::Error>,
    /// Wakes who waits for that.
    failed: Notify,
    /// Whether anything was shown.
    spoke: AtomicBool,
    doing: Mutex<Doing>,
    work: Mutex<Option<Work>>,
    /// The rows that were printed on the terminal.
    rows: AtomicUsize,
    /// Whether the locale says that a terminal does not show UTF-8.
    only_ascii: bool,
}

/// What this run does in a lab, for the lab's log.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) lab: Arc<Lab>,
    pub(crate) began: SystemTime,
    /// The line of a prompt. `None`: that of the program.
    pub(crate) line: Option<String>,
    /// The attempt that it made.
    pub(crate) seen: Option<Recorded>,
    /// The file in which an attempt is kept, if it made one.
    pub(crate) kept: Option<PathBuf>,
}

/// The longest line that is easily read.
const READABLE: usize = 96;

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
            unwritable: OnceLock::new(),
            failed: Notify::new(),
            spoke: AtomicBool::new(false),
            doing: Mutex::new(Doing::Looking),
            work: Mutex::new(None),
            rows: AtomicUsize::new(0),
            only_ascii: !shows_utf8(env::locale().as_deref()),
        }
    }

    /// Whether `--json` was typed.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether `--quiet` was typed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints a line on standard error, unless quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.warn(text);
        }
    }

    /// Prints a line on standard error, unless quiet or with `--json`: for what the document has,
    /// too.
    pub(crate) fn explain(&self, text: &str) {
        if !self.json {
            self.say(text);
        }
    }

    /// Prints a line on standard error that `--quiet` does not hide.
    pub(crate) fn warn(&self, text: &str) {
        self.spoke.store(true, Ordering::Relaxed);
        let text = self.shown(text, self.error_columns());
        self.count(&text);
        let _line = self.line.lock();
        // If standard error takes nothing, nobody can be told.
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// Asks on standard error; the answer comes on the same line.
    pub(crate) fn ask(&self, question: &str) {
        self.spoke.store(true, Ordering::Relaxed);
        let _line = self.line.lock();
        let question = self.shown(question, self.error_columns());
        // The answer ends the last of its rows.
        self.count(&question);
        let mut stderr = anstream::stderr();
        let _ = write!(stderr, "\n{question}").and_then(|()| stderr.flush());
    }

    /// Prints text on standard output, unless with `--json`.
    pub(crate) fn print(&self, text: &str) {
        if !self.json {
            let text = self.shown(text, self.terminal());
            self.count(&text);
            self.put_out(|out| writeln!(out, "{text}"));
        }
    }

    /// Prints what a verb has changed, unless quiet: then its exit status says it.
    pub(crate) fn done(&self, text: &str) {
        if !self.quiet {
            self.print(text);
        }
    }

    /// The text for a terminal of this width, or for no terminal.
    fn shown(&self, text: &str, columns: Option<usize>) -> String {
        let text = width::fit(text, columns);
        if self.only_ascii && columns.is_some() { ascii(&text) } else { text }
    }

    fn count(&self, text: &str) {
        if let Some(columns) = self.terminal() {
            self.rows.fetch_add(width::rows(text, columns), Ordering::Relaxed);
        }
    }

    /// How many rows were printed on the terminal.
    pub(crate) fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    /// Whether the row that came after so many leaves the screen, if this question comes next.
    pub(crate) fn leaves(&self, row: usize, question: &str) -> bool {
        let size = width::of(io::stdout().is_terminal(), &io::stdout());
        let (Some((columns, height)), Some(_)) = (size, self.error_columns()) else { return false };
        // A blank row comes before the question.
        let more = 1 + width::rows(question, columns);
        height > 0 && self.rows() - row + more > height
    }

    /// The width for texts that wrap themselves: that of the terminal, but no wider than is
    /// readable.
    pub(crate) fn columns(&self) -> usize {
        self.terminal().map_or(READABLE, |columns| columns.min(READABLE))
    }

    /// The width of the terminal now, if standard output is one.
    #[expect(clippy::unused_self, reason = "the streams are the console's")]
    pub(crate) fn terminal(&self) -> Option<usize> {
        width::of(io::stdout().is_terminal(), &io::stdout()).map(|(columns, _)| columns)
    }

    /// The width of the terminal, if standard error is one.
    #[expect(clippy::unused_self, reason = "the streams are the console's")]
    pub(crate) fn error_columns(&self) -> Option<usize> {
        width::of(io::stderr().is_terminal(), &io::stderr()).map(|(columns, _)| columns)
    }

    /// Prints the output of another program, or wrapped text, on standard output as it is, unless
    /// with `--json`.
    pub(crate) fn pass_on(&self, text: &str) {
        if !self.json {
            self.put_out(|out| writeln!(out, "{text}"));
        }
    }

    /// Writes bytes to standard output, unless with `--json`.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        if !self.json {
            self.put_out(|_| io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()));
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
            self.put_out(|out| writeln!(out, "{}", shown_json(document)));
        }
    }

    /// Writes to standard output. After a failure nothing more is written.
    fn put_out(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.spoke.store(true, Ordering::Relaxed);
        let _line = self.line.lock();
        if self.unwritable.get().is_some() {
            return;
        }
        let mut out = anstream::stdout();
        if let Err(error) = write(&mut out).and_then(|()| out.flush()) {
            let _ = self.unwritable.set(error);
            self.failed.notify_one();
        }
    }

    /// Why standard output takes no more, if it does not.
    pub(crate) fn unwritable(&self) -> Option<&io::Error> {
        self.unwritable.get()
    }

    /// Returns when standard output takes no more.
    pub(crate) async fn until_unwritable(&self) -> &io::Error {
        loop {
            if let Some(error) = self.unwritable() {
                return error;
            }
            self.failed.notified().await;
        }
    }

    /// Whether anything was shown until now.
    pub(crate) fn spoke(&self) -> bool {
        self.spoke.load(Ordering::Relaxed)
    }

    /// Notes what an interruption would stop from now on.
    pub(crate) fn begins(&self, doing: Doing) {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner) = doing;
    }

    /// What an interruption would stop.
    pub(crate) fn doing(&self) -> Doing {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that this run works on this lab from now on.
    pub(crate) fn works_in(&self, lab: impl Into<Arc<Lab>>) -> Arc<Lab> {
        let lab = lab.into();
        self.works(&lab, None);
        lab
    }

    /// Notes that a line of a prompt works on this lab from now on.
    pub(crate) fn works(&self, lab: &Arc<Lab>, line: Option<String>) {
        let lab = Arc::clone(lab);
        let work = Work { lab, began: SystemTime::now(), line, seen: None, kept: None };
        *self.work.lock().unwrap_or_else(PoisonError::into_inner) = Some(work);
    }

    /// Notes the attempt that it made.
    pub(crate) fn saw(&self, seen: Recorded) {
        if let Some(work) = &mut *self.work.lock().unwrap_or_else(PoisonError::into_inner) {
            work.seen = Some(seen);
        }
    }

    /// Notes the file in which an attempt is kept.
    pub(crate) fn keeps(&self, file: PathBuf) {
        if let Some(work) = &mut *self.work.lock().unwrap_or_else(PoisonError::into_inner) {
            work.kept = Some(file);
        }
    }

    /// The work that was noted, once.
    pub(crate) fn take_work(&self) -> Option<Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Prints the progress of long work, with the seconds since the start.
    pub(crate) fn progress(self: &Arc<Self>) -> Progress {
        let console = Arc::clone(self);
        Progress::new(move |text| {
            let seconds = console.start.elapsed().as_secs_f64();
            console.say(&format!("[{seconds:5.1} s] {text}"));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_lines_and_nothing_moves_the_cursor() {
        let text = "\nheld by svc\u{1b}[2J\r\n  ok: x\n\n";
        assert_eq!(escaped(text), "\nheld by svc\\u{1b}[2J\n  ok: x");
    }

    #[tokio::test]
    async fn an_output_that_is_full_is_noted_once_and_nothing_panics() {
        let console = Console::new(false, false);
        let mut full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        console.put_out(|_| full.write_all(b"x"));
        console.put_out(|_| panic!("it writes on"));
        let error = console.until_unwritable().await;
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
