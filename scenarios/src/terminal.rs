//! A terminal for an interactive program. Keys go in, and the test reads the screen that a person
//! would see, with every movement of the cursor applied.
//!
//! Uses: no other room.

use std::io;
use std::num::NonZeroU16;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use pty_process::{Command, OwnedReadPty, OwnedWritePty, Size};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Child;
use tokio::time::{Instant, timeout_at};

/// Enough rows for all output of `spnlab connect` before the first prompt.
const ROWS: NonZeroU16 = NonZeroU16::new(300).unwrap();
/// Wide enough that the terminal wraps no line.
const COLUMNS: NonZeroU16 = NonZeroU16::new(250).unwrap();
/// The longest wait. After it, the wait has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keys without a letter, as `<Name>`, with what a terminal sends for them.
const KEYS: [(&str, &str); 11] = [
    ("<Enter>", "\r"),
    ("<Tab>", "\t"),
    ("<Left>", "\x1b[D"),
    ("<Right>", "\x1b[C"),
    ("<Up>", "\x1b[A"),
    ("<Down>", "\x1b[B"),
    ("<Home>", "\x1b[H"),
    ("<End>", "\x1b[F"),
    ("<Backspace>", "\x7f"),
    ("<Ctrl-C>", "\x03"),
    ("<Ctrl-D>", "\x04"),
];

/// A program on a terminal of its own. The program ends when this is dropped.
pub struct Terminal {
    keys: OwnedWritePty,
    output: OwnedReadPty,
    screen: vt100::Parser,
    /// The row of the prompt that was answered last. Until the screen shows the answer, this row
    /// still looks like a prompt.
    answered: Option<u16>,
    child: Child,
}

impl Terminal {
    /// Starts a program on a screen on which nothing scrolls or wraps.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self, pty_process::Error> {
        Self::run(Command::new(program).args(arguments), COLUMNS, ROWS)
    }

    /// Starts a command on a screen of this size.
    pub fn run(
        command: Command,
        columns: NonZeroU16,
        rows: NonZeroU16,
    ) -> Result<Self, pty_process::Error> {
        let (pty, terminal) = pty_process::open()?;
        pty.resize(Size::new(rows.get(), columns.get()))?;
        let command = command.env("TERM", "xterm-256color");
        let child = command.kill_on_drop(true).spawn(terminal)?;
        let (output, keys) = pty.into_split();
        Ok(Self {
            keys,
            output,
            screen: vt100::Parser::new(rows, columns, 0),
            answered: None,
            child,
        })
    }

    /// Types letters and `<Keys>`.
    pub async fn press(&mut self, keys: &str) -> io::Result<()> {
        let bytes =
            KEYS.iter().fold(keys.to_owned(), |keys, (name, sent)| keys.replace(name, sent));
        self.keys.write_all(bytes.as_bytes()).await
    }

    /// The visible lines, without the blanks at their ends. A line that the terminal has wrapped
    /// is several.
    pub fn lines(&self) -> Vec<String> {
        let screen = self.screen.screen();
        let rows = screen.rows(0, screen.size().1.get()).map(|row| row.trim_end().to_owned());
        let mut lines: Vec<String> = rows.collect();
        let used = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        lines.truncate(used);
        lines
    }

    /// Waits for a prompt that has this end and no answer yet. Types the answer behind it.
    pub async fn answer(&mut self, prompt: &str, keys: &str) -> Result<(), String> {
        self.until("a prompt", |terminal| terminal.prompts(prompt)).await?;
        self.answered = Some(self.screen.screen().cursor_position().0);
        self.press(keys).await.map_err(|error| error.to_string())
    }

    /// Whether the cursor waits behind a prompt that has this end and no answer.
    pub fn prompts(&self, end: &str) -> bool {
        let (row, column) = self.screen.screen().cursor_position();
        let lines = self.lines();
        let last = lines.last().map(String::as_str).unwrap_or_default();
        let is_last = lines.len() == usize::from(row) + 1 && self.answered < Some(row);
        is_last && last.ends_with(end.trim_end()) && usize::from(column) > last.len()
    }

    /// Waits until the screen shows something. The error is what it shows instead.
    pub async fn until(&mut self, what: &str, shown: impl Fn(&Self) -> bool) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while !shown(self) {
            match timeout_at(deadline, self.see()).await {
                Ok(true) => {}
                Ok(false) => return Err(format!("the program ended without {what}:\n{self:?}")),
                Err(_) => return Err(format!("the screen does not show {what}:\n{self:?}")),
            }
        }
        Ok(())
    }

    /// Waits for the end of the program.
    pub async fn end(&mut self) -> Result<ExitStatus, String> {
        let deadline = Instant::now() + PATIENCE;
        let end = async {
            while self.see().await {}
            self.child.wait().await
        };
        match timeout_at(deadline, end).await {
            Ok(status) => status.map_err(|error| error.to_string()),
            Err(_) => Err(format!("the program does not end:\n{self:?}")),
        }
    }

    /// Ends the program if it still runs. Returns the lines that were visible last.
    pub async fn leave(mut self) -> Vec<String> {
        // A program that has ended takes no signal. One that does not end is killed again at the
        // drop.
        let _ = self.child.start_kill();
        let _ = self.end().await;
        self.lines()
    }

    /// Reads what the program prints; `false` at its end. A terminal ends with an error (EIO), not
    /// with an end of file.
    async fn see(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.output.read(&mut bytes).await {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.screen.process(bytes.get(..count).unwrap_or_default());
                true
            }
        }
    }
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_screen_shows_what_was_typed_over() {
        let sh = ["-c", "read -r line; printf 'one\\rt\\n%s\\n> ' \"$line\"; read -r line; exit 3"];
        let mut terminal = Terminal::start(Path::new("/bin/sh"), &sh).unwrap();
        terminal.press("abd<Backspace>c<Enter>").await.unwrap();
        terminal.answer("> ", "x").await.unwrap();
        assert_eq!(terminal.lines(), ["abc", "tne", "abc", ">"]);
        assert!(!terminal.prompts("> "));
        terminal.press("<Enter>").await.unwrap();
        let never = terminal.answer("> ", "").await;
        assert!(never.unwrap_err().starts_with("the program ended without a prompt:\nabc\n"));
        assert_eq!(terminal.lines(), ["abc", "tne", "abc", "> x"]);
        assert_eq!(terminal.end().await.unwrap().code(), Some(3));
        assert_eq!(terminal.leave().await, ["abc", "tne", "abc", "> x"]);
    }

    #[tokio::test]
    async fn leaving_shows_everything_and_ends_the_program() {
        let sh = ["-c", "printf 'one\\ntwo\\n'; read -r line; echo three"];
        let mut terminal = Terminal::start(Path::new("/bin/sh"), &sh).unwrap();
        terminal
            .until("one", |terminal| terminal.lines().contains(&"one".to_owned()))
            .await
            .unwrap();
        assert_eq!(terminal.leave().await, ["one", "two"]);
    }
}
