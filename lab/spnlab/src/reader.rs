//! Lines that a user types at a prompt, or that a script gives on standard input.
//!
//! Uses: failure.

use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{FileHistory, History as _};
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};

use crate::failure::Failure;

/// Finds how the word before the cursor may go on: where it begins, and the whole words.
pub(crate) type Complete = Arc<dyn Fn(&str) -> (usize, Vec<String>) + Send + Sync>;

/// Whether a user is at a terminal.
pub(crate) fn on_a_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Typed {
    /// A line.
    Line(String),
    /// Ctrl-C dropped a line.
    Dropped,
    /// There is no more.
    End,
}

/// Where lines come from.
#[derive(Debug)]
pub(crate) enum Reader {
    /// A user at a terminal, who can edit lines and call earlier ones back.
    Terminal(Box<Terminal>),
    /// Standard input of a script.
    Script(Lines<BufReader<Stdin>>),
}

/// A user at a terminal.
#[derive(Default)]
pub(crate) struct Terminal {
    history: FileHistory,
    /// The file that keeps the history.
    file: Option<PathBuf>,
    words: Words,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Reader {
    /// The lines of standard input.
    pub(crate) fn script() -> Self {
        Self::Script(BufReader::new(tokio::io::stdin()).lines())
    }

    /// A terminal whose history ends with the program, and that completes nothing.
    pub(crate) fn terminal() -> Self {
        Self::Terminal(Box::default())
    }

    /// A terminal that keeps its history in this file. Without the file, it keeps none.
    pub(crate) fn remembering(file: PathBuf, complete: Complete) -> Self {
        let mut history = FileHistory::new();
        // The first run has no file.
        let _ = history.load(&file);
        Self::Terminal(Box::new(Terminal {
            history,
            file: Some(file),
            words: Words(Some(complete)),
        }))
    }

    /// The next line. A script sees no prompt.
    pub(crate) async fn line(&mut self, prompt: &str) -> Result<Typed, Failure> {
        let terminal = match self {
            Self::Script(lines) => {
                let line = lines.next_line().await.map_err(unusable)?;
                return Ok(line.map_or(Typed::End, Typed::Line));
            }
            Self::Terminal(terminal) => terminal,
        };
        let (taken, prompt) = (std::mem::take(terminal), prompt.to_owned());
        // Reading from the terminal blocks, so it has a thread of its own.
        let read = tokio::task::spawn_blocking(move || read_line(&prompt, taken));
        let (back, line) = read.await.map_err(unusable)?;
        *terminal = back;
        match line {
            Ok(line) => Ok(Typed::Line(line)),
            Err(ReadlineError::Interrupted) => Ok(Typed::Dropped),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(error) => Err(unusable(error)),
        }
    }

    /// Keeps a line for the user to call back.
    pub(crate) fn remember(&mut self, line: &str) {
        let Self::Terminal(terminal) = self else { return };
        let _ = terminal.history.add(line);
        if let Some(file) = &terminal.file {
            // A history that cannot be kept is no reason to stop.
            let _ = terminal.history.append(file);
        }
    }
}

pub(crate) fn unusable(error: impl fmt::Display) -> Failure {
    Failure::Terminal { reason: error.to_string() }
}

/// Reads one line. The editor takes SIGINT while it lives. So it ends with the line, and afterwards
/// Ctrl-C is for the command.
///
/// With its feature signal-hook, the editor leaves SIGINT alone. But then it waits for another key
/// before it reads the rest of a pasted text (seen with rustyline 17 and 18).
fn read_line(
    prompt: &str,
    mut terminal: Box<Terminal>,
) -> (Box<Terminal>, Result<String, ReadlineError>) {
    let config = Config::builder().completion_type(CompletionType::List).build();
    let history = std::mem::take(&mut terminal.history);
    let mut editor = match Editor::<Words, FileHistory>::with_history(config, history) {
        Ok(editor) => editor,
        Err(error) => return (terminal, Err(error)),
    };
    editor.set_helper(Some(terminal.words.clone()));
    let line = editor.readline(prompt);
    terminal.history = std::mem::take(editor.history_mut());
    (terminal, line)
}

/// Completes words.
#[derive(Clone, Default)]
struct Words(Option<Complete>);

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> Result<(usize, Vec<String>), ReadlineError> {
        let before = line.get(..at).unwrap_or(line);
        Ok(self.0.as_ref().map_or_else(|| (at, Vec::new()), |complete| complete(before)))
    }
}

impl Helper for Words {}
impl Highlighter for Words {}
impl Validator for Words {}
impl Hinter for Words {
    type Hint = String;
}
