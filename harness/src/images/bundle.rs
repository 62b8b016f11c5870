//! A bundle: the images of labs with their programs, and spnlab's own image, in one file.
//!
//! It is what `docker save` writes, compressed. So an engine loads it also without spnlab:
//! `zstd -dc spnlab.tar.zst | docker load`.

use std::path::Path;
use std::time::Duration;

use async_compression::tokio::bufread::ZstdDecoder;
use async_compression::tokio::write::ZstdEncoder;
use futures::{StreamExt, TryStreamExt};
use tempfile::NamedTempFile;
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::ImportImageOptionsBuilder;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio_util::io::{ReaderStream, StreamReader};

use super::filled::filled;
use super::{ImageSet, exists, set_of};
use crate::engine::{connect, refused};
use crate::model::{Error, Progress, Result, SambaVersion};

/// spnlab's own image, as `ci/image` tags it.
const SPNLAB: &str = "spnlab:latest";
/// Its label with the name of the programs that it has.
const PROGRAMS: &str = "org.spnlab.programs";
/// How a compressed file begins (RFC 8878 section 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// How long the engine may take to pack the images before it sends the first byte, or to unpack
/// them.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Writes the images of labs with these Samba versions, and spnlab's own image, into a file.
/// Returns their tags.
///
/// # Errors
/// An image is missing, or the file cannot be written. No part of a file stays behind.
pub async fn bundle(
    samba: &[SambaVersion],
    file: &Path,
    progress: &Progress,
) -> Result<Vec<String>> {
    let docker = connect().await?.with_timeout(PATIENCE);
    let tags = tags(&docker, samba).await?;
    let failed = |source| failed("write", file, source);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let begun = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    let to = File::from_std(begun.reopen().map_err(failed)?);
    progress.say(&format!("bundle: packing {} images", tags.len()));
    let names: Vec<&str> = tags.iter().map(String::as_str).collect();
    let images = docker.export_images(&names).map_err(std::io::Error::other);
    let mut from = StreamReader::new(Box::pin(images));
    let mut to = ZstdEncoder::new(to);
    tokio::io::copy_buf(&mut from, &mut to).await.map_err(failed)?;
    to.shutdown().await.map_err(failed)?;
    begun.persist(file).map_err(|error| failed(error.error))?;
    Ok(tags)
}

/// The images with the programs that spnlab's own image has, the same ones without programs, which
/// take no room beside them, and spnlab's own.
async fn tags(docker: &Docker, samba: &[SambaVersion]) -> Result<Vec<String>> {
    let programs = programs(docker).await?;
    let mut tags = vec![SPNLAB.to_owned(), format!("spnlab:{programs}")];
    for set in samba.iter().copied().map(set_of) {
        tags.extend(filled(&set, &programs).tags().map(str::to_owned));
        tags.extend(set.tags().map(str::to_owned));
    }
    all_are_there(docker, &tags).await.map(|()| tags)
}

/// The images for a lab with the programs that spnlab's own image has.
pub(crate) async fn images_with_programs(docker: &Docker, samba: SambaVersion) -> Result<ImageSet> {
    let images = filled(&set_of(samba), &programs(docker).await?);
    all_are_there(docker, &images.tags().map(str::to_owned)).await.map(|()| images)
}

/// The name of the programs in spnlab's own image.
async fn programs(docker: &Docker) -> Result<String> {
    let found = docker.inspect_image(SPNLAB).await.ok();
    let labels = found.and_then(|found| found.config?.labels);
    let named = labels.and_then(|mut labels| labels.remove(PROGRAMS));
    named.ok_or_else(|| Error::NoImages { missing: vec![SPNLAB.to_owned()] })
}

async fn all_are_there(docker: &Docker, tags: &[String]) -> Result<()> {
    let mut missing = Vec::new();
    for tag in tags {
        if !exists(docker, tag).await? {
            missing.push(tag.clone());
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(Error::NoImages { missing }) }
}

/// Gives the engine the images of a bundle. Returns their tags.
///
/// # Errors
/// The file cannot be read or is no bundle, or the engine refuses it.
pub async fn load(file: &Path, progress: &Progress) -> Result<Vec<String>> {
    let failed = |source| failed("read", file, source);
    let mut begins = [0; MAGIC.len()];
    let mut from = File::open(file).await.map_err(failed)?;
    let is_bundle = from.read_exact(&mut begins).await.is_ok() && begins == MAGIC;
    if !is_bundle {
        return Err(Error::NoBundle { file: file.to_owned() });
    }
    let docker = connect().await?.with_timeout(PATIENCE);
    progress.say(&format!("load: giving the images of {} to the engine", file.display()));
    let from = File::open(file).await.map_err(failed)?;
    let images = ReaderStream::with_capacity(ZstdDecoder::new(BufReader::new(from)), 1 << 20);
    let options = ImportImageOptionsBuilder::new().build();
    let mut said = docker.import_image_stream(options, images, None);
    let mut tags = Vec::new();
    while let Some(event) = said.next().await {
        let event = event.map_err(refused(format!("load {}", file.display())))?;
        if let Some(error) = event.error_detail {
            let why = error.message.unwrap_or_default();
            return Err(failed(std::io::Error::other(why)));
        }
        let words = event.stream.unwrap_or_default();
        // Docker says each one on a line of its own; Podman says all on one.
        let loaded = words.trim().strip_prefix("Loaded image: ").unwrap_or_default();
        tags.extend(loaded.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned));
    }
    if tags.is_empty() { Err(Error::NoBundle { file: file.to_owned() }) } else { Ok(tags) }
}

fn failed(how: &str, file: &Path, source: std::io::Error) -> Error {
    Error::Io { action: format!("{how} {}", file.display()), source }
}
