//! Programs inside the parts of a lab, and what the parts have said.

use spnlab_agent::{Message, Request};

use super::Lab;
use crate::engine::{self, ExecOutput, PartLog, logs};
use crate::model::{Error, Result, Role};
use crate::start::{LABEL_LAB, LABEL_SESSION, sweep};

impl Lab {
    /// Runs a program in a part of the lab.
    ///
    /// Secrets belong on `stdin`: arguments are visible to others.
    pub async fn exec(
        &self,
        role: Role,
        user: Option<&str>,
        command: &[&str],
        stdin: Option<&[u8]>,
    ) -> Result<ExecOutput> {
        if role == Role::Dc2 {
            self.dc(role)?;
        }
        let (part, input) = (self.part(role).container(), stdin.unwrap_or_default());
        self.residents.run(&self.docker, part, user, command, input).await
    }

    /// Asks the agent of a user in a part of the lab.
    pub(crate) async fn ask<T: Message>(
        &self,
        role: Role,
        user: Option<&str>,
        request: Request,
    ) -> Result<T> {
        self.residents.ask(&self.docker, self.part(role).container(), user, request).await
    }

    /// An error of this lab: that the lab was removed meanwhile, if that is so.
    pub async fn explained(&self, error: Error) -> Error {
        if self.was_removed().await {
            return Error::LabGone { name: self.identity().name.clone() };
        }
        error
    }

    /// Whether the engine has nothing of this lab any more.
    pub async fn was_removed(&self) -> bool {
        let filter = format!("{LABEL_SESSION}={}", self.identity().session);
        let parts = sweep::parts_of(&self.docker, &filter).await;
        parts.is_ok_and(|parts| parts.is_empty())
    }

    /// What the parts of a lab have written to their logs, also of a lab that has lost some.
    pub async fn logs_of(name: &str) -> Result<Vec<(Role, String)>> {
        let docker = engine::connect().await?;
        let mut parts = sweep::parts_of(&docker, &format!("{LABEL_LAB}={name}")).await?;
        if parts.is_empty() {
            parts = sweep::parts_of(&docker, &format!("{LABEL_SESSION}={name}")).await?;
        }
        if parts.is_empty() {
            let known = sweep::list(&docker).await?.into_iter().map(|lab| lab.name).collect();
            return Err(Error::UnknownLab { name: name.to_owned(), known });
        }
        let mut logs = Vec::new();
        for (role, id) in parts {
            logs.push((role, logs::all(&docker, &id).await?));
        }
        Ok(logs)
    }

    /// Everything that a part has written to its log.
    pub async fn log(&self, role: Role) -> Result<String> {
        logs::all(&self.docker, &self.part(role).id).await
    }

    /// The log of a part as it grows.
    pub(crate) fn log_of(&self, role: Role) -> PartLog<'_> {
        let (part, follower) = (self.part(role), self.follower(role));
        PartLog { docker: &self.docker, part, residents: &self.residents, follower }
    }

    /// Stops every process of a part where it is, until [`Lab::unpause`]. Its connections stay
    /// open, and nothing answers.
    pub async fn pause(&self, role: Role) -> Result<()> {
        let paused = self.docker.pause_container(&self.part(role).id).await;
        paused.map_err(engine::refused(format!("pause {role}")))
    }

    /// Lets a paused part go on.
    pub async fn unpause(&self, role: Role) -> Result<()> {
        let unpaused = self.docker.unpause_container(&self.part(role).id).await;
        unpaused.map_err(engine::refused(format!("let {role} go on")))
    }

    /// Whether the engine has stopped every process of this part.
    pub async fn is_paused(&self, role: Role) -> bool {
        let found = self.docker.inspect_container(&self.part(role).id, None).await;
        let state = found.ok().and_then(|found| found.state);
        state.and_then(|state| state.paused) == Some(true)
    }
}
