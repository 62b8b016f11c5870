//! One run of the fix library in a process of its own, so that it can be killed.

use std::error::Error as StdError;
use std::path::PathBuf;
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use spnfix::{Journal, JournalFile, JournalStore, apply};
use spnlab::{ArticleOption, Engineer};
use spnlab_harness::{Lab, LabIdentity};
use tokio::io::AsyncWriteExt as _;

use crate::fuse::{Fuse, Fused, sigkill};

/// What to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Errand {
    /// In which lab.
    pub lab: LabIdentity,
    /// The host that cannot be reached.
    pub host: String,
    /// Option of the article.
    pub option: ArticleOption,
    /// Where the journal goes.
    pub journal: PathBuf,
    /// The point at which to die; 1 is the first.
    pub point: usize,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Killed at the point.
    Killed,
    /// Through: there is no such point.
    Through,
}

/// Does it, and dies at the point.
pub async fn run_errand(errand: &Errand) -> Result<(), Box<dyn StdError>> {
    let lab = Lab::join(errand.lab.clone()).await?;
    let mut engineer = Engineer::at(&lab).await?;
    let plan = engineer.plan(&errand.host, errand.option).await?;
    let fuse = Fuse::new(errand.point, sigkill());
    let file: Box<dyn JournalStore> = Box::new(JournalFile::new(&errand.journal));
    let mut journal = Journal::begin(Box::new(Fused::new(file, &fuse)), &plan)?;
    let (directory, registry) = engineer.parts();
    apply(&mut Fused::new(directory, &fuse), &mut Fused::new(registry, &fuse), &mut journal)
        .await?;
    Ok(())
}

impl Errand {
    /// Sends a process on it.
    pub(crate) async fn send(&self, program: &str) -> Result<Ended, String> {
        let text = serde_json::to_string(self).map_err(|error| error.to_string())?;
        let spawned = tokio::process::Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = spawned.map_err(|error| format!("{program}: {error}"))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(text.as_bytes()).await.map_err(|error| error.to_string())?;
        }
        let ended = child.wait_with_output().await.map_err(|error| error.to_string())?;
        match (ended.status.success(), std::os::unix::process::ExitStatusExt::signal(&ended.status))
        {
            (true, _) => Ok(Ended::Through),
            (false, Some(9)) => Ok(Ended::Killed),
            _ => Err(format!("{}: {}", ended.status, String::from_utf8_lossy(&ended.stderr))),
        }
    }
}
