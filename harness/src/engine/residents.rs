//! Resident processes in the containers run commands; requests are length-prefixed.
//!
//! A start of a program through Docker costs some 80 ms, most of it for the container runtime. A
//! resident starts it without that cost. `lab/agent` has the types of requests and answers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use spnlab_agent::{Message, Ran, Request, Run};
use testcontainers::bollard::Docker;

use super::resident::{self, Kind, Resident};
use super::{Container, ExecOutput};
use crate::model::{Result, Role};

/// After so many writes the resident `database` replaces Samba's tools, which are faster for a few
/// writes.
const WRITES_BY_TOOL: usize = 2;
/// The user of CLIENT.
pub(crate) const ADMIN: Option<&str> = Some("admin");

/// Residents by part and kind.
type Idle = HashMap<(Role, Kind), Vec<Resident>>;

/// The residents of one lab that wait for a request.
#[derive(Default)]
pub(crate) struct Residents {
    idle: Mutex<Idle>,
    /// Number of writes to the DCs' databases until now.
    writes: AtomicUsize,
}

impl std::fmt::Debug for Residents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Residents").finish_non_exhaustive()
    }
}

impl Residents {
    /// For a program that writes often, and whose lab no other program uses: all writes go through
    /// the resident `database`.
    pub(crate) fn with_open_database() -> Self {
        Self { writes: AtomicUsize::new(WRITES_BY_TOOL), ..Self::default() }
    }

    /// Sends a request to the agent of a user.
    pub(crate) async fn ask<T: Message>(
        &self,
        docker: &Docker,
        part: Container<'_>,
        user: Option<&str>,
        request: Request,
    ) -> Result<T> {
        self.ask_one(docker, part, Kind::Agent(user.map(str::to_owned)), request).await
    }

    /// Makes the agent of a user run a program.
    pub(crate) async fn run(
        &self,
        docker: &Docker,
        part: Container<'_>,
        user: Option<&str>,
        command: &[&str],
        input: &[u8],
    ) -> Result<ExecOutput> {
        Ok(self.ask::<Ran>(docker, part, user, run(command, input)).await?.into())
    }

    /// Runs `ldbmodify` or `ldbrename` on a DC's live database. The first writes use the tool
    /// itself. Later ones use the resident `database`, which makes the same writes.
    pub(crate) async fn write(
        &self,
        docker: &Docker,
        dc: Container<'_>,
        command: &[&str],
        ldif: &[u8],
    ) -> Result<ExecOutput> {
        let by_tool = self.writes.fetch_add(1, Ordering::Relaxed) < WRITES_BY_TOOL;
        let kind = if by_tool { Kind::Agent(None) } else { Kind::Database };
        Ok(self.ask_one::<Ran>(docker, dc, kind, run(command, ldif)).await?.into())
    }

    /// Sends a command other than a write to the resident `database`.
    pub(crate) async fn ask_database(
        &self,
        docker: &Docker,
        dc: Container<'_>,
        command: &[&str],
    ) -> Result<ExecOutput> {
        // It is open from now on, so it is faster for writes, too.
        self.writes.fetch_max(WRITES_BY_TOOL, Ordering::Relaxed);
        Ok(self.ask_one::<Ran>(docker, dc, Kind::Database, run(command, &[])).await?.into())
    }

    /// Makes `whose-key` try every account's keys on the ticket for this SPN in a credential cache.
    pub(crate) async fn ask_keys(
        &self,
        docker: &Docker,
        dc: Container<'_>,
        spn: &str,
        ccache: &[u8],
    ) -> Result<ExecOutput> {
        Ok(self.ask_one::<Ran>(docker, dc, Kind::Keys, run(&[spn], ccache)).await?.into())
    }

    async fn ask_one<T: Message>(
        &self,
        docker: &Docker,
        (role, container): Container<'_>,
        kind: Kind,
        request: Request,
    ) -> Result<T> {
        let key = (role, kind);
        let idle = self.idle().get_mut(&key).and_then(Vec::pop);
        let mut resident = match idle {
            Some(resident) => resident,
            None => Resident::start(docker, (role, container), &key.1).await?,
        };
        // On an error, or if this future is dropped, the resident is dropped too. Its input ends
        // then, and so does the process.
        let what = request.what().to_owned();
        let answer = resident.ask(request).await?;
        self.idle().entry(key).or_default().push(resident);
        answer.map_err(|why| resident::refused(role, what, why))
    }

    /// Closes the database of a DC before it starts again. The resident stays and opens the
    /// database anew, because most of the cost of a new resident is what it loads.
    pub(crate) async fn close_database(&self, dc: Role) -> Result<()> {
        let key = (dc, Kind::Database);
        let idle = self.idle().remove(&key).unwrap_or_default();
        for mut resident in idle {
            let closed: std::result::Result<Ran, String> =
                resident.ask(run(&["close"], &[])).await?;
            let closed = closed.map_err(|why| resident::refused(dc, "close".to_owned(), why))?;
            ExecOutput::from(closed).success(dc, "database")?;
            self.idle().entry(key.clone()).or_default().push(resident);
        }
        Ok(())
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(command: &[&str], input: &[u8]) -> Request {
    let command = command.iter().map(|&word| word.to_owned()).collect();
    Request::Run(Run { command, input: input.to_vec().into() })
}
