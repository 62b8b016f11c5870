//! Reads what the judge kept in a folder.
//!
//! Uses: results.

use std::path::{Path, PathBuf};

use spnlab_harness::{Error, Result, SpnInventory};
use spnlab_picture::{Record, Recorded};

use crate::results::Results;

/// The name of cucumber's document in a folder of evidence.
pub const RESULTS: &str = "results.json";
/// The texts that a page shows: plans, and what programs printed.
const KINDS: [&str; 7] = ["curl", "ldapmodify", "ldbmodify", "plan", "screen", "setspn", "spnlab"];

/// An attempt, and what was typed in its lab since the attempt before.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The attempt.
    pub record: Record,
    /// The lines, oldest first; the last one made the attempt. Empty if nobody noted them.
    pub done: Vec<String>,
}

/// The file with the lines that were typed before the attempt that is kept in this file.
pub fn commands_of(attempt: &Path) -> PathBuf {
    attempt.with_extension("commands.txt")
}

/// The connections and visits in this folder and in the folders in it, or in this file, oldest
/// first. A link is not followed.
pub fn entries(evidence: &Path) -> Result<Vec<Entry>> {
    let mut files = Vec::new();
    if evidence.is_dir() {
        find(evidence, &mut files)?;
        files.sort();
    } else {
        files.push(evidence.to_owned());
    }
    let mut entries = Vec::new();
    for file in files {
        let text = std::fs::read(&file).map_err(|source| failed("read", &file, source))?;
        let Some(seen) = Recorded::read(&text) else { continue };
        let name = file.strip_prefix(evidence).ok().filter(|rest| !rest.as_os_str().is_empty());
        let name = name.unwrap_or(&file).with_extension("");
        let record = Record { name: name.display().to_string(), seen };
        // Only an attempt by a verb or a line of a prompt has some.
        let done = std::fs::read_to_string(commands_of(&file)).unwrap_or_default();
        entries.push(Entry { record, done: done.lines().map(str::to_owned).collect() });
    }
    // Attempts of one time stay in the order of their names.
    entries.sort_by_key(|entry| entry.record.began());
    Ok(entries)
}

/// The results of a run of the suite, and the folder of its evidence: from the run's own folder, or
/// from its document. `None` if it is no such run.
pub fn suite_of(evidence: &Path) -> Result<Option<(Results, PathBuf)>> {
    let (file, folder) = if evidence.is_dir() {
        (evidence.join(RESULTS), evidence.to_owned())
    } else {
        (evidence.to_owned(), evidence.parent().unwrap_or(Path::new(".")).to_owned())
    };
    if !file.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&file).map_err(|source| failed("read", &file, source))?;
    Ok(Results::read([text.as_str()]).ok().map(|results| (results, folder)))
}

/// Who held which SPN before a scenario acted, and after it.
pub(crate) fn holders(folder: &Path) -> Option<[SpnInventory; 2]> {
    let read = |name| {
        let text = std::fs::read(folder.join(name)).ok()?;
        serde_json::from_slice(&text).ok()
    };
    Some([read("spns-before.json")?, read("spns-after.json")?])
}

/// The plans and the output of programs that a scenario kept: the files' names with their texts.
pub(crate) fn texts(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let kept = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let stem = name.strip_suffix(".txt")?;
        let kind = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        KINDS.contains(&kind).then_some(())?;
        Some((name, String::from_utf8_lossy(&std::fs::read(entry.path()).ok()?).into_owned()))
    });
    let mut texts: Vec<_> = kept.collect();
    texts.sort();
    texts
}

/// The JSON files in a folder and the folders in it.
fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let unreadable = |source| failed("read", folder, source);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(unreadable)?);
        if kind.is_dir() {
            find(&path, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

pub(crate) fn failed(what: &str, path: &Path, source: std::io::Error) -> Error {
    Error::Io { action: format!("{what} {}", path.display()), source }
}
