//! The image of the witnesses: their packages come by pip from `PyPI`, the rest from Debian.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spnlab_harness::{LABEL_LAB, LABEL_SESSION, Lab};

const DOCKERFILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/Dockerfile"));
/// What `PyPI` is asked for: versions and hashes.
const LISTS: [(&str, &str); 3] = [
    ("wheels", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/wheels.txt"))),
    ("sources", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/sources.txt"))),
    ("suites", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/suites.txt"))),
];

/// The image's tag; builds it if it is not there. The error is the reason for skipping.
pub(crate) fn ensure(client: &str) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    (DOCKERFILE, client, LISTS).hash(&mut hasher);
    let hash = format!("{:016x}", hasher.finish());
    let tag = format!("spnlab/witness:{hash}");
    if succeeds(Command::new("docker").args(["image", "inspect", &tag])).is_ok() {
        return Ok(tag);
    }
    let folder = folder().join(format!("packages-{hash}"));
    for (name, list) in LISTS {
        download(&folder, name, list)?;
    }
    std::fs::write(folder.join("Dockerfile"), DOCKERFILE).map_err(|error| error.to_string())?;
    let client = format!("CLIENT={client}");
    let mut build = Command::new("docker");
    build.env("DOCKER_BUILDKIT", "0").args(["build", "--build-arg", &client, "--tag", &tag]);
    succeeds(build.arg(&folder)).map_err(|error| format!("the image is not built: {error}"))?;
    Ok(tag)
}

/// Below the folder of build results.
pub(crate) fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let target = program.ancestors().nth(3).map_or_else(|| "target".into(), Path::to_owned);
    target.join("witnesses")
}

/// Gets what one list names; the hashes are compared by pip.
fn download(folder: &Path, name: &str, list: &str) -> Result<(), String> {
    let (into, file) = (folder.join(name), folder.join(format!("{name}.txt")));
    std::fs::create_dir_all(&into).map_err(|error| error.to_string())?;
    std::fs::write(&file, list).map_err(|error| error.to_string())?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest"]);
    pip.arg(into).arg("--requirement").arg(file);
    match name {
        "wheels" => pip.args([
            "--only-binary=:all:",
            "--implementation=cp",
            "--python-version=3.13",
            "--platform=manylinux2014_x86_64",
            "--platform=manylinux_2_28_x86_64",
        ]),
        "sources" => pip.arg("--no-binary=krb5,pykerberos"),
        _ => pip.arg("--no-binary=pypsrp,pywinrm"),
    };
    succeeds(&mut pip).map_err(|error| format!("PyPI does not give the packages: {error}"))
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
