//! The images of the lab: built once, found again by a tag that carries a hash of their inputs.
//!
//! The image sources are compiled into the program, so that it works outside a checkout. The base
//! is `debian:trixie-slim` where a registry answers, otherwise it is made from Debian's packages
//! ([`base`]). Everything else is built from that base by the engine itself ([`build`]).

mod base;
mod build;
mod recipe;

use std::fs::File;
use std::path::PathBuf;
use std::time::Instant;

use futures::future::try_join_all;
use testcontainers::bollard::Docker;

use crate::docker;
use crate::error::{Error, Result};
use crate::progress::Progress;
use recipe::Recipes;

/// The tags of a complete set of images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSet {
    /// Domain controller.
    pub dc1: String,
    /// Member server.
    pub mem1: String,
    /// Workstation.
    pub client: String,
}

/// Builds what is missing and returns the tags; a second call builds nothing.
///
/// Two programs that build at the same time wait for each other: the images of one set belong
/// together (keytabs, certificates).
///
/// # Errors
/// Docker not reachable, a missing host program, no network, no room: each with its next step.
pub async fn ensure_images(progress: &Progress) -> Result<ImageSet> {
    let docker = docker::connect().await?;
    ensure(&docker, progress).await
}

pub(crate) async fn ensure(docker: &Docker, progress: &Progress) -> Result<ImageSet> {
    let recipes = Recipes::new(std::env::consts::ARCH);
    if all_there(docker, &recipes).await? {
        return Ok(recipes.image_set());
    }
    progress.say("images: some are missing; building them (about a minute, the first time only)");
    let start = Instant::now();
    let _lock = lock(progress).await?;
    base::ensure(docker, &recipes.base, progress).await?;
    for stage in &recipes.stages {
        try_join_all(stage.iter().map(|recipe| build::ensure(docker, recipe, progress))).await?;
    }
    progress.say(&format!("images: ready after {:.0} s", start.elapsed().as_secs_f64()));
    Ok(recipes.image_set())
}

async fn all_there(docker: &Docker, recipes: &Recipes) -> Result<bool> {
    let set = recipes.image_set();
    for tag in [&set.dc1, &set.mem1, &set.client] {
        if !exists(docker, tag).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) async fn exists(docker: &Docker, tag: &str) -> Result<bool> {
    match docker.inspect_image(tag).await {
        Ok(_) => Ok(true),
        Err(error) if docker::is_gone(&error) => Ok(false),
        Err(error) => Err(docker::refused(format!("inspect the image {tag}"))(error)),
    }
}

/// One build at a time on this machine; the lock goes with the file handle.
async fn lock(progress: &Progress) -> Result<File> {
    let path: PathBuf = std::env::temp_dir().join("spnlab-images.lock");
    let action = format!("lock {}", path.display());
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| Error::Io { action: action.clone(), source })?;
    if file.try_lock().is_err() {
        progress.say("images: another program is building them; waiting for it");
    }
    tokio::task::spawn_blocking(move || file.lock().map(|()| file))
        .await
        .map_err(|e| std::io::Error::other(e.to_string()))
        .and_then(|locked| locked)
        .map_err(|source| Error::Io { action, source })
}
