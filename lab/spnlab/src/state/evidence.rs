//! Keeps the evidence of `connect` and `browse` in one folder for each run. The newest folders
//! stay.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;
use spnlab_harness::{EvidenceDir, Result, Watch};
use spnlab_picture::Recorded;

use super::create_private;
use crate::console::Console;

/// How many folders stay. Those of `--evidence` do not count.
const RUNS_KEPT: usize = 50;

/// The evidence of one run.
#[derive(Debug)]
pub(crate) struct RunEvidence(Option<EvidenceDir>);

/// A run's document, with the path of its evidence.
#[derive(Debug, Serialize)]
pub(crate) struct WithPath<'a, T> {
    #[serde(flatten)]
    pub(crate) data: &'a T,
    evidence: Option<&'a Path>,
}

impl RunEvidence {
    /// Keeps evidence in this folder. Without one, makes a new folder of this user, if it can.
    pub(crate) fn open(
        verb: &str,
        lab: &str,
        folder: Option<&Path>,
        console: &Console,
    ) -> Result<Self> {
        if let Some(folder) = folder {
            return EvidenceDir::at(folder.to_owned()).map(|folder| Self(Some(folder)));
        }
        let root = EvidenceDir::root();
        let folder = root.join(name(SystemTime::now(), verb, lab, std::process::id()));
        let made = create_private(&folder).and_then(|()| Ok(EvidenceDir::at(folder)?));
        if let Err(failure) = &made {
            console.warn(&format!("no evidence is kept: {failure}"));
        }
        prune(&root, RUNS_KEPT);
        Ok(Self(made.ok()))
    }

    /// Makes a new folder, which the run cannot do without.
    pub(crate) fn needed(verb: &str, lab: &str) -> Result<Self> {
        let name = name(SystemTime::now(), verb, lab, std::process::id());
        EvidenceDir::at(EvidenceDir::root().join(name)).map(|folder| Self(Some(folder)))
    }

    /// Notes the attempt that was made, and where it is kept.
    pub(crate) fn saw(&self, seen: Recorded, console: &Console) {
        if let Some(folder) = &self.0 {
            console.keeps(folder.path().join(seen.file()));
        }
        console.saw(seen);
    }

    /// Makes the harness keep an attempt here, and say what it waits for.
    pub(crate) fn watch(&self, console: &std::sync::Arc<Console>) -> Watch {
        Watch { evidence: self.0.clone(), progress: console.progress() }
    }

    /// The run's document, with the path of this evidence.
    pub(crate) fn with_path<'a, T>(&'a self, data: &'a T) -> WithPath<'a, T> {
        WithPath { data, evidence: self.0.as_ref().map(EvidenceDir::path) }
    }

    /// The folder, if there is one.
    pub(crate) fn folder(&self) -> Option<&EvidenceDir> {
        self.0.as_ref()
    }

    /// Says where the evidence is.
    pub(crate) fn say(&self, console: &Console) {
        if let Some(folder) = &self.0 {
            console.explain(&format!("\nevidence: {}", folder.path().display()));
        }
    }
}

impl Drop for RunEvidence {
    /// A run that kept nothing leaves no folder.
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            let _ = std::fs::remove_dir(folder.path());
        }
    }
}

/// Folders sort by time. Runs that begin in the same microsecond differ by their process.
fn name(now: SystemTime, verb: &str, lab: &str, process: u32) -> String {
    let now = humantime::format_rfc3339_micros(now).to_string().replace(':', "");
    format!("{now}-{verb}-{lab}-{process}")
}

/// The folders of runs in `root`, oldest first. What does not begin with a time is none.
pub(super) fn runs(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let ours = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let time = name.to_str().and_then(|name| name.get(..24));
        // 2026-01-02T030405.000000Z
        let is_time = time.is_some_and(|time| time.starts_with("20") && time.contains('T'));
        is_time && entry.file_type().is_ok_and(|kind| kind.is_dir())
    };
    let mut found: Vec<PathBuf> =
        entries.flatten().filter(ours).map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// Whether a folder is that of a run of this verb in this lab.
pub(super) fn is_run_of(folder: &Path, verb: &str, lab: &str) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let run = name.rsplit_once('-').map_or(name, |(run, _process)| run);
    run.ends_with(&format!("Z-{verb}-{lab}"))
}

/// The newest run.
pub(crate) fn newest_run() -> Option<PathBuf> {
    runs(&EvidenceDir::root()).pop()
}

/// The last attempt in a lab of this kind, and where it is kept. A run that reached no outcome
/// counts for nothing.
pub(crate) fn last_attempt<T>(
    root: &Path,
    lab: &str,
    kind: impl Fn(Recorded) -> Option<T>,
) -> Option<(T, PathBuf)> {
    let is_attempt = |folder: &PathBuf| {
        ["connect", "shell", "browse"].iter().any(|verb| is_run_of(folder, verb, lab))
    };
    let read = |folder: PathBuf| {
        let read = |name| Recorded::read(&std::fs::read(folder.join(name)).ok()?);
        let seen = Recorded::FILES.into_iter().find_map(read).and_then(&kind)?;
        Some((seen, folder))
    };
    runs(root).into_iter().rev().filter(is_attempt).find_map(read)
}

/// How many runs there are, and the bytes of their files.
pub(crate) fn size_of_runs(root: &Path) -> (usize, u64) {
    let runs = runs(root);
    (runs.len(), runs.iter().map(|run| size(run)).sum())
}

fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

/// Removes all but the newest folders.
fn prune(root: &Path, kept: usize) {
    let found = runs(root);
    for old in &found[..found.len().saturating_sub(kept)] {
        // Another run may remove it, too.
        let _ = std::fs::remove_dir_all(old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_newest_runs_stay_and_nothing_else_is_touched() {
        let root = tempfile::tempdir().unwrap();
        let at = |millis: u64| {
            SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_420_500_000 + millis)
        };
        let names: Vec<String> = (0..7).map(|n| name(at(n * 10), "connect", "lab", 7)).collect();
        assert!(names.is_sorted(), "{names:?}");
        for name in names.iter().map(String::as_str).chain(["mine", "other"]) {
            std::fs::create_dir(root.path().join(name)).unwrap();
            std::fs::write(root.path().join(name).join("connect.json"), "{}").unwrap();
        }
        let link = root.path().join(name(at(5), "connect", "lab", 8));
        std::os::unix::fs::symlink(root.path().join("mine"), &link).unwrap();
        prune(root.path(), 3);
        let there = |name: &String| root.path().join(name).join("connect.json").exists();
        let left: Vec<bool> = names.iter().map(there).collect();
        assert_eq!(left, [false, false, false, false, true, true, true]);
        assert!(link.join("connect.json").exists() && there(&"other".to_owned()));
        prune(&root.path().join("nowhere"), 3);
        assert_eq!(size_of_runs(root.path()), (3, 3 * 2));
    }

    #[test]
    fn the_last_attempt_of_a_lab_is_found() {
        let root = tempfile::tempdir().unwrap();
        let recorded = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts/");
        let recorded = |name| std::fs::read(format!("{recorded}{name}.json")).unwrap();
        let run = |millis: u64, verb, lab, file: &str, text: &[u8]| {
            let time = Duration::from_millis(1_795_420_500_000 + millis);
            let folder = root.path().join(name(SystemTime::UNIX_EPOCH + time, verb, lab, 7));
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join(file), text).unwrap();
            folder
        };
        run(1, "connect", "lab", "connect.json", &recorded("accepted"));
        let connected = run(2, "shell", "lab", "connect.json", &recorded("accepted"));
        let visited = run(3, "browse", "lab", "browse.json", &recorded("web-accepted"));
        run(4, "connect", "lab", "connect.json", b"a report without an outcome");
        run(5, "connect", "my-lab", "connect.json", &recorded("accepted"));
        run(6, "demo", "lab", "connect.json", &recorded("accepted"));
        let connection = |seen| matches!(seen, Recorded::Connection(_)).then_some(());
        let last = |lab| last_attempt(root.path(), lab, Some).map(|(_, folder)| folder);
        assert_eq!(last("lab"), Some(visited));
        assert_eq!(last_attempt(root.path(), "lab", connection), Some(((), connected)));
        assert_eq!(last("other"), None);
    }

    #[test]
    fn nothing_kept_leaves_no_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("here");
        let console = Console::new(false, true);
        drop(RunEvidence::open("connect", "lab", Some(&folder), &console).unwrap());
        assert!(!folder.exists());
        let evidence = RunEvidence::open("connect", "lab", Some(&folder), &console).unwrap();
        std::fs::write(folder.join("connect.json"), "{}").unwrap();
        drop(evidence);
        assert!(folder.join("connect.json").exists());
        let blocked = folder.join("connect.json");
        assert!(RunEvidence::open("connect", "lab", Some(&blocked), &console).is_err());
    }
}
