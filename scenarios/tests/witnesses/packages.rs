//! The packages of the witnesses, as files in a folder: pip gets them from its index and compares
//! their hashes.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::missing::Missing;

/// What `PyPI` is asked for: versions and hashes.
pub(crate) const LISTS: [(&str, &str); 4] = [
    ("wheels", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/wheels.txt"))),
    ("older", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/older.txt"))),
    ("sources", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/sources.txt"))),
    ("suites", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/witnesses/suites.txt"))),
];

/// Where pip looks when nobody says otherwise.
const PYPI: &str = "https://pypi.org/simple";
/// curl's exit statuses for "nobody answers": no such proxy, no such host, no connection, no answer
/// in time, an empty answer, and a connection that breaks while it sends or receives.
const NO_ANSWER: [i32; 7] = [5, 6, 7, 28, 52, 55, 56];

/// Gets what the lists name. `index` is a simple index; without one, that of pip's settings.
///
/// # Errors
/// `Skipped` if the index does not answer, which is asked before anything else; `Broken` for
/// whatever goes wrong after that.
pub(crate) fn fetch(
    folder: &Path,
    lists: &[(&str, &str)],
    index: Option<&str>,
) -> Result<(), Missing> {
    let url = match index {
        Some(url) => url.to_owned(),
        None => configured()?,
    };
    answers(&url)?;
    for (name, list) in lists {
        download(folder, name, list, index).map_err(|said| {
            Missing::Broken(format!("pip does not get what {name}.txt names from {url}: {said}"))
        })?;
    }
    Ok(())
}

/// The index of pip's settings: its own options in the environment come before its files.
fn configured() -> Result<String, Missing> {
    let said = output(Command::new("python3").args(["-m", "pip", "config", "list"]))
        .map_err(|said| Missing::Broken(format!("python3 -m pip config list: {said}")))?;
    let urls = said.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        key.ends_with(".index-url").then(|| (key, value.trim_matches(['\'', '"']).to_owned()))
    });
    let urls: Vec<_> = urls.collect();
    let environment = urls.iter().find(|(key, _)| key.starts_with(":env:"));
    Ok(environment.or(urls.first()).map_or_else(|| PYPI.to_owned(), |(_, url)| url.clone()))
}

/// Whether anybody answers at this address; what the answer is does not matter.
fn answers(url: &str) -> Result<(), Missing> {
    let mut curl = Command::new("curl");
    // The options of a person's own curlrc are not those of pip.
    curl.args(["--disable", "--silent", "--show-error", "--output", "/dev/null"]);
    curl.args(["--connect-timeout", "20", "--max-time", "60", "--", url]);
    let output = curl.stdin(Stdio::null()).output();
    let output = output.map_err(|error| Missing::Broken(format!("curl: {error}")))?;
    if output.status.code().is_some_and(|code| NO_ANSWER.contains(&code)) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Missing::Skipped(format!(
            "the package index does not answer: {}",
            said.trim()
        )));
    }
    // A certificate that is not trusted, say, is for pip to complain about.
    Ok(())
}

/// Gets what one list names.
fn download(folder: &Path, name: &str, list: &str, index: Option<&str>) -> Result<(), String> {
    let (into, file) = (folder.join(name), folder.join(format!("{name}.txt")));
    std::fs::create_dir_all(&into).map_err(|error| error.to_string())?;
    std::fs::write(&file, list).map_err(|error| error.to_string())?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest"]);
    pip.arg(into).arg("--requirement").arg(file);
    match name {
        "wheels" | "older" => pip.args([
            "--only-binary=:all:",
            "--implementation=cp",
            "--python-version=3.13",
            "--platform=manylinux2014_x86_64",
            "--platform=manylinux_2_28_x86_64",
        ]),
        "sources" => pip.arg("--no-binary=krb5,pykerberos"),
        _ => pip.arg("--no-binary=pypsrp,pywinrm"),
    };
    if let Some(index) = index {
        pip.args(["--index-url", index]);
    }
    output(&mut pip).map(drop)
}

/// What a program prints. The error is what it complains of: pip says it in several lines.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let words: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Err(words.join(" "))
}
