//! One lab: its start, its parts, its end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::KillContainerOptionsBuilder;

use crate::containers::{self, Part};
use crate::directory::Kept;
use crate::docker;
use crate::error::{Error, Result};
use crate::exec::{ExecOutput, RawOutput, exec};
use crate::follow::Follower;
use crate::guard::SessionGuard;
use crate::images;
use crate::labels::{LabIdentity, Role};
use crate::parts::{attach_part, find_part, read_ca};
use crate::programs::Programs;
use crate::progress::Progress;
use crate::ready;
use crate::samba::SambaVersion;
use crate::shell::{MOST_INPUT, Shells};
use crate::spec::{LabSpec, Lifetime};
use crate::start::{bring_up, check_name, claim, dc_answers, with_logs};
use crate::sweep;
use crate::topology::hosts;
use crate::winrm::{self, WinrmSettings};
use crate::wire::Hosts;

/// Longest wait for each fact that a ready lab shows.
pub(crate) const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running lab.
#[derive(Debug)]
pub struct Lab {
    docker: Docker,
    identity: LabIdentity,
    dc1: Part,
    dc2: Option<Part>,
    mem1: Part,
    client: Part,
    ca_pem: String,
    winrm: WinrmSettings,
    /// Registrations of WinRM's SPNs in MEM1's log from before WinRM got its settings.
    registered_before: usize,
    /// WinRM was ended, by [`Lab::end_winrm`].
    winrm_has_ended: bool,
    shells: Arc<Shells>,
    runs_of_dc1: Arc<AtomicUsize>,
    /// The logs of dc1, dc2 and mem1.
    followers: [Follower; 3],
    /// Of dc1 and dc2.
    kept: [Kept; 2],
    /// Who has which address; asked for once, and again after a part was killed or started.
    hosts: Mutex<Option<Hosts>>,
    guard: SessionGuard,
}

impl Lab {
    /// Builds missing images, starts the three containers side by side and waits on facts: an
    /// LDAPS bind, an AS-REQ answered and a ticket for the endpoint, a 401 with Negotiate from the
    /// endpoint and from the web site.
    ///
    /// # Errors
    /// Whatever stops the start; the logs of the parts are kept as evidence and nothing is left
    /// behind, also when this future is dropped half-way.
    pub async fn start(spec: &LabSpec, progress: &Progress) -> Result<Self> {
        Self::start_with(spec, WinrmSettings::default(), progress).await
    }

    /// As [`Lab::start`], with other settings of MEM1's WinRM. If it registers its own SPNs, the lab
    /// is ready when it has tried; [`Lab::winrm_registrations`] tells how that ended.
    ///
    /// # Errors
    /// Those of [`Lab::start`].
    pub async fn start_with(
        spec: &LabSpec,
        winrm: WinrmSettings,
        progress: &Progress,
    ) -> Result<Self> {
        check_name(&spec.name)?;
        let docker = docker::connect().await?;
        sweep::remove_orphans(&docker).await?;
        // Two starts of one name at the same time: the lock is held until the lab is there.
        let _name = match spec.lifetime {
            Lifetime::Detached => Some(claim(&docker, &spec.name).await?),
            Lifetime::Scope => None,
        };
        let programs = Programs::find()?;
        let images = Box::pin(images::ensure(&docker, spec.samba, progress)).await?;
        let identity = LabIdentity::new(&spec.name);
        let start = Instant::now();
        progress.say(&format!("lab {}: starting dc1, mem1 and client", spec.name));
        let mut guard = SessionGuard::new(identity.session.clone());
        let specs = containers::specs(&images, &programs, winrm, spec.second_dc);
        let dc2 = spec.second_dc.then(|| containers::dc2_spec(&images));
        let in_flight = guard.in_flight();
        let started = bring_up(&docker, &identity, spec.lifetime, (specs, dc2, winrm), &in_flight);
        let (parts, dc2, ca_pem) = match Box::pin(started).await {
            Ok(started) => started,
            Err(error) => return Err(with_logs(&docker, &identity, error).await),
        };
        let seconds = start.elapsed().as_secs_f64();
        progress.say(&format!("lab {}: ready after {seconds:.1} s", spec.name));
        if spec.lifetime == Lifetime::Detached {
            guard.disarm();
        }
        let [dc1, mem1, client] = parts;
        Ok(Self {
            docker,
            identity,
            dc1,
            dc2,
            mem1,
            client,
            ca_pem,
            winrm,
            registered_before: 0,
            winrm_has_ended: false,
            shells: Arc::new(match spec.lifetime {
                Lifetime::Scope => Shells::that_write_often(),
                Lifetime::Detached => Shells::default(),
            }),
            runs_of_dc1: Arc::default(),
            followers: Default::default(),
            kept: Default::default(),
            hosts: Mutex::default(),
            guard,
        })
    }

    /// Finds a running lab by its name, or by its session where several have one name.
    pub async fn attach(name: &str) -> Result<Self> {
        let docker = docker::connect().await?;
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

    /// Finds the lab of this identity, also one that dies with the program that made it.
    pub async fn join(identity: LabIdentity) -> Result<Self> {
        Self::of(docker::connect().await?, identity).await
    }

    async fn of(docker: Docker, identity: LabIdentity) -> Result<Self> {
        let dc1 = attach_part(&docker, &identity, Role::Dc1).await?;
        let dc2 = find_part(&docker, &identity, Role::Dc2).await?;
        let mem1 = attach_part(&docker, &identity, Role::Mem1).await?;
        let client = attach_part(&docker, &identity, Role::Client).await?;
        let ca_pem = read_ca(&docker, &dc1).await?;
        let winrm = winrm::settings_of(&docker, &mem1).await?;
        let mut guard = SessionGuard::new(identity.session.clone());
        guard.disarm();
        Ok(Self {
            docker,
            identity,
            dc1,
            dc2,
            mem1,
            client,
            ca_pem,
            winrm,
            registered_before: 0,
            winrm_has_ended: false,
            shells: Arc::default(),
            runs_of_dc1: Arc::default(),
            followers: Default::default(),
            kept: Default::default(),
            hosts: Mutex::default(),
            guard,
        })
    }

    /// The number of dc1's present run: a connection to an earlier one is dead.
    pub fn run_of_dc1(&self) -> usize {
        self.runs_of_dc1.load(Ordering::SeqCst)
    }

    pub(crate) fn runs_of_dc1(&self) -> &Arc<AtomicUsize> {
        &self.runs_of_dc1
    }

    /// Who has which address, if that was asked for since a part was started.
    pub(crate) fn known_hosts(&self) -> MutexGuard<'_, Option<Hosts>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what is known of a part that is killed or started: its shells, and who has which address.
    pub(crate) fn forget(&self, role: Role) {
        if role == Role::Dc1 {
            self.runs_of_dc1.fetch_add(1, Ordering::SeqCst);
        }
        self.shells.forget(role);
        *self.known_hosts() = None;
    }

    /// Ends a part of the lab at once, as a power cut does; its disk is kept.
    pub async fn kill(&self, role: Role) -> Result<()> {
        self.forget(role);
        let options = KillContainerOptionsBuilder::new().signal("KILL").build();
        self.docker
            .kill_container(&self.part(role).id, Some(options))
            .await
            .map_err(docker::refused(format!("kill {role}")))
    }

    /// Starts a killed DC again and waits until it answers; its published ports are new ones.
    pub async fn restart_dc1(&mut self) -> Result<()> {
        self.forget(Role::Dc1);
        self.docker
            .start_container(&self.dc1.id, None)
            .await
            .map_err(docker::refused("start dc1 again"))?;
        self.dc1.ports = containers::published_ports(&self.docker, &self.dc1.id).await?;
        let (dc1, ca_pem) = (&self.dc1, &self.ca_pem);
        tokio::select! {
            ready = dc_answers(&hosts::DC1, dc1, ca_pem) => ready,
            dead = ready::watch(&self.docker, std::slice::from_ref(dc1)) => Err(dead),
        }
    }

    /// Removes the lab and everything that carries its session label.
    pub async fn shutdown(mut self) -> Result<()> {
        let filter = format!("{}={}", crate::labels::LABEL_SESSION, self.identity.session);
        sweep::remove_matching(&self.docker, &filter).await?;
        self.guard.disarm();
        Ok(())
    }

    /// Name, session and creation time.
    pub fn identity(&self) -> &LabIdentity {
        &self.identity
    }

    /// Name of the lab's network in Docker.
    pub fn network_name(&self) -> String {
        self.identity.object_name(Role::Network)
    }

    /// Port of 127.0.0.1 behind which the DC serves LDAPS.
    pub fn ldaps_port(&self) -> u16 {
        self.ldaps_port_of(Role::Dc1)
    }

    /// Port of 127.0.0.1 behind which the DC serves the global catalog over TLS.
    pub fn global_catalog_port(&self) -> u16 {
        self.global_catalog_port_of(Role::Dc1)
    }

    /// Port of 127.0.0.1 behind which the WinRM endpoint listens.
    pub fn winrm_port(&self) -> u16 {
        self.mem1.port(5985)
    }

    /// Port of 127.0.0.1 behind which the web site listens.
    pub fn web_port(&self) -> u16 {
        self.mem1.port(80)
    }

    /// Whether the lab has a second domain controller.
    pub fn has_second_dc(&self) -> bool {
        self.dc2.is_some()
    }

    /// The Samba that dc1 runs, as the program itself says.
    pub async fn samba_version(&self) -> Result<SambaVersion> {
        let ran = self.exec(Role::Dc1, None, &["samba", "--version"], None).await?;
        let said = ran.success(Role::Dc1, "samba --version")?;
        SambaVersion::of_answer(&said)
            .ok_or_else(|| Error::Unreadable { what: "the version of Samba".into(), detail: said })
    }

    /// Certificate of the lab's CA (PEM).
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// How MEM1's WinRM is set up.
    pub fn winrm_settings(&self) -> WinrmSettings {
        self.winrm
    }

    /// Whether MEM1's WinRM runs, and with these settings.
    pub fn winrm_runs_with(&self, settings: WinrmSettings) -> bool {
        self.winrm == settings && !self.winrm_has_ended
    }

    /// MEM1's WinRM runs with these settings now; so many registrations are older.
    pub(crate) fn winrm_runs(&mut self, settings: WinrmSettings, registered_before: usize) {
        (self.winrm, self.registered_before) = (settings, registered_before);
        self.winrm_has_ended = false;
    }

    pub(crate) fn winrm_ended(&mut self) {
        self.winrm_has_ended = true;
    }

    pub(crate) fn registered_before(&self) -> usize {
        self.registered_before
    }

    pub(crate) fn shells(&self) -> &Arc<Shells> {
        &self.shells
    }

    pub(crate) fn mem1_mut(&mut self) -> &mut Part {
        &mut self.mem1
    }

    /// CLIENT's first program says nothing: whoever asks for its log gets mem1's.
    pub(crate) fn follower(&self, role: Role) -> &Follower {
        let [dc1, dc2, mem1] = &self.followers;
        match role {
            Role::Dc2 if self.dc2.is_some() => dc2,
            Role::Dc1 | Role::Dc2 => dc1,
            Role::Mem1 | Role::Client | Role::Network => mem1,
        }
    }

    pub(crate) fn kept(&self) -> &[Kept; 2] {
        &self.kept
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// Of a lab without a second domain controller, [`Role::Dc2`] is dc1: whoever asks for it looks
    /// first ([`Lab::has_second_dc`]).
    pub(crate) fn part(&self, role: Role) -> &Part {
        match role {
            Role::Dc2 => self.dc2.as_ref().unwrap_or(&self.dc1),
            Role::Mem1 => &self.mem1,
            Role::Client => &self.client,
            Role::Dc1 | Role::Network => &self.dc1,
        }
    }

    /// The hosts that the lab has.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = Role> {
        let second = self.has_second_dc().then_some(Role::Dc2);
        [Role::Dc1, Role::Mem1, Role::Client].into_iter().chain(second)
    }

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
        Ok(self.exec_raw(role, user, command, stdin.unwrap_or_default()).await?.into_text())
    }

    /// As [`Lab::exec`], with what the program said in bytes.
    pub(crate) async fn exec_raw(
        &self,
        role: Role,
        user: Option<&str>,
        command: &[&str],
        stdin: &[u8],
    ) -> Result<RawOutput> {
        if role == Role::Dc2 {
            self.check(role)?;
        }
        let id = &self.part(role).id;
        if stdin.len() > MOST_INPUT {
            return exec(&self.docker, id, user, command, Some(stdin)).await;
        }
        self.shells.run(&self.docker, (role, id), user, command, stdin).await
    }

    /// Has the shell of a user do what a Perl script says, in its own process: the status is what the script
    /// returns. For what is asked so often that a process for each is too much.
    pub(crate) async fn call(
        &self,
        role: Role,
        user: Option<&str>,
        script: &str,
        words: &[&str],
    ) -> Result<ExecOutput> {
        self.exec(role, user, &[&["call", script], words].concat(), None).await
    }

    /// Runs `ldbmodify` or `ldbrename`, or what does the same, on a DC's live database.
    pub(crate) async fn write(&self, dc: Role, command: &[&str], ldif: &str) -> Result<ExecOutput> {
        let part = (dc, self.part(dc).id.as_str());
        Ok(self.shells.write(&self.docker, part, command, ldif.as_bytes()).await?.into_text())
    }

    /// What the parts of a lab have written to their logs, also of a lab that has lost some.
    pub async fn logs_of(name: &str) -> Result<Vec<(Role, String)>> {
        let docker = docker::connect().await?;
        let filter = format!("{}={name}", crate::labels::LABEL_LAB);
        let parts = sweep::parts_of(&docker, &filter).await?;
        if parts.is_empty() {
            let known = sweep::list(&docker).await?.into_iter().map(|lab| lab.name).collect();
            return Err(Error::UnknownLab { name: name.to_owned(), known });
        }
        let mut logs = Vec::new();
        for (role, id) in parts {
            logs.push((role, crate::logs::all(&docker, &id).await?));
        }
        Ok(logs)
    }

    /// Everything that a part has written to its log.
    pub async fn log(&self, role: Role) -> Result<String> {
        crate::logs::all(&self.docker, &self.part(role).id).await
    }
}
