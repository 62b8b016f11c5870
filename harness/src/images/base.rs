//! The base image: from a registry if one answers, otherwise made from Debian's packages.
//!
//! `mmdebstrap` fetches from its default mirror, so this file names no address.

use std::process::Stdio;
use std::time::{Duration, Instant};

use futures::StreamExt;
use testcontainers::bollard::query_parameters::{
    CreateImageOptionsBuilder, TagImageOptionsBuilder,
};
use testcontainers::bollard::{Docker, body_try_stream};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio_util::io::ReaderStream;

use super::exists;
use super::recipe::Base;
use crate::engine::{chain, refused};
use crate::model::{Error, Progress, Result};

/// How long the harness waits for a registry before it uses the packages.
const REGISTRY: Duration = Duration::from_secs(15);

/// How long `mmdebstrap` may take to clean up after itself.
const GOODBYE: Duration = Duration::from_secs(10);

/// Makes the base image unless its tag is there.
pub(super) async fn ensure(docker: &Docker, base: &Base, progress: &Progress) -> Result<()> {
    if exists(docker, &base.tag).await? {
        return Ok(());
    }
    let image = format!("debian:{}-slim", base.suite);
    progress.say(&format!("images: asking the registry for {image}"));
    match pull(docker, &image).await {
        Ok(()) => {
            let (repository, tag) = split(&base.tag);
            let options = TagImageOptionsBuilder::new().repo(repository).tag(tag).build();
            docker
                .tag_image(&image, Some(options))
                .await
                .map_err(refused(format!("tag the image {image}")))
        }
        Err(why) => {
            progress.say(&format!("images: no registry answers ({why}); using Debian's packages"));
            bootstrap(docker, base, progress).await
        }
    }
}

/// Pulls the image. The error says in a few words why not.
async fn pull(docker: &Docker, image: &str) -> std::result::Result<(), String> {
    let options = CreateImageOptionsBuilder::new().from_image(image).build();
    let mut events = docker.create_image(Some(options), None, None);
    // Only the first answer has a limit. A registry that answers may take its time to send.
    let Ok(mut next) = tokio::time::timeout(REGISTRY, events.next()).await else {
        return Err(format!("no answer within {} s", REGISTRY.as_secs()));
    };
    while let Some(event) = next {
        event.map_err(|error| last_words(&chain(&error)))?;
        next = events.next().await;
    }
    Ok(())
}

/// The cause at the end of the engine's long sentence, without addresses.
fn last_words(why: &str) -> String {
    why.rsplit(": ").next().unwrap_or(why).trim().to_owned()
}

/// Makes a minimal Debian with `mmdebstrap` and imports it.
async fn bootstrap(docker: &Docker, base: &Base, progress: &Progress) -> Result<()> {
    let start = Instant::now();
    let folder = tempfile::tempdir()
        .map_err(|source| Error::Io { action: "make a temporary folder".into(), source })?;
    let tarball = folder.path().join("base.tar");
    let mut child = Bootstrap::start(base.suite, &tarball)?;
    let mut tail = Vec::new();
    if let Some(stderr) = child.0.stderr.take() {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(step) = line.strip_prefix("I: ").filter(|s| is_step(s)) {
                progress.say(&format!("images: base {step}"));
            }
            tail.push(line);
        }
    }
    let status = child
        .0
        .wait()
        .await
        .map_err(|source| Error::Io { action: "wait for mmdebstrap".into(), source })?;
    if !status.success() {
        return Err(failed(&format!("mmdebstrap ended with {status}"), &tail));
    }
    import(docker, base, &tarball).await?;
    let seconds = start.elapsed().as_secs_f64();
    progress.say(&format!("images: base made from Debian's packages in {seconds:.0} s"));
    Ok(())
}

fn is_step(line: &str) -> bool {
    ["running", "downloading", "extracting", "installing", "creating"]
        .iter()
        .any(|verb| line.starts_with(verb))
}

fn failed(reason: &str, tail: &[String]) -> Error {
    let tail = tail[tail.len().saturating_sub(15)..].join("\n");
    if tail.contains("o space left on device") {
        return Error::NoSpace { action: "make the base image".into() };
    }
    Error::ImageBuild { image: "base".into(), reason: reason.to_owned(), tail }
}

/// A running `mmdebstrap`. When it is dropped, `mmdebstrap` ends, unmounts and removes its folder.
struct Bootstrap(Child);

impl Bootstrap {
    fn start(suite: &str, tarball: &std::path::Path) -> Result<Self> {
        let child = Command::new("mmdebstrap")
            .args(["--variant=minbase", "--format=tar", "--aptopt=Acquire::Languages \"none\""])
            .arg(suite)
            .arg(tarball)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| match source.kind() {
                std::io::ErrorKind::NotFound => {
                    Error::MissingHostProgram { program: "mmdebstrap", package: "mmdebstrap" }
                }
                _ => Error::Io { action: "start mmdebstrap".into(), source },
            })?;
        Ok(Self(child))
    }
}

impl Drop for Bootstrap {
    fn drop(&mut self) {
        let Some(pid) = self.0.id() else { return };
        // `mmdebstrap` removes its folder on SIGTERM, but cannot on SIGKILL.
        let _ = std::process::Command::new("kill").arg(pid.to_string()).status();
        let start = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) && start.elapsed() < GOODBYE {
            std::thread::yield_now();
        }
    }
}

async fn import(docker: &Docker, base: &Base, tarball: &std::path::Path) -> Result<()> {
    let (repository, tag) = split(&base.tag);
    let options = CreateImageOptionsBuilder::new().from_src("-").repo(repository).tag(tag).build();
    let file = tokio::fs::File::open(tarball)
        .await
        .map_err(|source| Error::Io { action: "open the base archive".into(), source })?;
    let body = body_try_stream(ReaderStream::with_capacity(file, 1 << 20));
    let mut events = docker.create_image(Some(options), Some(body), None);
    while let Some(event) = events.next().await {
        event.map_err(refused("import the base image"))?;
    }
    Ok(())
}

fn split(tag: &str) -> (&str, &str) {
    tag.rsplit_once(':').unwrap_or((tag, "latest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_end_of_the_engines_sentence() {
        let why = "Get \"https://registry/v2/\": dial tcp: lookup registry: no such host";
        assert_eq!(last_words(why), "no such host");
    }
}
