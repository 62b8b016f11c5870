//! The images of the lab: built once, found again by a tag that carries a hash of their inputs.
//!
//! The image sources are compiled into the program, so that it works outside a checkout. The base
//! is Debian's slim image where a registry answers, otherwise it is made from Debian's packages
//! ([`base`]). Everything else is built from that base by the engine itself ([`build`]).

mod base;
mod build;
mod recipe;

use std::sync::LazyLock;
use std::time::Instant;

use futures::future::try_join_all;
use testcontainers::bollard::Docker;

use crate::docker;
use crate::error::Result;
use crate::locks;
use crate::progress::Progress;
use crate::samba::SambaVersion;
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
pub async fn ensure_images(samba: SambaVersion, progress: &Progress) -> Result<ImageSet> {
    let docker = docker::connect().await?;
    ensure(&docker, samba, progress).await
}

pub(crate) async fn ensure(
    docker: &Docker,
    samba: SambaVersion,
    progress: &Progress,
) -> Result<ImageSet> {
    let recipes = Recipes::new(std::env::consts::ARCH, samba);
    if all_there(docker, &recipes).await? {
        return Ok(recipes.image_set());
    }
    progress.say("images: some are missing; building them (about a minute, the first time only)");
    let start = Instant::now();
    let wait = || progress.say("images: another program is building them; waiting for it");
    let _lock = locks::take("images", wait).await?;
    for base in &recipes.bases {
        base::ensure(docker, base, progress).await?;
    }
    // Keytabs and certificates of the others come out of dc1: a new dc1 makes them stale.
    let mut stale = false;
    for stage in &recipes.stages {
        let built = stage.iter().map(|recipe| build::ensure(docker, recipe, stale, progress));
        let built = try_join_all(built).await?;
        stale |= stage.iter().zip(built).any(|(recipe, built)| recipe.name == "dc1" && built);
    }
    progress.say(&format!("images: ready after {:.0} s", start.elapsed().as_secs_f64()));
    Ok(recipes.image_set())
}

/// The Samba in dc1's image with this tag: a tag is made of everything that goes into the image, so
/// that an image of another build is not known.
pub(crate) fn samba_of(tag: &str) -> Option<SambaVersion> {
    static TAGS: LazyLock<[(String, SambaVersion); 2]> =
        LazyLock::new(|| SambaVersion::ALL.map(|samba| (dc1_tag(samba), samba)));
    TAGS.iter().find(|(known, _)| known == tag).map(|(_, samba)| *samba)
}

/// The tag of dc1's image with this Samba.
pub(crate) fn dc1_tag(samba: SambaVersion) -> String {
    Recipes::new(std::env::consts::ARCH, samba).image_set().dc1
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
