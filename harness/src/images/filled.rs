//! Images with the lab's programs in them. A lab that starts from these copies nothing, so it is
//! images and nothing else.
//!
//! Their tags are the tag of the image without programs, a dash, and the name of the programs.

use std::collections::BTreeMap;
use std::io;

use testcontainers::bollard::Docker;

use super::build::{Build, build};
use super::programs::{Programs, pack};
use super::{ImageSet, exists};
use crate::model::{Error, Progress, Result, Role};

const DOCKERFILE: &str = "ARG IMAGE\nFROM ${IMAGE}\nCOPY bin/ /usr/lib/spnlab/bin/\n";

/// The images of a set with the programs of this name in them.
pub(super) fn filled(set: &ImageSet, programs: &str) -> ImageSet {
    let filled = |tag: &str| format!("{tag}-{programs}");
    ImageSet { dc1: filled(&set.dc1), mem1: filled(&set.mem1), client: filled(&set.client) }
}

/// The tag of the same image without programs.
pub(super) fn unfilled(tag: &str) -> &str {
    tag.rsplit_once('-').map_or(tag, |(unfilled, _)| unfilled)
}

/// The images that have the programs of this folder in them, if all of them are there. Only a
/// folder that names its programs has such images.
pub(super) async fn find(
    docker: &Docker,
    set: &ImageSet,
    programs: &Programs,
) -> Result<Option<ImageSet>> {
    let Some(name) = programs.name() else { return Ok(None) };
    let filled = filled(set, &name);
    Ok(are_there(docker, &filled).await?.then_some(filled))
}

async fn are_there(docker: &Docker, set: &ImageSet) -> Result<bool> {
    for tag in set.tags() {
        if !exists(docker, tag).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Fills the images of a set with these programs. Returns their tags, and the programs' name.
pub(super) async fn fill(
    docker: &Docker,
    set: &ImageSet,
    programs: Programs,
    progress: &Progress,
) -> Result<(ImageSet, String)> {
    let unreadable = |source| Error::Io { action: "read the lab's programs".to_owned(), source };
    let name = programs.name().map_or_else(|| programs.name_by_contents(), Ok);
    let name = name.map_err(unreadable)?;
    let filled = filled(set, &name);
    if are_there(docker, &filled).await? {
        return Ok((filled, name));
    }
    // All three anew: the keytabs of one set belong together.
    let roles = [Role::Dc1, Role::Mem1, Role::Client];
    for ((role, from), tag) in roles.into_iter().zip(set.tags()).zip(filled.tags()) {
        let args = BTreeMap::from([("IMAGE".to_owned(), from.to_owned())]);
        let context = context(&programs, role).map_err(unreadable)?;
        let image = Build { name: role.as_str(), tag, dockerfile: "Dockerfile", args: &args };
        build(docker, image, context, progress).await?;
    }
    Ok((filled, name))
}

fn context(programs: &Programs, role: Role) -> io::Result<Vec<u8>> {
    let mut archive = pack(&programs.of(role), "bin")?;
    let mut header = tar::Header::new_gnu();
    header.set_size(DOCKERFILE.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, "Dockerfile", DOCKERFILE.as_bytes())?;
    archive.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_image_is_known_by_the_one_that_it_is_made_from() {
        let [dc1, mem1, client] = ["dc1", "mem1", "client"].map(|name| format!("spnlab/{name}:01"));
        let set = ImageSet { dc1, mem1, client };
        let filled = filled(&set, "23");
        assert_eq!(filled.mem1, "spnlab/mem1:01-23");
        assert_eq!(filled.tags().map(unfilled), set.tags());
        assert_eq!(set.tags().map(unfilled), set.tags());
    }
}
