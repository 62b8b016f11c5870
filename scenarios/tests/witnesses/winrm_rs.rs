//! winrm-rs of crates.io: a small program around it, in a workspace of its own, built on this
//! machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::missing::Missing;

/// Where the program's sources are.
pub(crate) const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/winrm-rs");

/// What cargo, by way of curl's numbers, says when nobody answers: no such proxy, no such host, no
/// connection, no answer in time, an empty answer, a connection that breaks.
const NO_ANSWER: [&str; 7] = ["[5]", "[6]", "[7]", "[28]", "[52]", "[55]", "[56]"];
/// What cargo says before it builds anything if a crate asks for a newer Rust: this project builds
/// with older ones than winrm-rs does.
const OLD_RUST: &str = "is not supported by the following package";

/// Builds the program with its results in `target`; returns its path. `environment` is for cargo.
///
/// # Errors
/// `Skipped` where crates.io does not answer and not everything is here already, or where this
/// machine's Rust is too old; else `Broken`.
pub(crate) fn build(
    sources: &Path,
    target: &Path,
    environment: &[(&str, &str)],
) -> Result<PathBuf, Missing> {
    let cargo = |words: &[&str]| cargo(words, sources, target, environment);
    cargo(&["fetch"]).map_err(|said| {
        let silent = NO_ANSWER.iter().any(|number| said.contains(number));
        let said = format!("cargo fetch: {said}");
        if silent { Missing::Skipped(said) } else { Missing::Broken(said) }
    })?;
    cargo(&["build"]).map_err(|said| {
        let old = said.contains(OLD_RUST);
        let said = format!("cargo build: {said}");
        if old { Missing::Skipped(said) } else { Missing::Broken(said) }
    })?;
    Ok(target.join("debug/witness-winrm-rs"))
}

/// The error is what cargo said, from its first `error` on.
fn cargo(
    words: &[&str],
    sources: &Path,
    target: &Path,
    environment: &[(&str, &str)],
) -> Result<(), String> {
    let mut cargo = Command::new("cargo");
    cargo.args(words).args(["--locked", "--quiet"]).env("CARGO_TARGET_DIR", target);
    cargo.envs(environment.iter().copied()).current_dir(sources);
    let output = cargo.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = said.lines().skip_while(|line| !line.starts_with("error")).take(20);
    let lines: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { Err(said.trim().to_owned()) } else { Err(lines.join(" ")) }
}
