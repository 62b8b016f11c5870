//! The evidence of a failed scenario in one file.
//!
//! Uses: evidence.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use spnlab_harness::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::evidence::failed;

/// Where the archive of this folder of evidence is, from the folder of the report.
pub(crate) fn name(evidence: &str) -> String {
    format!("evidence/{}.zip", evidence.replace('/', "__"))
}

/// Writes the archive of a folder. A link is not followed.
pub(crate) fn write(folder: &Path, archive: &Path) -> Result<()> {
    let failed = |source| failed("write", archive, source);
    let mut zip = ZipWriter::new(File::create(archive).map_err(failed)?);
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let mut entries: Vec<_> =
            folder.join(&below).read_dir().and_then(Iterator::collect).map_err(failed)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let kind = entry.file_type().map_err(failed)?;
            let path = below.join(entry.file_name());
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                add(&mut zip, &path, &entry.path()).map_err(failed)?;
            }
        }
    }
    zip.finish().map_err(|error| failed(error.into()))?;
    Ok(())
}

fn add(zip: &mut ZipWriter<File>, name: &Path, file: &Path) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // Evidence may be private: everybody who can read the report is meant, nobody else.
        .unix_permissions(0o600);
    zip.start_file(name.to_string_lossy(), options)?;
    zip.write_all(&std::fs::read(file)?)
}
