//! A folder of evidence: files for people to read afterwards.
//!
//! Uses: env, model.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::env;
use crate::model::{Error, Result};

/// A folder of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceDir(PathBuf);

impl EvidenceDir {
    /// Where this user's programs keep what must stay: `$XDG_STATE_HOME/spnlab`, otherwise
    /// `~/.local/state/spnlab`.
    pub fn state() -> PathBuf {
        env::state().join("spnlab")
    }

    /// The folder of all evidence of this user: `SPNLAB_EVIDENCE`, otherwise
    /// `~/.local/state/spnlab/evidence`. It is never the current folder, which may be anything.
    pub fn root() -> PathBuf {
        env::evidence().unwrap_or_else(|| Self::state().join("evidence"))
    }

    /// Makes `<root>/<title>`.
    pub(crate) fn create(title: &str) -> Result<Self> {
        Self::at(Self::root().join(title))
    }

    /// The folder for the evidence of scenarios: `SPNLAB_EVIDENCE`, otherwise
    /// `~/.local/state/spnlab/suite`.
    pub fn of_suite() -> PathBuf {
        env::evidence().unwrap_or_else(|| Self::state().join("suite"))
    }

    /// Makes a folder. Removes the files of an earlier run. Links and folders in it stay.
    pub fn anew(path: PathBuf) -> Result<Self> {
        let folder = Self::at(path)?;
        let failed =
            |source| Error::Io { action: format!("empty {}", folder.path().display()), source };
        for entry in std::fs::read_dir(folder.path()).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_type().map_err(failed)?.is_file() {
                std::fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(folder)
    }

    /// Makes this folder.
    pub fn at(path: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&path)
            .map_err(|source| Error::Io { action: format!("create {}", path.display()), source })?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes one file.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> Result<()> {
        let path = self.0.join(name);
        std::fs::write(&path, contents)
            .map_err(|source| Error::Io { action: format!("write {}", path.display()), source })
    }

    /// Writes something as JSON.
    pub fn write_json(&self, name: &str, contents: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(contents)
            .map_err(|e| Error::Unreadable { what: name.to_owned(), detail: e.to_string() })?;
        self.write(name, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_made_anew_keeps_no_file_and_no_link_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let (old, kept) = (root.path().join("old"), root.path().join("kept"));
        std::fs::create_dir(&old).unwrap();
        for file in [old.join("attempt.pcap"), kept.clone()] {
            std::fs::write(file, "x").unwrap();
        }
        std::os::unix::fs::symlink(&kept, old.join("link")).unwrap();
        let folder = EvidenceDir::anew(old).unwrap();
        assert!(!folder.path().join("attempt.pcap").exists());
        assert!(kept.exists() && folder.path().join("link").exists());
        let blocked = EvidenceDir::anew(kept.join("x")).unwrap_err();
        assert_eq!(blocked.code(), "SPNLAB-IO");
    }
}
