//! Starts a program inside a container, with its streams attached.

use std::pin::Pin;

use futures::Stream;
use spnlab_agent::Ran;
use testcontainers::bollard::Docker;
use testcontainers::bollard::container::LogOutput;
use testcontainers::bollard::errors::Error as DockerError;
use testcontainers::bollard::exec::StartExecResults;
use testcontainers::bollard::models::ExecConfig;
use tokio::io::AsyncWrite;

use super::refused;
use crate::model::{Error, Result, Role};

/// The agent in each container.
pub(super) const AGENT: &str = "/usr/lib/spnlab/bin/spnlab-agent";

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

impl From<Ran> for ExecOutput {
    fn from(Ran { status, stdout, stderr }: Ran) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { status, stdout: text(stdout.0), stderr: text(stderr.0) }
    }
}

impl ExecOutput {
    /// The standard output of a program that succeeded; otherwise an error with what it said.
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

/// Standard input of a program in a container.
pub(crate) type Input = Pin<Box<dyn AsyncWrite + Send>>;
/// Its output.
pub(crate) type Output =
    Pin<Box<dyn Stream<Item = std::result::Result<LogOutput, DockerError>> + Send>>;

/// A program that the harness started in a container.
pub(crate) struct Attached {
    pub(crate) input: Input,
    pub(crate) output: Output,
}

/// Starts `command` in the container; `action` is what an error says could not be done.
///
/// Secrets go through its input, never through `command`: arguments are visible to `docker top`.
pub(crate) async fn attach(
    docker: &Docker,
    container: &str,
    user: Option<&str>,
    command: &[&str],
    action: &str,
) -> Result<Attached> {
    let config = ExecConfig {
        cmd: Some(command.iter().map(|&word| word.to_owned()).collect()),
        user: user.map(str::to_owned),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..Default::default()
    };
    let id = docker.create_exec(container, config).await.map_err(refused(action))?.id;
    match docker.start_exec(&id, None).await.map_err(refused(action))? {
        StartExecResults::Attached { output, input } => Ok(Attached { input, output }),
        StartExecResults::Detached => {
            Err(Error::Unreadable { what: action.to_owned(), detail: "it was detached".to_owned() })
        }
    }
}
