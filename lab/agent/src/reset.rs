//! Resets CLIENT to its image: restores the registry byte for byte, and removes all tickets.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use spnlab_agent::{ClientReset, REGISTRY_STORE};

use crate::capture;
use crate::failure::{about, text};
use crate::registry;

/// The registry store of the image.
const BASELINE: &str = "/var/lib/spnlab/registry.baseline";
/// The folder of the credential caches, and the beginnings of their names.
const TICKETS: &str = "/tmp";
const TICKETS_BEGIN: [&str; 2] = ["spnlab.", "krb5cc_"];

/// Resets CLIENT, and reports what still differs from the image.
pub(crate) fn client() -> Result<ClientReset, String> {
    let (store, baseline) = (Path::new(REGISTRY_STORE), Path::new(BASELINE));
    for left in tickets().map_err(text)? {
        // The look below finds a file that cannot be removed.
        let _ = remove(&left);
    }
    let wanted = fs::read(baseline).map_err(about(baseline))?;
    registry::restore(&wanted).map_err(about(store))?;
    let mut left = Vec::new();
    if wanted.is_empty() || fs::read(store).map_err(about(store))? != wanted {
        left.push(REGISTRY_STORE.to_owned());
    }
    left.extend(tickets().map_err(text)?.iter().map(|path| path.display().to_string()));
    Ok(ClientReset { captures: capture::ours().end().map_err(text)?.is_some(), left })
}

fn tickets() -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(TICKETS)? {
        let entry = entry?;
        let name = entry.file_name();
        if TICKETS_BEGIN.iter().any(|begin| name.to_string_lossy().starts_with(begin)) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Removes a file, a folder, or a link itself.
fn remove(path: &Path) -> io::Result<()> {
    if path.symlink_metadata()?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}
