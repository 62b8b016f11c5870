//! The journals of a lab's fixes. dc1 keeps them, beside the directory that they are about.
//!
//! So they belong to the lab: every user of the engine can roll a fix back, and they are gone when
//! the lab is, or when dc1 starts anew with the directory of its image.
//!
//! Uses: journal_folder.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use spnfix::{Journal, JournalError, JournalState, JournalStore, Plan};
use spnlab_harness::{Error, ExecOutput, Lab, Role};

use crate::journal_folder::name_after;

/// Their folder in dc1, in memory like the directory.
const FOLDER: &str = "/run/spnlab/journals";

/// Prints the names of the journals, oldest first.
const LIST: &str = r#"cd "$1" 2>/dev/null || exit 0; ls | grep '^fix-[0-9]*\.json$' || :"#;

/// Prints the checksum of a journal, and the journal behind the first line.
const READ: &str = r#"set -e; cd "$1"; sha256sum "$2" | cut -d' ' -f1; cat "$2""#;

/// Replaces a journal with standard input if it still has this checksum (`-`: if there is none),
/// and prints the new one. Otherwise another run has written it, and the status is 75.
const SAVE: &str = r#"set -e; umask 077; mkdir -p "$1"; cd "$1"
exec 9>lock; flock 9
if [ "$3" = - ]; then [ ! -e "$2" ] || exit 75
else [ "$(sha256sum "$2" 2>/dev/null | cut -d' ' -f1)" = "$3" ] || exit 75; fi
cat >".$2.new"; mv ".$2.new" "$2"; sha256sum "$2" | cut -d' ' -f1"#;

/// Removes all journals.
const FORGET: &str = r#"rm -rf "$1""#;

/// The status of [`SAVE`] if another run was faster.
const WRITTEN_BY_ANOTHER: i64 = 75;

/// The journals of one lab.
#[derive(Clone, Debug)]
pub struct LabJournals(Arc<Lab>);

/// One journal as dc1 keeps it.
#[derive(Debug)]
struct Kept {
    lab: Arc<Lab>,
    name: String,
    /// The checksum of the text that this run read or wrote last; `-` if there is none.
    checksum: String,
}

impl LabJournals {
    /// Those of this lab.
    pub fn of(lab: Arc<Lab>) -> Self {
        Self(lab)
    }

    /// Their names, oldest first.
    pub async fn names(&self) -> Result<Vec<String>, Error> {
        let listed = ask(&self.0, LIST, &[], &[]).await?.success(Role::Dc1, "ls")?;
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// Where a journal is, for messages.
    pub fn place(name: &str) -> PathBuf {
        PathBuf::from(format!("dc1:{FOLDER}/{name}"))
    }

    /// The state of a journal.
    pub async fn state(&self, name: &str) -> Result<JournalState, spnfix::Error> {
        Ok(self.open(name).await?.state())
    }

    /// Opens a journal, to roll it back. If another run writes it meanwhile, the next write fails
    /// and changes nothing.
    pub async fn open(&self, name: &str) -> Result<Journal, spnfix::Error> {
        let path = Self::place(name);
        let failed = |source| JournalError::Io { path: path.clone(), verb: "read", source };
        let read = ask(&self.0, READ, &[name], &[]).await.map_err(io::Error::other);
        let read = read.and_then(|ran| ran.success(Role::Dc1, "cat").map_err(io::Error::other));
        let read = read.map_err(failed)?;
        let (checksum, text) = read.split_once('\n').unwrap_or((&read, ""));
        Ok(Journal::resume(Box::new(self.kept(name, checksum)), text)?)
    }

    /// Begins the journal of the next fix, behind all others. Its number says which to undo first.
    pub async fn begin(&self, plan: &Plan) -> Result<(PathBuf, Journal), spnfix::Error> {
        let names = self.names().await.map_err(|error| JournalError::Io {
            path: Self::place(""),
            verb: "read",
            source: io::Error::other(error),
        })?;
        let name = name_after(names.last().map(String::as_str));
        let journal = Journal::begin(Box::new(self.kept(&name, "-")), plan)?;
        Ok((Self::place(&name), journal))
    }

    /// Removes all. A lab at its baseline has nothing to undo.
    pub async fn forget(&self) -> Result<(), Error> {
        ask(&self.0, FORGET, &[], &[]).await?.success(Role::Dc1, "rm").map(drop)
    }

    fn kept(&self, name: &str, checksum: &str) -> Kept {
        let lab = Arc::clone(&self.0);
        Kept { lab, name: name.to_owned(), checksum: checksum.to_owned() }
    }
}

impl JournalStore for Kept {
    fn save(&mut self, text: &str) -> io::Result<()> {
        let words = [self.name.as_str(), self.checksum.as_str()];
        let asked = ask(&self.lab, SAVE, &words, text.as_bytes());
        // The fix library saves a journal in one blocking call: nothing else may happen meanwhile.
        let runtime = tokio::runtime::Handle::current();
        let ran = tokio::task::block_in_place(|| runtime.block_on(asked));
        let ran = ran.map_err(io::Error::other)?;
        if ran.status == WRITTEN_BY_ANOTHER {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let checksum = ran.success(Role::Dc1, "the journal").map_err(io::Error::other)?;
        checksum.trim().clone_into(&mut self.checksum);
        Ok(())
    }

    fn name(&self) -> PathBuf {
        LabJournals::place(&self.name)
    }
}

async fn ask(lab: &Lab, script: &str, words: &[&str], input: &[u8]) -> Result<ExecOutput, Error> {
    let command = [&["sh", "-c", script, "journals", FOLDER], words].concat();
    lab.exec(Role::Dc1, None, &command, Some(input)).await
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    /// Runs a script as dc1 does, in a folder of this test.
    fn run(script: &str, words: &[&str], input: &str) -> (Option<i32>, String) {
        let mut child = Command::new("sh")
            .args(["-c", script, "journals"])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // A script that refuses reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    #[test]
    fn a_journal_is_replaced_only_by_the_run_that_knows_its_text() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("journals").display().to_string();
        let folder = folder.as_str();
        assert_eq!(run(LIST, &[folder], ""), (Some(0), String::new()), "no folder, no journal");
        let save = |name, checksum: &str, text| run(SAVE, &[folder, name, checksum], text);
        let (status, first) = save("fix-0001.json", "-", "one");
        assert_eq!((status, first.len()), (Some(0), 64));
        assert_eq!(save("fix-0001.json", "-", "other").0, Some(75), "it is there already");
        let (status, second) = save("fix-0001.json", &first, "two");
        assert_eq!(status, Some(0));
        assert_eq!(save("fix-0001.json", &first, "other").0, Some(75), "it was written meanwhile");
        assert_eq!(save("fix-0002.json", &second, "other").0, Some(75), "it is gone");
        save("fix-0010.json", "-", "ten");
        assert_eq!(run(LIST, &[folder], "").1, "fix-0001.json\nfix-0010.json");
        assert_eq!(run(READ, &[folder, "fix-0001.json"], "").1, format!("{second}\ntwo"));
        assert_eq!(run(FORGET, &[folder], "").0, Some(0));
        assert_eq!(run(LIST, &[folder], "").1, "");
    }

    #[test]
    fn the_next_journal_is_behind_the_last() {
        assert_eq!(name_after(None), "fix-0001.json");
        assert_eq!(name_after(Some("fix-0009.json")), "fix-0010.json");
    }
}
