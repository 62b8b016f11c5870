//! A shell inside a container that stays, and runs one program after the other.
//!
//! Starting a program through Docker costs some 80 ms, most of it the runtime's; through a shell
//! that is there already it costs the program's own time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use futures::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::container::LogOutput;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::docker::refused;
use crate::error::{Error, Result};
use crate::exec::{Attached, ExecOutput, Input, Output, RawOutput, attach};
use crate::labels::Role;

/// What stays. Perl is there wherever Debian is, and reads in blocks; a shell reads byte by byte, and would
/// need a process to decode what it has read.
const LOOP: &str = include_str!("scripts/shell.pl");
/// What a program can be told before it runs, in bytes: less than a pipe holds. More goes the direct road.
pub(crate) const MOST_INPUT: usize = 16 << 10;

/// Is told what the shell is told, and knows nothing but the tools of a DC's database.
const DATABASE: &str = "/usr/lib/spnlab/database";
/// Is told an SPN and a credential cache, and knows nothing but every account's keys.
const KEYS: &str = "/usr/lib/spnlab/whose-key";
/// So many writes of a program go through the tools themselves, which are the quicker road for a few.
const WRITES_BY_TOOL: usize = 2;

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Reader {
    /// A shell, as this user.
    Shell(Option<String>),
    /// The database of a DC.
    Database,
    /// Whoever tries the keys of a DC's accounts on tickets.
    Keys,
}

/// By the part they run in and what they are.
type Idle = HashMap<(Role, Reader), Vec<Shell>>;

/// Idle shells.
#[derive(Default)]
pub(crate) struct Shells {
    idle: Mutex<Idle>,
    /// Writes to the DCs' databases until now.
    writes: AtomicUsize,
}

impl std::fmt::Debug for Shells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shells").finish_non_exhaustive()
    }
}

impl Shells {
    /// Of a program that keeps its lab to itself and writes often: the database is opened at once.
    pub(crate) fn that_write_often() -> Self {
        Self { writes: AtomicUsize::new(WRITES_BY_TOOL), ..Self::default() }
    }

    /// Runs a program in a shell of its own for as long as it runs.
    pub(crate) async fn run(
        &self,
        docker: &Docker,
        part: (Role, &str),
        user: Option<&str>,
        command: &[&str],
        stdin: &[u8],
    ) -> Result<RawOutput> {
        self.run_by(docker, part, Reader::Shell(user.map(str::to_owned)), command, stdin).await
    }

    /// Runs `ldbmodify` or `ldbrename` on a DC's live database: the tool itself the first times, then a
    /// program that has the database open and makes the same writes.
    pub(crate) async fn write(
        &self,
        docker: &Docker,
        dc: (Role, &str),
        command: &[&str],
        ldif: &[u8],
    ) -> Result<RawOutput> {
        let by_tool = self.writes.fetch_add(1, Ordering::Relaxed) < WRITES_BY_TOOL;
        let reader = if by_tool { Reader::Shell(None) } else { Reader::Database };
        self.run_by(docker, dc, reader, command, ldif).await
    }

    /// Has a DC's open database do something else than a write.
    pub(crate) async fn ask_database(
        &self,
        docker: &Docker,
        dc: (Role, &str),
        command: &[&str],
    ) -> Result<RawOutput> {
        self.run_by(docker, dc, Reader::Database, command, &[]).await
    }

    /// Has every account's keys tried on the ticket for this SPN in a credential cache.
    pub(crate) async fn ask_keys(
        &self,
        docker: &Docker,
        dc: (Role, &str),
        spn: &str,
        ccache: &[u8],
    ) -> Result<ExecOutput> {
        Ok(self.run_by(docker, dc, Reader::Keys, &[spn], ccache).await?.into_text())
    }

    async fn run_by(
        &self,
        docker: &Docker,
        part: (Role, &str),
        reader: Reader,
        command: &[&str],
        stdin: &[u8],
    ) -> Result<RawOutput> {
        let (role, container) = part;
        let key = (role, reader);
        let idle = self.idle().get_mut(&key).and_then(Vec::pop);
        let mut shell = match idle {
            Some(shell) => shell,
            None => Shell::start(docker, container, &key.1).await?,
        };
        // A run that fails or is given up drops its shell, which ends at the end of its input.
        let output = shell.run(command, stdin).await?;
        self.idle().entry(key).or_default().push(shell);
        Ok(output)
    }

    /// Forgets the shells of a part that is to die.
    pub(crate) fn forget(&self, role: Role) {
        self.idle().retain(|(of, _), _| *of != role);
    }

    /// Closes the database of a DC that starts again, for which the same program opens it anew: most of
    /// what a new one costs is what it loads.
    pub(crate) async fn close_database(&self, dc: Role) -> Result<()> {
        let key = (dc, Reader::Database);
        let idle = self.idle().remove(&key).unwrap_or_default();
        for mut shell in idle {
            shell.run(&["close"], &[]).await?.into_text().success(dc, "database")?;
            self.idle().entry(key.clone()).or_default().push(shell);
        }
        Ok(())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Shell {
    input: Input,
    output: Output,
    mark: String,
}

impl Shell {
    async fn start(docker: &Docker, container: &str, reader: &Reader) -> Result<Self> {
        let action = "start a shell in a container";
        let (user, command): (_, &[&str]) = match reader {
            Reader::Shell(user) => (user.as_deref(), &["perl", "-e", LOOP]),
            Reader::Database => (None, &[DATABASE]),
            Reader::Keys => (None, &[KEYS]),
        };
        let Attached { mut input, output, .. } =
            attach(docker, container, user, command, true, action).await?;
        let mark = Uuid::new_v4().to_string();
        write(&mut input, format!("{mark}\n").as_bytes()).await?;
        Ok(Self { input, output, mark })
    }

    async fn run(&mut self, command: &[&str], stdin: &[u8]) -> Result<RawOutput> {
        write(&mut self.input, &told(command, stdin)).await?;
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let (mut status, mut said) = (None, false);
        while status.is_none() || !said {
            let chunk = self.output.next().await.ok_or_else(|| broken("it has ended"))?;
            match chunk.map_err(refused("read from a shell in a container"))? {
                LogOutput::StdErr { message } => {
                    stderr.extend_from_slice(&message);
                    said = said || cut(&mut stderr, &self.mark).is_some();
                }
                LogOutput::StdOut { message } | LogOutput::Console { message } => {
                    stdout.extend_from_slice(&message);
                    if let Some(rest) = cut(&mut stdout, &self.mark) {
                        let number = rest.trim().parse().map_err(|_| broken("no exit status"))?;
                        status = Some(number);
                    }
                }
                LogOutput::StdIn { .. } => {}
            }
        }
        Ok(RawOutput { status: status.unwrap_or(-1), stdout, stderr })
    }
}

/// Cuts the output at the mark once its line is whole, and gives the rest of that line.
fn cut(output: &mut Vec<u8>, mark: &str) -> Option<String> {
    // It is the last thing there is, a few bytes long.
    let from = output.len().saturating_sub(mark.len() + 16);
    let tail = &output[from..];
    let at = tail.windows(mark.len()).position(|window| window == mark.as_bytes())?;
    let rest = &tail[at + mark.len()..];
    let line = rest.iter().position(|&byte| byte == b'\n')?;
    let status = String::from_utf8_lossy(&rest[..line]).into_owned();
    output.truncate(from + at);
    Some(status)
}

/// A program and its input: their lengths, its words with a NUL between them, the input.
fn told(command: &[&str], stdin: &[u8]) -> Vec<u8> {
    let words = command.join("\0");
    [format!("{} {}\n{words}", words.len(), stdin.len()).as_bytes(), stdin].concat()
}

async fn write(input: &mut Input, bytes: &[u8]) -> Result<()> {
    let ended = |error: std::io::Error| broken(&error.to_string());
    input.write_all(bytes).await.map_err(ended)?;
    input.flush().await.map_err(ended)
}

fn broken(detail: &str) -> Error {
    let what = "the answer of a shell in a container".to_owned();
    Error::Unreadable { what, detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_ends_at_the_mark_and_only_there() {
        let mark = "8f1c";
        let mut output = b"no newline8f1c 7".to_vec();
        assert_eq!(cut(&mut output, mark), None, "its line is not whole");
        output.extend_from_slice(b"\n");
        assert_eq!(cut(&mut output, mark).as_deref(), Some(" 7"));
        assert_eq!(output, b"no newline");
        assert_eq!(cut(&mut b"8f1\n".to_vec(), mark), None);
    }

    #[test]
    fn words_and_input_are_told_by_their_lengths() {
        assert_eq!(told(&["sh", "-c", "ü\n"], b"\n\0"), b"9 2\nsh\0-c\0\xc3\xbc\n\n\0");
        assert_eq!(told(&["date"], b""), b"4 0\ndate");
    }
}
