//! The images of the lab. Each is built once; a tag with a hash of its inputs finds it again.
//!
//! The image sources are compiled into the program, so the program works outside a checkout. The
//! base is Debian's slim image if a registry answers; otherwise it is made from Debian's packages
//! ([`base`]). The engine builds everything else from that base ([`build`]).
//!
//! Uses: engine, env, model.

mod base;
mod build;
mod bundle;
mod filled;
mod programs;
mod recipe;

use std::sync::LazyLock;
use std::time::Instant;

use futures::future::try_join_all;
use testcontainers::bollard::Docker;

use crate::engine;
use crate::engine::locks;
use crate::model::{LabSpec, OwnParts, Progress, Result, SambaVersion};
pub(crate) use bundle::images_with_programs;
pub use bundle::{bundle, load};
pub(crate) use programs::{Program, Programs, pack};
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

    fn tags(&self) -> [&str; 3] {
        [&self.dc1, &self.mem1, &self.client]
    }
}

/// The images of a set with the lab's programs in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledImages {
    /// Their tags.
    pub images: ImageSet,
    /// The name of the programs, which follows from their contents.
    pub programs: String,
    /// The tag of the base image.
    pub base: String,
}

/// Builds the missing images as [`ensure_images`] does, and then images that also have the lab's
/// programs in them.
///
/// # Errors
/// Those of [`ensure_images`]; or a program of the lab is missing.
pub async fn fill_images(samba: SambaVersion, progress: &Progress) -> Result<FilledImages> {
    let programs = Programs::find()?;
    let docker = engine::connect().await?;
    let set = ensure(&docker, samba, progress).await?;
    let (images, programs) = filled::fill(&docker, &set, programs, progress).await?;
    let base = Recipes::new(std::env::consts::ARCH, SambaVersion::default()).bases.remove(0).tag;
    Ok(FilledImages { images, programs, base })
}

/// The images for a lab, and whether its programs must be copied into it: not where images have
/// them already, unless something takes the place of the lab's own parts.
pub(crate) async fn for_lab(
    docker: &Docker,
    spec: &LabSpec,
    programs: &Programs,
    progress: &Progress,
) -> Result<(ImageSet, bool)> {
    let (images, copies) = match filled::find(docker, &set_of(spec.samba), programs).await? {
        Some(filled) => (filled, spec.own != OwnParts::default()),
        None => (ensure(docker, spec.samba, progress).await?, true),
    };
    Ok((images.with(&spec.own), copies))
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
    TAGS.iter().find(|(known, _)| known == filled::unfilled(tag)).map(|(_, samba)| *samba)
}

/// The tag of dc1's image with this Samba version.
pub(crate) fn dc1_tag(samba: SambaVersion) -> String {
    set_of(samba).dc1
}

fn set_of(samba: SambaVersion) -> ImageSet {
    Recipes::new(std::env::consts::ARCH, samba).image_set()
}

/// The images of a set that are not there.
pub(crate) async fn missing(docker: &Docker, samba: SambaVersion) -> Result<Vec<String>> {
    let filled = match Programs::find() {
        Ok(programs) => filled::find(docker, &set_of(samba), &programs).await?,
        // The start of a lab says so.
        Err(_) => None,
    };
    if filled.is_some() {
        return Ok(Vec::new());
    }
    missing_of(docker, &Recipes::new(std::env::consts::ARCH, samba)).await
}

async fn missing_of(docker: &Docker, recipes: &Recipes) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for tag in recipes.image_set().tags() {
        if !exists(docker, tag).await? {
            missing.push(tag.to_owned());
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
