//! Builds one image with the engine's own builder, and shows each step.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Instant;

use futures::StreamExt;
use testcontainers::bollard::query_parameters::BuildImageOptionsBuilder;
use testcontainers::bollard::{Docker, body_full};

use super::exists;
use super::recipe::Recipe;
use crate::engine::chain;
use crate::model::{Error, Progress, Result};

/// How many lines of the build's output an error shows.
const TAIL: usize = 15;

/// What to build, and from which file of the context.
#[derive(Debug, Clone, Copy)]
pub(super) struct Build<'a> {
    pub(super) name: &'a str,
    pub(super) tag: &'a str,
    pub(super) dockerfile: &'a str,
    pub(super) args: &'a BTreeMap<String, String>,
}

/// Builds the image if its tag is missing or the image is stale. Returns whether it built.
pub(super) async fn ensure(
    docker: &Docker,
    recipe: &Recipe,
    stale: bool,
    progress: &Progress,
) -> Result<bool> {
    if !stale && exists(docker, &recipe.tag).await? {
        return Ok(false);
    }
    let context = recipe.context().map_err(|source| Error::Io {
        action: format!("pack the sources of {}", recipe.name),
        source,
    })?;
    let Recipe { name, tag, dockerfile, build_args: args, .. } = recipe;
    build(docker, Build { name, tag, dockerfile, args }, context, progress).await?;
    Ok(true)
}

/// Builds the image from this context, a tar archive.
pub(super) async fn build(
    docker: &Docker,
    image: Build<'_>,
    context: Vec<u8>,
    progress: &Progress,
) -> Result<()> {
    let start = Instant::now();
    let args: HashMap<&str, &str> =
        image.args.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let options = BuildImageOptionsBuilder::new()
        .dockerfile(image.dockerfile)
        .t(image.tag)
        .buildargs(&args)
        .rm(true)
        .forcerm(true)
        .build();
    let mut output = docker.build_image(options, None, Some(body_full(context.into())));
    let mut tail = VecDeque::new();
    while let Some(event) = output.next().await {
        let event = event.map_err(|error| failure(image.name, &chain(&error), &tail))?;
        if let Some(detail) = event.error_detail {
            return Err(failure(image.name, &detail.message.unwrap_or_default(), &tail));
        }
        for line in event.stream.unwrap_or_default().lines().filter(|l| !l.trim().is_empty()) {
            if let Some(step) = line.strip_prefix("Step ") {
                progress.say(&format!("images: {} step {}", image.name, shorten(step)));
            }
            tail.push_back(line.to_owned());
            if tail.len() > TAIL {
                tail.pop_front();
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.say(&format!("images: {} built in {seconds:.0} s", image.name));
    Ok(())
}

/// The first words of a build step.
fn shorten(step: &str) -> String {
    let words: String = step.chars().take(72).collect();
    if words.len() < step.len() { format!("{}…", words.trim_end()) } else { words }
}

fn failure(image: &str, reason: &str, tail: &VecDeque<String>) -> Error {
    let tail: Vec<&str> = tail.iter().map(String::as_str).collect();
    let tail = tail.join("\n");
    if reason.contains("o space left") || tail.contains("No space left on device") {
        return Error::NoSpace { action: format!("build the image {image}") };
    }
    Error::ImageBuild { image: image.to_owned(), reason: reason.to_owned(), tail }
}
