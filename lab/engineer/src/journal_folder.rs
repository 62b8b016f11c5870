//! The journals of an external domain's fixes, in a folder of this user. No program removes them.
//!
//! Uses: no other room.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use spnlab_harness::{Error, EvidenceDir};

/// The journals of one external domain.
#[derive(Debug)]
pub struct JournalFolder(PathBuf);

impl JournalFolder {
    /// Those of the domain of this DNS name.
    pub fn of_domain(dns_name: &str) -> Self {
        Self(EvidenceDir::state().join("domains").join(dns_name.to_lowercase()))
    }

    /// Those in this folder.
    pub fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Where a journal is.
    pub fn place(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Their names, oldest first.
    pub fn names(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(&self.0) else { return Vec::new() };
        let paths = entries.flatten().map(|entry| entry.path());
        let journals = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
        let names = journals.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// A path for the journal of the next fix. Its number says which fix to undo first.
    ///
    /// # Errors
    /// The folder, which only this user may enter, cannot be made.
    pub fn next(&self) -> Result<PathBuf, Error> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(|source| {
            let action = format!("create {}", self.0.display());
            Error::Io { action, source }
        })?;
        Ok(self.place(&name_after(self.names().last().map(String::as_str))))
    }
}

/// `fix-0008.json` after `fix-0007.json`.
pub(crate) fn name_after(last: Option<&str>) -> String {
    let number = |name: &str| name.strip_prefix("fix-")?.strip_suffix(".json")?.parse::<u32>().ok();
    format!("fix-{:04}.json", last.and_then(number).unwrap_or_default() + 1)
}
