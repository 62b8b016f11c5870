//! Runs a program inside a container, with input on its standard input.

use futures::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::container::LogOutput;
use testcontainers::bollard::exec::StartExecResults;
use testcontainers::bollard::models::ExecConfig;
use tokio::io::AsyncWriteExt;

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

/// Runs `command` in the container and waits for its end.
///
/// Secrets go through `stdin`, never through `command`: arguments are visible to `docker top`.
pub(crate) async fn exec(
    docker: &Docker,
    container: &str,
    user: Option<&str>,
    command: &[&str],
    stdin: Option<&[u8]>,
) -> Result<ExecOutput> {
    let name = command.first().copied().unwrap_or_default();
    let config = ExecConfig {
        cmd: Some(command.iter().map(|&word| word.to_owned()).collect()),
        user: user.map(str::to_owned),
        attach_stdin: Some(stdin.is_some()),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..Default::default()
    };
    let action = format!("run {name} in a container");
    let exec = docker.create_exec(container, config).await.map_err(refused(action.clone()))?;
    let started = docker.start_exec(&exec.id, None).await.map_err(refused(action.clone()))?;
    let StartExecResults::Attached { mut output, mut input } = started else {
        return Err(Error::Unreadable { what: action, detail: "it was detached".to_owned() });
    };
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
    let ended = docker.inspect_exec(&exec.id).await.map_err(refused(action))?;
    Ok(ExecOutput {
        status: ended.exit_code.unwrap_or(-1),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    })
}
