//! The target itself: the directory through the fix library, and the host through `winrm-client`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use spnfix::connect::{ConnectionOptions, Connector, PasswordSource, UserOptions};
use spnfix::{ClientProfile, Diagnosis, Directory as _, Journal, Plan, Scope};
use spnlab_engineer::{ArticleOption, Engineer, JournalFolder};
use spnlab_harness::ClientReport;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{Target, journals};
use crate::env;

/// The connection to the directory.
pub(crate) struct Reached<'a> {
    target: &'a Target,
    engineer: Engineer<'a>,
}

/// A fix that is in place.
#[derive(Debug)]
pub(crate) struct Fixed {
    journal: PathBuf,
}

impl std::fmt::Debug for Reached<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Reached").field(self.target).finish()
    }
}

/// Errors as a scenario tells them.
pub(crate) type Result<T> = std::result::Result<T, String>;

impl<'a> Reached<'a> {
    /// Connects, for a client that asks like this.
    pub(crate) async fn new(target: &'a Target, asks: ClientProfile) -> Result<Self> {
        let mut password = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
        let secret = target.operator.password().map_err(|error| error.to_string())?;
        writeln!(password, "{secret}").map_err(|error| error.to_string())?;
        let user = UserOptions {
            name: format!("{}@{}", target.operator.name, target.domain),
            password: PasswordSource::File(password.path().to_owned()),
        };
        let options = ConnectionOptions {
            server: target.server.clone(),
            ca: target.ca.clone(),
            user: Some(user),
            ..ConnectionOptions::default()
        };
        let connector = Connector::prepare(&options, Scope::Forest).await.map_err(told)?;
        let mut directory = connector.open().await.map_err(told)?;
        let domain = directory.domain().await.map_err(told)?.dns_name();
        if !domain.eq_ignore_ascii_case(&target.domain) {
            return Err(format!("the server serves {domain}, and not {}", target.domain));
        }
        Ok(Self { target, engineer: Engineer::external(directory, asks) })
    }

    /// Diagnoses the host under this name.
    pub(crate) async fn diagnose(&mut self, host: &str) -> Result<Diagnosis> {
        self.engineer.diagnose(host).await.map_err(told)
    }

    /// Plans an option for the host. Nothing is written.
    pub(crate) async fn plan(&mut self, option: ArticleOption) -> Result<Plan> {
        let plan = self.engineer.plan(&self.target.host, option).await.map_err(told)?;
        Ok(plan.with_client_by_hand())
    }

    /// Applies an option, with a journal on disk, and reads it back.
    pub(crate) async fn fix(&mut self, option: ArticleOption) -> Result<Fixed> {
        if !self.target.may_write {
            return Err("nothing is written to this domain without --may-write".to_owned());
        }
        let folder = JournalFolder::of_domain(&self.target.domain);
        let next = journals::next(&folder).map_err(|error| error.to_string())?;
        let journal = next.map_err(|left| {
            format!("the fix of {} was not undone: spnlab rollback", left.display())
        })?;
        let plan = self.plan(option).await?;
        let failed = match self.engineer.apply(&plan, &journal).await {
            Err(error) => told(error),
            Ok(_) => match self.engineer.verify(&plan).await {
                Ok(verified) if verified.ok() => return Ok(Fixed { journal }),
                Ok(verified) => verified.to_string(),
                Err(error) => told(error),
            },
        };
        let undone = self.take_back(&journal).await;
        Err(format!("{failed}\nthen: {undone:?}"))
    }

    /// Undoes a fix from its journal.
    pub(crate) async fn roll_back(&mut self, fixed: &Fixed) -> Result<()> {
        self.take_back(&fixed.journal).await
    }

    async fn take_back(&mut self, journal: &std::path::Path) -> Result<()> {
        if Journal::peek(journal).is_err() {
            return Ok(());
        }
        self.engineer.rollback(journal).await.map(drop).map_err(told)
    }
}

impl Target {
    /// Connects to the host under this name as the user, with a fresh ticket cache.
    pub(crate) async fn connect(&self, host: &str, asks: &[&str]) -> Result<ClientReport> {
        let password = self.user.password().map_err(|error| error.to_string())?;
        let user = format!("{}@{}", self.user.name, self.domain.to_uppercase());
        let mut client = Command::new(client_program())
            .args(["--json", "--no-registry", "--password-stdin", "--user", &user])
            .args(asks)
            .args(["--command", "hostname", "--", host])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("winrm-client: {error}"))?;
        if let Some(mut input) = client.stdin.take() {
            let sent = input.write_all(format!("{password}\n").as_bytes()).await;
            sent.map_err(|error| format!("winrm-client: {error}"))?;
        }
        let ran = client.wait_with_output().await.map_err(|error| error.to_string())?;
        serde_json::from_slice(&ran.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&ran.stderr);
            format!("winrm-client ended with {} and no report: {error}\n{said}", ran.status)
        })
    }
}

/// `winrm-client`, in `SPNLAB_PROGRAMS` or beside this program.
fn client_program() -> PathBuf {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.to_owned());
    let folder = env::named("SPNLAB_PROGRAMS").map(PathBuf::from).or_else(beside);
    folder.unwrap_or_default().join("winrm-client")
}

fn told(error: impl Into<spnfix::Error>) -> String {
    let error = error.into();
    format!("{error} ({})\nhint: {}", error.code(), error.hint())
}
