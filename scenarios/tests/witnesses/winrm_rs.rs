//! winrm-rs of crates.io: a small program around it, in a workspace of its own, built on this machine.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::image::folder;

/// Why there is no program.
pub(crate) enum Missing {
    /// What is needed cannot be had here.
    Skipped(String),
    /// It does not build.
    Broken(String),
}

/// Builds the program; returns its path.
pub(crate) fn build() -> Result<PathBuf, Missing> {
    cargo(&["fetch"]).map_err(|said| Missing::Skipped(format!("crates.io: {said}")))?;
    cargo(&["build"]).map_err(|said| {
        // winrm-rs asks for a newer Rust than this project does.
        if said.contains("rustc") { Missing::Skipped(said) } else { Missing::Broken(said) }
    })?;
    Ok(target().join("debug/witness-winrm-rs"))
}

fn target() -> PathBuf {
    folder().join("winrm-rs")
}

/// The error is what cargo said, from its first `error`.
fn cargo(words: &[&str]) -> Result<(), String> {
    let mut cargo = Command::new("cargo");
    cargo.args(words).args(["--locked", "--quiet"]).env("CARGO_TARGET_DIR", target());
    cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/winrm-rs"));
    let output = cargo.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().find(|line| line.starts_with("error")).unwrap_or("it failed").to_owned())
}
