//! The connection to the Docker engine.

use std::time::Duration;

use testcontainers::bollard::Docker;
use testcontainers::bollard::errors::Error as BollardError;

use super::address::address;
use super::inside;
use super::refusal::chain;
use crate::model::{Error, Result};

/// How long the engine may take to answer the first request.
const FIRST_ANSWER: Duration = Duration::from_secs(10);

/// Connects to the engine that `docker` itself would take. Checks that it answers.
pub(crate) async fn connect() -> Result<Docker> {
    let address = address()?;
    let unreachable = |source| Error::DockerUnreachable { address: address.clone(), source };
    let docker = Docker::connect_with_host(&address).map_err(unreachable)?;
    match tokio::time::timeout(FIRST_ANSWER, docker.negotiate_version()).await {
        Ok(Ok(docker)) => inside::find_out(&docker).await.map(|()| docker),
        Ok(Err(source)) if chain(&source).contains("ermission denied") => {
            Err(Error::DockerForbidden { address })
        }
        Ok(Err(source)) => Err(unreachable(source)),
        Err(_) => Err(unreachable(BollardError::RequestTimeoutError)),
    }
}
