//! One run of the fix library in a process of its own, so that it can be killed.
//!
//! It reaches the directory itself. CLIENT's registry is lent to it by whoever sends it: it asks on its
//! standard output, and is answered on its standard input, in lines of JSON.

use std::error::Error as StdError;
use std::path::PathBuf;
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use spnfix::{Journal, JournalFile, JournalStore, LdapDirectory, apply};
use spnlab::{ArticleOption, Engineer, LabRegistry, access};
use spnlab_harness::{Lab, Role, accounts};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use crate::fuse::{Fuse, Fused, sigkill};
use crate::lent_registry::{LentRegistry, lend, line};

/// What to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Errand {
    /// Port of 127.0.0.1 behind which the DC serves LDAPS.
    ldaps: u16,
    /// The same for its global catalog.
    global_catalog: u16,
    /// Certificate of the lab's CA (PEM).
    ca_pem: String,
    /// The host that cannot be reached.
    host: String,
    /// Option of the article.
    option: ArticleOption,
    /// Where the journal goes.
    journal: PathBuf,
    /// The point at which to die; 1 is the first.
    point: usize,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Killed at the point.
    Killed,
    /// Through: there is no such point.
    Through,
}

/// Does the errand on standard input, and dies at its point.
pub async fn run_errand() -> Result<(), Box<dyn StdError>> {
    let mut answers = BufReader::new(tokio::io::stdin());
    let mut text = String::new();
    answers.read_line(&mut text).await?;
    let no_errand = "standard input holds no errand; this program is for the scenarios only";
    let errand: Errand = serde_json::from_str(&text).map_err(|_| no_errand)?;
    let ports = (errand.ldaps, errand.global_catalog);
    let access = access(Role::Dc1, ports, errand.ca_pem, accounts::SPN_OPERATOR);
    let registry = Box::new(LentRegistry::new(answers, tokio::io::stdout()));
    let mut engineer = Engineer::beside(LdapDirectory::connect(access).await?, registry);
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
    /// To apply an option in this lab, and to die at this point of that.
    pub(crate) fn new(
        lab: &Lab,
        (host, option): (&str, ArticleOption),
        journal: PathBuf,
        point: usize,
    ) -> Self {
        let (ldaps, global_catalog) = (lab.ldaps_port(), lab.global_catalog_port());
        let (ca_pem, host) = (lab.ca_pem().to_owned(), host.to_owned());
        Self { ldaps, global_catalog, ca_pem, host, option, journal, point }
    }

    /// Sends a process on it.
    pub(crate) async fn send(&self, program: &str, lab: &Lab) -> Result<Ended, String> {
        let spawned = tokio::process::Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = spawned.map_err(|error| format!("{program}: {error}"))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{program} has no pipes"));
        };
        let text = line(self).map_err(|error| error.to_string())?;
        stdin.write_all(&text).await.map_err(|error| error.to_string())?;
        lend(&mut LabRegistry(lab), stdout, stdin).await.map_err(|error| error.to_string())?;
        let ended = child.wait_with_output().await.map_err(|error| error.to_string())?;
        match (ended.status.success(), std::os::unix::process::ExitStatusExt::signal(&ended.status))
        {
            (true, _) => Ok(Ended::Through),
            (false, Some(9)) => Ok(Ended::Killed),
            _ => Err(format!("{}: {}", ended.status, String::from_utf8_lossy(&ended.stderr))),
        }
    }
}
