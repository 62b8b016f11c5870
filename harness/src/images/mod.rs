//! The images of the lab. Each is built once; a tag with a hash of its inputs finds it again.
//!
//! The image sources are compiled into the program, so the program works outside a checkout. The
//! base is Debian's slim image if a registry answers; otherwise it is made from Debian's packages
//! ([`base`]). The engine builds everything else from that base ([`build`]).
//!
//! Uses: engine, model.

mod base;
mod build;
mod recipe;

use std::sync::LazyLock;
use std::time::Instant;

use futures::future::try_join_all;
use testcontainers::bollard::Docker;

use crate::engine;
use crate::engine::locks;
use crate::model::{OwnParts, Progress, Result, SambaVersion};
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

impl ImageSet {
    /// The set with the images of somebody's own parts.
    pub(crate) fn with(mut self, own: &OwnParts) -> Self {
        let places = [
            (&mut self.dc1, &own.dc_image),
            (&mut self.mem1, &own.endpoint_image),
            (&mut self.client, &own.client_image),
        ];
        for (image, own) in places {
            if let Some(own) = own {
                image.clone_from(own);
            }
        }
        self
    }
}

/// Builds the missing images and returns the tags. A second call builds nothing.
///
/// Two programs that build at the same time wait for each other, because the images of one set
/// belong together (keytabs, certificates).
///
/// # Errors
/// Docker is not reachable, a host program is missing, there is no network, or there is no room.
/// Each error has its next step.
pub async fn ensure_images(samba: SambaVersion, progress: &Progress) -> Result<ImageSet> {
    let docker = engine::connect().await?;
    ensure(&docker, samba, progress).await
}

pub(crate) async fn ensure(
    docker: &Docker,
    samba: SambaVersion,
    progress: &Progress,
) -> Result<ImageSet> {
    let recipes = Recipes::new(std::env::consts::ARCH, samba);
    if missing_of(docker, &recipes).await?.is_empty() {
        return Ok(recipes.image_set());
    }
    progress.say("images: some are missing; building them (about a minute, the first time only)");
    let start = Instant::now();
    let wait = || progress.say("images: another program is building them; waiting for it");
    let _lock = locks::take("images", wait).await?;
    for base in &recipes.bases {
        base::ensure(docker, base, progress).await?;
    }
    // The other images hold keytabs and certificates from dc1. So a new dc1 makes them stale.
    let mut stale = false;
    for stage in &recipes.stages {
        let built = stage.iter().map(|recipe| build::ensure(docker, recipe, stale, progress));
        let built = try_join_all(built).await?;
        stale |= stage.iter().zip(built).any(|(recipe, built)| recipe.name == "dc1" && built);
    }
    progress.say(&format!("images: ready after {:.0} s", start.elapsed().as_secs_f64()));
    Ok(recipes.image_set())
}

/// The Samba version in dc1's image with this tag; `None` for an image of another build. The tag is
/// a hash of everything that goes into the image.
pub(crate) fn samba_of(tag: &str) -> Option<SambaVersion> {
    static TAGS: LazyLock<[(String, SambaVersion); 2]> =
        LazyLock::new(|| SambaVersion::ALL.map(|samba| (dc1_tag(samba), samba)));
    TAGS.iter().find(|(known, _)| known == tag).map(|(_, samba)| *samba)
}

/// The tag of dc1's image with this Samba version.
pub(crate) fn dc1_tag(samba: SambaVersion) -> String {
    Recipes::new(std::env::consts::ARCH, samba).image_set().dc1
}

/// The images of a set that are not there.
pub(crate) async fn missing(docker: &Docker, samba: SambaVersion) -> Result<Vec<String>> {
    missing_of(docker, &Recipes::new(std::env::consts::ARCH, samba)).await
}

async fn missing_of(docker: &Docker, recipes: &Recipes) -> Result<Vec<String>> {
    let ImageSet { dc1, mem1, client } = recipes.image_set();
    let mut missing = Vec::new();
    for tag in [dc1, mem1, client] {
        if !exists(docker, &tag).await? {
            missing.push(tag);
        }
    }
    Ok(missing)
}

pub(crate) async fn exists(docker: &Docker, tag: &str) -> Result<bool> {
    match docker.inspect_image(tag).await {
        Ok(_) => Ok(true),
        Err(error) if engine::is_gone(&error) => Ok(false),
        Err(error) => Err(engine::refused(format!("inspect the image {tag}"))(error)),
    }
}
