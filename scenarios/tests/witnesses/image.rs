//! The image of the witnesses: their packages come by pip from `PyPI`, the rest from Debian.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spnlab_harness::{LABEL_LAB, LABEL_SESSION, Lab};

use crate::missing::Missing;
use crate::packages::{self, LISTS};

const DOCKERFILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/Dockerfile"));
/// The image's tag; builds it if it is not there.
///
/// # Errors
/// Those of [`packages::fetch`]; `Broken` if Docker does not build it.
pub(crate) fn ensure(client: &str) -> Result<String, Missing> {
    let mut hasher = DefaultHasher::new();
    (DOCKERFILE, client, LISTS).hash(&mut hasher);
    let hash = format!("{:016x}", hasher.finish());
    let tag = format!("spnlab/witness:{hash}");
    if succeeds(Command::new("docker").args(["image", "inspect", &tag])).is_ok() {
        return Ok(tag);
    }
    let folder = folder().join(format!("packages-{hash}"));
    packages::fetch(&folder, &LISTS, None)?;
    let broken = |error: String| Missing::Broken(format!("the image is not built: {error}"));
    let dockerfile = folder.join("Dockerfile");
    std::fs::write(dockerfile, DOCKERFILE).map_err(|error| broken(error.to_string()))?;
    let client = format!("CLIENT={client}");
    let mut build = Command::new("docker");
    build.env("DOCKER_BUILDKIT", "0").args(["build", "--build-arg", &client, "--tag", &tag]);
    succeeds(build.arg(&folder)).map_err(broken)?;
    Ok(tag)
}

/// Below the folder of build results.
pub(crate) fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let target = program.ancestors().nth(3).map_or_else(|| "target".into(), Path::to_owned);
    target.join("witnesses")
}

/// Starts a container in the lab, which goes with the lab; returns its id.
pub(crate) fn start(lab: &Lab, image: &str) -> Result<String, String> {
    let labels = [
        format!("{LABEL_SESSION}={}", lab.identity().session),
        format!("{LABEL_LAB}={}", lab.identity().name),
    ];
    let mut run = Command::new("docker");
    run.args(["run", "--detach", "--init", "--cap-drop=ALL", "--network", &lab.network_name()]);
    run.args(labels.iter().flat_map(|label| ["--label", label]));
    let output = run.args(["--user", "admin", image]).output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The last words of a program that fails, as the error.
pub(crate) fn succeeds(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it failed");
    Err(last.trim().to_owned())
}
