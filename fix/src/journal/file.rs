//! A journal in a file.
//!
//! It writes a neighbour, syncs it, renames it over the old file, and syncs the folder. So a reader
//! finds a whole journal, also after a power cut. The calls block. They take milliseconds, a few
//! times per plan, and nothing else may happen until they return.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::JournalStore;

/// A journal in a file of its own. Only its owner may read it.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
}

impl JournalFile {
    /// A journal at this path. It writes nothing yet.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// `.name.1234.new` beside `name`.
    fn neighbour(&self) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(self.path.file_name().unwrap_or_default());
        name.push(format!(".{}.new", std::process::id()));
        self.path.with_file_name(name)
    }

    fn folder(&self) -> &Path {
        let parent = self.path.parent().unwrap_or(Path::new(""));
        if parent.as_os_str().is_empty() { Path::new(".") } else { parent }
    }
}

impl JournalStore for JournalFile {
    fn save(&mut self, text: &str) -> io::Result<()> {
        let neighbour = self.neighbour();
        // A killed process of the same number left it.
        match fs::remove_file(&neighbour) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private().open(&neighbour)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        let renamed = written.and_then(|()| fs::rename(&neighbour, &self.path));
        if renamed.is_err() {
            // Reports the first error.
            let _ = fs::remove_file(&neighbour);
        }
        renamed?;
        File::open(self.folder())?.sync_all()
    }

    fn name(&self) -> PathBuf {
        self.path.clone()
    }
}

/// A new file that only its owner may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_replaced_whole_private_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.json");
        let mut file = JournalFile::new(&path);
        file.save("a long first text").unwrap();
        file.save("second").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(JournalFile::new(&folder.path().join("no/journal.json")).save("x").is_err());
    }
}
