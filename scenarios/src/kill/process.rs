//! One run of the fix library in a process of its own, so that a scenario can kill it.

use std::error::Error as StdError;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};
use spnfix::testing::{Action, FailPoint, WithFailPoint};
use spnfix::{Journal, JournalFile, Plan, apply};
use spnlab_engineer::Engineer;
use spnlab_harness::{Lab, LabIdentity};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// A fix that kills itself at one of its points.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KilledFix {
    pub(crate) lab: LabIdentity,
    pub(crate) plan: Plan,
    pub(crate) journal: PathBuf,
    /// The point, counted from 1.
    pub(crate) point: usize,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It killed itself at its point.
    Killed,
    /// The fix has no such point.
    Completed,
}

impl KilledFix {
    /// Runs the fix in a process of its own.
    pub(crate) async fn run(&self) -> Result<Ended, String> {
        let ended = self.spawn().await.map_err(|error| format!("killed-fix: {error}"))?;
        match (ended.status.success(), ended.status.signal()) {
            (true, _) => Ok(Ended::Completed),
            (false, Some(9)) => Ok(Ended::Killed),
            _ => Err(format!("{}: {}", ended.status, String::from_utf8_lossy(&ended.stderr))),
        }
    }

    async fn spawn(&self) -> std::io::Result<std::process::Output> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("killed-fix")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(&serde_json::to_vec(self)?).await?;
        }
        child.wait_with_output().await
    }
}

/// What `spnlab-test killed-fix` does: it applies the plan in its standard input, and kills itself
/// at the point that is named there. If the fix has no such point, it ends well.
pub(crate) async fn run_killed_fix() -> Result<(), Box<dyn StdError>> {
    let no_fix = "standard input names no fix; this program is for the scenarios only";
    let fix: KilledFix = serde_json::from_reader(std::io::stdin()).map_err(|_| no_fix)?;
    let lab = Lab::join(fix.lab).await?;
    let mut engineer = Engineer::at(&lab).await?;
    let point = FailPoint::at(fix.point, sigkill());
    let file = WithFailPoint::new(JournalFile::new(&fix.journal), &point);
    let mut journal = Journal::begin(Box::new(file), &fix.plan)?;
    let (directory, registry) = engineer.parts();
    let mut directory = WithFailPoint::new(directory, &point);
    let mut registry = WithFailPoint::new(registry, &point);
    apply(&mut directory, &mut registry, &mut journal).await?;
    Ok(())
}

/// Kills this process, as `kill -9` does.
fn sigkill() -> Action {
    Arc::new(|| {
        let _ = kill_process(getpid(), Signal::KILL);
        Box::pin(std::future::pending())
    })
}
