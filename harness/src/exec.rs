//! Runs a program inside a container, with input on its standard input.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use testcontainers::bollard::Docker;
use testcontainers::bollard::container::LogOutput;
use testcontainers::bollard::errors::Error as DockerError;
use testcontainers::bollard::exec::StartExecResults;
use testcontainers::bollard::models::ExecConfig;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::docker::refused;
use crate::error::{Error, Result};
use crate::labels::Role;

/// What a program said and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExecOutput {
    /// Exit status.
    pub status: i64,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The same before its bytes are read as a text.
#[derive(Debug)]
pub(crate) struct RawOutput {
    pub(crate) status: i64,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl RawOutput {
    pub(crate) fn into_text(self) -> ExecOutput {
        ExecOutput {
            status: self.status,
            stdout: String::from_utf8_lossy(&self.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&self.stderr).into_owned(),
        }
    }

    /// As [`ExecOutput::success`], in bytes.
    pub(crate) fn success(self, part: Role, command: &str) -> Result<Vec<u8>> {
        if self.status == 0 {
            return Ok(self.stdout);
        }
        self.into_text().success(part, command).map(String::into_bytes)
    }
}

impl ExecOutput {
    /// The output of a program that succeeded; its words as an error otherwise.
    pub fn success(self, part: Role, command: &str) -> Result<String> {
        if self.status == 0 {
            return Ok(self.stdout);
        }
        let said = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        Err(Error::Exec {
            part,
            command: command.to_owned(),
            status: self.status,
            stderr: said.trim().to_owned(),
        })
    }
}

/// What goes into a program in a container.
pub(crate) type Input = Pin<Box<dyn AsyncWrite + Send>>;
/// What comes out of it.
pub(crate) type Output =
    Pin<Box<dyn Stream<Item = std::result::Result<LogOutput, DockerError>> + Send>>;

/// A program that was started in a container.
pub(crate) struct Attached {
    id: String,
    pub(crate) input: Input,
    pub(crate) output: Output,
}

/// Starts `command` in the container; `action` is what an error says could not be done.
pub(crate) async fn attach(
    docker: &Docker,
    container: &str,
    user: Option<&str>,
    command: &[&str],
    with_input: bool,
    action: &str,
) -> Result<Attached> {
    let config = ExecConfig {
        cmd: Some(command.iter().map(|&word| word.to_owned()).collect()),
        user: user.map(str::to_owned),
        attach_stdin: Some(with_input),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..Default::default()
    };
    let id = docker.create_exec(container, config).await.map_err(refused(action))?.id;
    match docker.start_exec(&id, None).await.map_err(refused(action))? {
        StartExecResults::Attached { output, input } => Ok(Attached { id, input, output }),
        StartExecResults::Detached => {
            Err(Error::Unreadable { what: action.to_owned(), detail: "it was detached".to_owned() })
        }
    }
}

/// Runs `command` in the container and waits for its end.
///
/// Secrets go through `stdin`, never through `command`: arguments are visible to `docker top`.
pub(crate) async fn exec(
    docker: &Docker,
    container: &str,
    user: Option<&str>,
    command: &[&str],
    stdin: Option<&[u8]>,
) -> Result<RawOutput> {
    let name = command.first().copied().unwrap_or_default();
    let action = format!("run {name} in a container");
    let Attached { id, mut input, mut output } =
        attach(docker, container, user, command, stdin.is_some(), &action).await?;
    let send = async {
        if let Some(bytes) = stdin {
            // A program that ends without reading its input is no error of ours.
            let _ = input.write_all(bytes).await;
            let _ = input.shutdown().await;
        }
    };
    let receive = async {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        while let Some(chunk) = output.next().await {
            match chunk.map_err(refused(action.clone()))? {
                LogOutput::StdErr { message } => stderr.extend_from_slice(&message),
                LogOutput::StdOut { message } | LogOutput::Console { message } => {
                    stdout.extend_from_slice(&message);
                }
                LogOutput::StdIn { .. } => {}
            }
        }
        Ok::<_, Error>((stdout, stderr))
    };
    let ((), received) = tokio::join!(send, receive);
    let (stdout, stderr) = received?;
    let ended = docker.inspect_exec(&id).await.map_err(refused(action))?;
    Ok(RawOutput { status: ended.exit_code.unwrap_or(-1), stdout, stderr })
}
