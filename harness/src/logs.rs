//! What the containers wrote to their standard output and error.

use futures::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::{LogsOptions, LogsOptionsBuilder};

use crate::docker::refused;
use crate::error::Result;

/// The last `lines` lines of both streams.
pub(crate) async fn tail(docker: &Docker, container: &str, lines: usize) -> Result<String> {
    read(docker, container, &lines.to_string(), true).await
}

/// Everything of both streams.
pub(crate) async fn all(docker: &Docker, container: &str) -> Result<String> {
    read(docker, container, "all", true).await
}

/// The last lines of standard output alone, where `winrmd` writes its record.
pub(crate) async fn stdout_tail(docker: &Docker, container: &str, lines: usize) -> Result<String> {
    read(docker, container, &lines.to_string(), false).await
}

/// So many lines of a log are looked at first: the engine finds the end of a log at once, and a moment
/// in it only by reading all that is before.
const LAST: usize = 2000;

/// Standard output since this second (Unix time).
pub(crate) async fn stdout_since(docker: &Docker, container: &str, since: i32) -> Result<String> {
    let last = LAST.to_string();
    let options = LogsOptionsBuilder::new().stdout(true).since(since).tail(&last).build();
    let end = collect(docker, container, options).await?;
    if end.lines().count() < LAST {
        return Ok(end);
    }
    let options = LogsOptionsBuilder::new().stdout(true).since(since).build();
    collect(docker, container, options).await
}

async fn read(docker: &Docker, container: &str, tail: &str, stderr: bool) -> Result<String> {
    let options = LogsOptionsBuilder::new().stdout(true).stderr(stderr).tail(tail).build();
    collect(docker, container, options).await
}

async fn collect(docker: &Docker, container: &str, options: LogsOptions) -> Result<String> {
    let mut output = docker.logs(container, Some(options));
    let mut bytes = Vec::new();
    while let Some(chunk) = output.next().await {
        bytes.extend_from_slice(&chunk.map_err(refused("read a container's log"))?.into_bytes());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
