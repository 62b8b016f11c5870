//! How a lab starts, how another program finds it, and how it ends.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use testcontainers::bollard::Docker;

use super::Lab;
use crate::engine::{self, Follower, Part, Residents, attach_part, find_part, read_ca};
use crate::env;
use crate::images::{self, Programs};
use crate::model::{Error, LabIdentity, LabSpec, Lifetime, Progress, Result, Role, WinrmSettings};
use crate::start::{
    LABEL_SESSION, SessionGuard, bring_up, check_name, claim, containers, subnet, sweep, with_logs,
};

impl Lab {
    /// Starts a lab that is removed when it is dropped, as a container of testcontainers is. Tests
    /// that run side by side have a lab each.
    ///
    /// # Errors
    /// Those of [`Lab::start_with`].
    pub async fn start() -> Result<Self> {
        let winrm = WinrmSettings::default();
        Self::start_with(&LabSpec::default(), winrm, &Progress::silent()).await
    }

    /// Builds missing images and starts the three containers side by side. Then it waits for the
    /// facts of a ready lab:
    ///
    /// - an LDAPS bind;
    /// - an answer to an AS-REQ, and a ticket for the endpoint;
    /// - a 401 with Negotiate from the endpoint and from the web site.
    ///
    /// If WinRM registers its own SPNs, the lab is ready after that attempt.
    /// [`Mem1::winrm_registrations`](crate::Mem1::winrm_registrations) says how it ended.
    ///
    /// # Errors
    /// Any error that stops the start. The logs of the parts are kept as evidence. No object of the
    /// lab stays behind, even if this future is dropped half-way.
    pub async fn start_with(
        spec: &LabSpec,
        winrm: WinrmSettings,
        progress: &Progress,
    ) -> Result<Self> {
        check_name(&spec.name)?;
        subnet::ranges(&env::subnets())?;
        let docker = engine::connect().await?;
        sweep::remove_orphans(&docker).await?;
        // Two programs may start a lab of one name at the same time. So this one holds the lock
        // until the lab is there.
        let _name = match spec.lifetime {
            Lifetime::Detached => Some(claim(&docker, &spec.name).await?),
            Lifetime::Scope => None,
        };
        let programs = Programs::find()?;
        let chosen = Box::pin(images::for_lab(&docker, spec, &programs, progress)).await?;
        let (images, copies) = chosen;
        let programs = copies.then(|| programs.with(&spec.own));
        let programs = programs.as_ref();
        let identity = LabIdentity::new(&spec.name);
        let start = Instant::now();
        progress.say(&format!("lab {}: starting dc1, mem1 and client", spec.name));
        let mut guard = SessionGuard::new(identity.session.clone());
        let specs = containers::specs(&images, programs, winrm, spec.second_dc);
        let dc2 = spec.second_dc.then(|| containers::dc2_spec(&images, programs));
        let in_flight = guard.in_flight();
        let residents = Arc::new(match spec.lifetime {
            Lifetime::Scope => Residents::with_open_database(),
            Lifetime::Detached => Residents::default(),
        });
        let engine = (&docker, &*residents);
        let started = bring_up(engine, &identity, spec, (specs, dc2, winrm), &in_flight);
        let (parts, dc2, ca_pem) = match Box::pin(started).await {
            Ok(started) => started,
            Err(error) => return Err(with_logs(&docker, &identity, error).await),
        };
        let seconds = start.elapsed().as_secs_f64();
        progress.say(&format!("lab {}: ready after {seconds:.1} s", spec.name));
        if spec.lifetime == Lifetime::Detached {
            guard.disarm();
        }
        let engine = (docker, residents);
        let lab = Self::new(engine, (identity, guard), (parts, dc2), ca_pem);
        lab.winrm_state().settings = Some(winrm);
        Ok(lab)
    }

    /// Finds a running lab by its name, or by its session if several labs have one name.
    pub async fn attach(name: &str) -> Result<Self> {
        let docker = engine::connect().await?;
        let labs = sweep::list(&docker).await?;
        let Some(found) = labs.iter().rev().find(|lab| lab.name == name || lab.session == name)
        else {
            let known = labs.into_iter().map(|lab| lab.name).collect();
            return Err(Error::UnknownLab { name: name.to_owned(), known });
        };
        let identity = LabIdentity {
            name: found.name.clone(),
            session: found.session.clone(),
            created: found.created.clone(),
        };
        Self::of(docker, identity).await
    }

    /// Finds the lab of this identity, even if it ends with the program that made it.
    pub async fn join(identity: LabIdentity) -> Result<Self> {
        Self::of(engine::connect().await?, identity).await
    }

    async fn of(docker: Docker, identity: LabIdentity) -> Result<Self> {
        let (dc1, dc2, mem1, client) = tokio::try_join!(
            attach_part(&docker, &identity, Role::Dc1),
            find_part(&docker, &identity, Role::Dc2),
            attach_part(&docker, &identity, Role::Mem1),
            attach_part(&docker, &identity, Role::Client),
        )?;
        let ca_pem = read_ca(&docker, &dc1).await?;
        let mut guard = SessionGuard::new(identity.session.clone());
        guard.disarm();
        let parts = ([dc1, mem1, client], dc2);
        let lab = Self::new((docker, Arc::default()), (identity, guard), parts, ca_pem);
        let end = Follower::at_end;
        // Whoever reads CLIENT's log wants to know what was done before.
        let followers = [end(), end(), end(), Follower::default()];
        Ok(Self { followers, ..lab })
    }

    /// A lab of these parts, whose logs it follows from their beginning.
    fn new(
        (docker, residents): (Docker, Arc<Residents>),
        (identity, guard): (LabIdentity, SessionGuard),
        ([dc1, mem1, client], dc2): ([Part; 3], Option<Part>),
        ca_pem: String,
    ) -> Self {
        Self {
            docker,
            identity,
            dc1,
            dc2,
            mem1,
            client,
            ca_pem,
            winrm: Mutex::default(),
            residents,
            runs_of_dc1: Arc::default(),
            followers: Default::default(),
            ldap: Default::default(),
            hosts: Mutex::default(),
            guard,
        }
    }

    /// Lets the lab live on when this program ends, so that people can look at it.
    pub async fn keep(mut self) -> Result<LabIdentity> {
        sweep::mark_kept(&self.docker, &self.identity).await?;
        self.guard.disarm();
        Ok(self.identity.clone())
    }

    /// Removes the lab and everything that carries its session label.
    pub async fn shutdown(mut self) -> Result<()> {
        let filter = format!("{}={}", LABEL_SESSION, self.identity.session);
        sweep::remove_matching(&self.docker, &filter).await?;
        self.guard.disarm();
        Ok(())
    }
}
