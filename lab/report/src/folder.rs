//! The folder that `spnlab test --report` leaves.
//!
//! Uses: annotations, archive, evidence, results, suite, summary.

use std::path::Path;

use spnlab_harness::Result;

use crate::annotations::annotations;
use crate::archive;
use crate::evidence::failed;
use crate::results::Results;
use crate::suite::suite_html;
use crate::summary::{Run, summary};

/// Writes `index.html`, `summary.md`, `annotations.txt`, and `evidence/*.zip` for each failed
/// scenario. `evidence` is the folder of the run's evidence.
pub fn write_folder(folder: &Path, run: &Run, results: &Results, evidence: &Path) -> Result<()> {
    let archives = folder.join("evidence");
    std::fs::create_dir_all(&archives).map_err(|source| failed("create", &archives, source))?;
    // Archives of an earlier run would be taken for this one's.
    for old in archives.read_dir().map_err(|source| failed("read", &archives, source))?.flatten() {
        if old.path().extension().is_some_and(|extension| extension == "zip") {
            let removed = std::fs::remove_file(old.path());
            removed.map_err(|source| failed("remove", &old.path(), source))?;
        }
    }
    for (_, scenario, _) in results.failed() {
        let own = scenario.evidence.as_deref().filter(|own| evidence.join(own).is_dir());
        if let Some(own) = own {
            archive::write(&evidence.join(own), &folder.join(archive::name(own)))?;
        }
    }
    let page = suite_html(run, results, evidence, true)?;
    let texts = [
        ("index.html", page),
        ("summary.md", summary(run, results)),
        ("annotations.txt", annotations(results)),
    ];
    for (name, text) in texts {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|source| failed("write", &path, source))?;
    }
    Ok(())
}
