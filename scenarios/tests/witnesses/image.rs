//! The image of the witnesses: their packages come by pip from `PyPI`, the rest from Debian.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spnlab_harness::{LABEL_LAB, LABEL_SESSION, Lab};

const DOCKERFILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/Dockerfile"));
/// Packages that are the same for every Python, or made for the one in the image (Debian 13).
const WHEELS: &[&str] = &[
    "setuptools",
    "wheel",
    "Cython",
    "packaging",
    "pywinrm==0.5.0",
    "pypsrp==0.9.1",
    "pyspnego==0.12.4",
    "decorator",
];
/// Packages that are compiled in the image.
const SOURCES: &[&str] = &["krb5==0.10.0", "pykerberos==1.2.4"];

/// The image's tag; builds it if it is not there. The error is the reason for skipping.
pub(crate) fn ensure(client: &str) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    (DOCKERFILE, client, WHEELS, SOURCES).hash(&mut hasher);
    let hash = format!("{:016x}", hasher.finish());
    let tag = format!("spnlab/witness:{hash}");
    if succeeds(Command::new("docker").args(["image", "inspect", &tag])).is_ok() {
        return Ok(tag);
    }
    let folder = folder().join(format!("packages-{hash}"));
    download(&folder.join("packages"))?;
    std::fs::write(folder.join("Dockerfile"), DOCKERFILE).map_err(|error| error.to_string())?;
    let client = format!("CLIENT={client}");
    let mut build = Command::new("docker");
    build.env("DOCKER_BUILDKIT", "0").args(["build", "--build-arg", &client, "--tag", &tag]);
    succeeds(build.arg(&folder)).map_err(|error| format!("the image is not built: {error}"))?;
    Ok(tag)
}

/// Below the folder of build results.
fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let target = program.ancestors().nth(3).map_or_else(|| "target".into(), Path::to_owned);
    target.join("witnesses")
}

fn download(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let pip = || {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "download", "--quiet", "--dest"]).arg(folder);
        pip
    };
    let platforms = [
        "--only-binary=:all:",
        "--implementation=cp",
        "--python-version=3.13",
        "--platform=manylinux2014_x86_64",
        "--platform=manylinux_2_28_x86_64",
    ];
    let got = succeeds(pip().args(platforms).args(WHEELS)).and_then(|()| {
        succeeds(pip().args(["--no-deps", "--no-binary=krb5,pykerberos"]).args(SOURCES))
    });
    got.map_err(|error| format!("PyPI does not give the packages: {error}"))
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
fn succeeds(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it failed");
    Err(last.trim().to_owned())
}
