//! Reads and writes CLIENT's registry with Samba's own tool `net`, under Samba's own lock.
//!
//! `net` resolves 40,000 symbols of a hundred libraries at its start: 50 ms of processor time. The
//! same arguments do the same to the same bytes. So the agent holds the lock and runs `net` on a
//! copy. It remembers the output and the changes for the next request with these arguments.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{FlockOperation, fcntl_lock};
use spnlab_agent::{REGISTRY_STORE, Ran, says_not_found};

use crate::failure::about;
use crate::logon::make;
use crate::program;

/// The name of the store's file.
const NAME: &str = "registry.tdb";
/// The agent remembers so many stores of some 400 KiB. Then it forgets all.
const MOST_KEPT: usize = 16;
/// The agent writes changes in blocks of so many bytes.
const BLOCK: usize = 4096;

/// What `net` did, by the bytes of the store and the arguments of `net registry`.
#[derive(Debug, Default)]
pub(crate) struct Registry(HashMap<Vec<u8>, HashMap<Vec<String>, Known>>);

/// What `net` did with these arguments to this store.
#[derive(Debug, Clone)]
struct Known {
    ran: Ran,
    /// The changed blocks: position and new bytes.
    changes: Vec<(u64, Vec<u8>)>,
}

impl Registry {
    /// Does what `net registry` does with these arguments.
    pub(crate) async fn net(&mut self, words: Vec<String>) -> Result<Ran, String> {
        let failed = about(REGISTRY_STORE.as_ref());
        // Samba's databases take locks of this kind on parts of the file, so this lock and theirs
        // wait for each other. Closing any descriptor of the file ends it.
        let mut store =
            File::options().read(true).write(true).open(REGISTRY_STORE).map_err(&failed)?;
        fcntl_lock(&store, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
        let mut before = Vec::new();
        store.read_to_end(&mut before).map_err(&failed)?;
        let known = match self.0.get(&before).and_then(|known| known.get(&words)) {
            Some(known) => known.clone(),
            None => on_a_copy(&before, &words).await?,
        };
        for (at, bytes) in &known.changes {
            store.write_all_at(bytes, *at).map_err(&failed)?;
        }
        let ran = known.ran.clone();
        if is_final(&ran) {
            if self.0.len() >= MOST_KEPT && !self.0.contains_key(&before) {
                self.0.clear();
            }
            self.0.entry(before).or_default().insert(words, known);
        }
        Ok(ran)
    }
}

/// Runs `net` on a copy of the store.
async fn on_a_copy(before: &[u8], words: &[String]) -> Result<Known, String> {
    let folder = Copy(format!("/tmp/spnlab.registry.{}", std::process::id()));
    let folder = Path::new(&folder.0);
    make(folder)?;
    let copy = folder.join(NAME);
    fs::write(&copy, before).map_err(about(&copy))?;
    let option = format!("--option=state directory={}", folder.display());
    let command = [&["net".to_owned(), option, "registry".to_owned()], words].concat();
    let ran = program::run(&command, &[]).await;
    let after = fs::read(&copy).map_err(about(&copy))?;
    // A failed command has changed nothing.
    let changes = if ran.status == 0 { changes(before, &after) } else { Vec::new() };
    Ok(Known { ran, changes })
}

/// The folder of a copy. Dropping this removes it.
struct Copy(String);

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The blocks that differ. Samba's databases never become shorter.
fn changes(before: &[u8], after: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let blocks = after.chunks(BLOCK).zip((0..).step_by(BLOCK));
    let changed = blocks.filter(|(block, at)| before.get(*at..at + block.len()) != Some(block));
    changed.map(|(block, at)| (at as u64, block.to_vec())).collect()
}

/// Whether `net` would answer the same again: it succeeded, or the value does not exist.
fn is_final(ran: &Ran) -> bool {
    ran.status == 0 || says_not_found(&String::from_utf8_lossy(&ran.stderr.0))
}

/// Replaces the store with the image's store, if they differ.
pub(crate) fn restore(wanted: &[u8]) -> io::Result<()> {
    let mut store = File::options().read(true).write(true).open(REGISTRY_STORE)?;
    fcntl_lock(&store, FlockOperation::LockExclusive)?;
    let mut is = Vec::new();
    store.read_to_end(&mut is)?;
    if is != wanted {
        store.write_all_at(wanted, 0)?;
        store.set_len(wanted.len().try_into().map_err(io::Error::other)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blocks_that_differ_are_changes() {
        let before = vec![0; 2 * BLOCK + 7];
        let mut after = before.clone();
        assert_eq!(changes(&before, &after), []);
        after[BLOCK] = 1;
        let one = after[BLOCK..2 * BLOCK].to_vec();
        assert_eq!(changes(&before, &after), [(BLOCK as u64, one.clone())]);
        // The last block is longer now, and there is one more block.
        after.resize(3 * BLOCK + 1, 0);
        let rest = [(2 * BLOCK as u64, vec![0; BLOCK]), (3 * BLOCK as u64, vec![0])];
        assert_eq!(changes(&before, &after), [&[(BLOCK as u64, one)][..], &rest].concat());
    }

    #[test]
    fn a_failure_of_the_moment_is_not_kept() {
        let ran = |status, said: &str| Ran {
            status,
            stderr: said.as_bytes().to_vec().into(),
            ..Ran::default()
        };
        assert!(is_final(&ran(0, "")));
        assert!(is_final(&ran(255, "reg_queryvalue failed: WERR_FILE_NOT_FOUND\n")));
        assert!(!is_final(&ran(255, "no memory")));
        assert!(!is_final(&ran(137, "")));
    }
}
