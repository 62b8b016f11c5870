//! What the containers wrote to their standard output and error.

use futures::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;

use super::refused;
use crate::model::Result;

/// The last `lines` lines of both streams.
pub(crate) async fn tail(docker: &Docker, container: &str, lines: usize) -> Result<String> {
    read(docker, container, &lines.to_string()).await
}

/// Everything of both streams.
pub(crate) async fn all(docker: &Docker, container: &str) -> Result<String> {
    read(docker, container, "all").await
}

async fn read(docker: &Docker, container: &str, tail: &str) -> Result<String> {
    let options = LogsOptionsBuilder::new().stdout(true).stderr(true).tail(tail).build();
    let mut output = docker.logs(container, Some(options));
    let mut bytes = Vec::new();
    while let Some(chunk) = output.next().await {
        bytes.extend_from_slice(&chunk.map_err(refused("read a container's log"))?.into_bytes());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
