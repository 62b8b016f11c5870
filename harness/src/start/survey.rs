//! What this machine has for labs. Nothing here changes anything.

use std::path::PathBuf;

use serde::Serialize;
use testcontainers::bollard::Docker;

use super::limits::Limits;
use super::network::free_networks;
use super::sweep::orphans;
use crate::engine::{connect, locks, refused};
use crate::images::{self, Programs};
use crate::model::{Result, SambaVersion};

/// The engine, and what it has.
#[derive(Debug)]
pub struct Survey {
    docker: Docker,
}

/// What the engine says of itself.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EngineFacts {
    /// Its version.
    pub version: String,
    /// The version of its API.
    pub api_version: String,
    /// How it stores images.
    pub storage_driver: String,
    /// Where it stores them. The folder may be on another machine.
    pub root: PathBuf,
    /// Whether it runs without root's rights.
    pub rootless: bool,
    /// What it cannot do on this machine, in its own words.
    pub warnings: Vec<String>,
}

impl Survey {
    /// Connects to the engine.
    ///
    /// # Errors
    /// It does not answer, or this user may not use it.
    pub async fn begin() -> Result<Self> {
        Ok(Self { docker: connect().await? })
    }

    /// What the engine says of itself.
    pub async fn engine(&self) -> Result<EngineFacts> {
        let asked = "say what it is";
        let version = self.docker.version().await.map_err(refused(asked))?;
        let info = self.docker.info().await.map_err(refused(asked))?;
        let options = info.security_options.unwrap_or_default();
        Ok(EngineFacts {
            version: version.version.unwrap_or_default(),
            api_version: version.api_version.unwrap_or_default(),
            storage_driver: info.driver.unwrap_or_default(),
            root: info.docker_root_dir.unwrap_or_default().into(),
            rootless: options.iter().any(|option| option.contains("rootless")),
            warnings: info.warnings.unwrap_or_default(),
        })
    }

    /// The images that the next lab must build first.
    pub async fn missing_images(&self, samba: SambaVersion) -> Result<Vec<String>> {
        images::missing(&self.docker, samba).await
    }

    /// How many networks labs may still take, and the ranges that these are in.
    pub async fn free_networks(&self) -> Result<(usize, String)> {
        let (ranges, free) = free_networks(&self.docker).await?;
        Ok((free.count(), ranges))
    }

    /// The sessions of killed programs. The next start or list removes them.
    pub async fn left_behind(&self) -> Result<Vec<String>> {
        orphans(&self.docker).await
    }
}

/// The folder of the programs that go into a lab.
///
/// # Errors
/// A program is missing.
pub fn folder_of_programs() -> Result<PathBuf> {
    let programs = Programs::find()?;
    Ok(programs.agent.parent().map(PathBuf::from).unwrap_or_default())
}

/// Checks that this user can lock a name, as each start does.
///
/// # Errors
/// The folder of the locks cannot be used.
pub fn check_locks() -> Result<()> {
    locks::try_take("doctor").map(drop)
}

/// The bytes of memory that a lab of three parts takes at most.
pub fn most_memory() -> u64 {
    [Limits::of_dc(), Limits::of_mem1(), Limits::of_client()].map(Limits::bytes).iter().sum()
}
