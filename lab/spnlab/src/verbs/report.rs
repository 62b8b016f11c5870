//! `spnlab report`: a page about what `connect`, `browse` or `demo` kept.

use std::path::{Path, PathBuf};

use serde_json::json;
use spnlab_harness::{Error, EvidenceDir};
use spnlab_picture::{Record, Recorded, html, markdown};

use crate::cli::Report;
use crate::console::{Console, escaped};
use crate::failure::Failure;
use crate::state::newest_run;

pub(super) fn report(options: &Report, console: &Console) -> Result<u8, Failure> {
    let Report { evidence, output, markdown: as_markdown } = options;
    let none =
        |folder| Failure::NoEvidence { folder, what: "a connect, browse or demo".to_owned() };
    let newest = || newest_run().ok_or_else(|| none(EvidenceDir::root()));
    let evidence = evidence.clone().map_or_else(newest, Ok)?;
    let records = recorded(&evidence)?;
    if records.is_empty() {
        return Err(none(evidence));
    }
    let name = evidence.file_name().unwrap_or_default().to_string_lossy();
    let title = format!("spnlab report: {name}");
    let text = if *as_markdown { markdown(&title, &records) } else { html(&title, &records) };
    std::fs::write(output, text).map_err(|source| failed("write", output, source))?;
    console.document(
        "report",
        &json!({ "file": output, "evidence": evidence, "attempts": records.len() }),
    );
    let s = if records.len() == 1 { "" } else { "s" };
    let (file, from) = (output.display(), evidence.display());
    console.print(&escaped(&format!("{file}: {} attempt{s} from {from}", records.len())));
    Ok(0)
}

/// What is recorded in this folder and the folders in it, or in this file, oldest first.
fn recorded(evidence: &Path) -> Result<Vec<Record>, Failure> {
    let mut files = Vec::new();
    if evidence.is_dir() {
        find(evidence, &mut files)?;
        files.sort();
    } else {
        files.push(evidence.to_owned());
    }
    let mut records = Vec::new();
    for file in files {
        let text = std::fs::read(&file).map_err(|source| failed("read", &file, source))?;
        // Evidence has other documents, too: journals, inventories.
        let Some(seen) = Recorded::read(&text) else { continue };
        let name = file.strip_prefix(evidence).ok().filter(|rest| !rest.as_os_str().is_empty());
        let name = name.unwrap_or(&file).with_extension("");
        records.push(Record { name: name.display().to_string(), seen });
    }
    // Attempts of one time stay in the order of their names.
    records.sort_by_key(Record::began);
    Ok(records)
}

/// The JSON files in a folder and the folders in it. A link is not followed.
fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
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

fn failed(what: &str, path: &Path, source: std::io::Error) -> Failure {
    Failure::Lab(Error::Io { action: format!("{what} {}", path.display()), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTEMPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts");

    fn asked(evidence: &Path, output: &Path) -> Report {
        let (evidence, output) = (Some(evidence.to_owned()), output.to_owned());
        Report { evidence, output, markdown: false }
    }

    #[test]
    fn attempts_are_found_in_folders_and_told_in_the_order_of_their_time() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a");
        std::fs::create_dir(&inner).unwrap();
        for (from, to) in [("no-dc", "a/last"), ("accepted", "z-first"), ("web-accepted", "mid")] {
            let to = folder.path().join(to).with_extension("json");
            std::fs::copy(Path::new(ATTEMPTS).join(from).with_extension("json"), to).unwrap();
        }
        std::fs::write(folder.path().join("journal.json"), "{}").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
        std::os::unix::fs::symlink(ATTEMPTS, folder.path().join("link")).unwrap();
        let names: Vec<String> =
            recorded(folder.path()).unwrap().into_iter().map(|record| record.name).collect();
        assert_eq!(names, ["z-first", "mid", "a/last"]);
        let alone = recorded(&folder.path().join("mid.json")).unwrap();
        assert!(alone.len() == 1 && alone[0].name.ends_with("/mid"), "{alone:?}");
    }

    #[test]
    fn nothing_recorded_is_an_error_and_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.html");
        let console = Console::new(false, true);
        let failure = report(&asked(folder.path(), &page), &console).unwrap_err();
        assert!(matches!(failure, Failure::NoEvidence { .. }), "{failure}");
        assert!(!page.exists());
        report(&asked(Path::new(ATTEMPTS), &page), &console).unwrap();
        assert!(std::fs::read_to_string(&page).unwrap().contains("<svg"));
        let blocked = report(&asked(Path::new(ATTEMPTS), folder.path()), &console).unwrap_err();
        assert_eq!(blocked.exit_status(), crate::exit_status::FILES);
    }
}
