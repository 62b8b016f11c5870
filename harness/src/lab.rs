//! One lab: its start, its parts, its end.

use std::time::{Duration, Instant};

use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::{
    DownloadFromContainerOptionsBuilder, KillContainerOptionsBuilder, RenameContainerOptionsBuilder,
};

use crate::containers::{self, Part, PartSpec};
use crate::docker;
use crate::error::{Error, Result};
use crate::evidence::EvidenceDir;
use crate::exec::{ExecOutput, exec};
use crate::guard::{InFlight, SessionGuard};
use crate::images;
use crate::labels::{LabIdentity, Role};
use crate::locks::{self, Lock};
use crate::programs::Programs;
use crate::progress::Progress;
use crate::ready;
use crate::samba::SambaVersion;
use crate::shell::{MOST_INPUT, Shells};
use crate::topology::{accounts, hosts};
use crate::winrm::{self, WinrmSettings};
use crate::{
    directory::{self, Reader},
    second_dc, sweep,
};

/// Longest wait for each fact that a ready lab shows.
pub(crate) const READY_WITHIN: Duration = Duration::from_secs(60);
/// The lab CA's certificate in the DC.
const CA_PEM: &str = "/var/lib/spnlab/pki/ca.pem";
/// Runs in CLIENT: asks for a TGT and for a ticket to the endpoint until both are there.
/// The password comes on standard input; a failed try prints what Kerberos said.
const WAIT_FOR_TICKET: &str = r#"
read -r password
cache=$(mktemp)
tries=0
until said=$(printf '%s\n' "$password" | kinit -c "FILE:$cache" trainer 2>&1) \
   && said=$(kvno -c "FILE:$cache" HTTP/mem1.contoso.com 2>&1); do
  tries=$((tries + 1))
  [ "$tries" -lt 600 ] || { printf '%s\n' "$said" >&2; exit 1; }
  sleep 0.05
done
rm -f "$cache"
"#;

/// How long a lab lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// It is removed when the [`Lab`] is dropped; [`Lab::shutdown`] is the tidy way.
    Scope,
    /// It outlives the program and is found again by its labels.
    Detached,
}

impl Lifetime {
    fn label(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Detached => "detached",
        }
    }
}

/// What to start.
#[derive(Debug, Clone)]
pub struct LabSpec {
    /// Name: 1 to 32 lower-case letters, digits and dashes, beginning with a letter.
    pub name: String,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// With a second domain controller, which joins when the lab starts; costs some seconds.
    pub second_dc: bool,
    /// What the domain controllers run.
    pub samba: SambaVersion,
}

impl LabSpec {
    /// One domain controller, with the newest Samba.
    pub fn new(name: &str, lifetime: Lifetime) -> Self {
        let samba = SambaVersion::default();
        Self { name: name.to_owned(), lifetime, second_dc: false, samba }
    }
}

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
    shells: Shells,
    /// Of dc1 and dc2.
    readers: [Reader; 2],
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
        let ([dc1, mem1, client], shells, readers) = (parts, Shells::default(), Default::default());
        Ok(Self { docker, identity, dc1, dc2, mem1, client, ca_pem, winrm, shells, readers, guard })
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
        let (shells, readers) = (Shells::default(), Default::default());
        Ok(Self { docker, identity, dc1, dc2, mem1, client, ca_pem, winrm, shells, readers, guard })
    }

    /// Ends a part of the lab at once, as a power cut does; its disk is kept.
    pub async fn kill(&self, role: Role) -> Result<()> {
        self.shells.forget(role);
        let options = KillContainerOptionsBuilder::new().signal("KILL").build();
        self.docker
            .kill_container(&self.part(role).id, Some(options))
            .await
            .map_err(docker::refused(format!("kill {role}")))
    }

    /// Starts a killed DC again and waits until it answers; its published ports are new ones.
    pub async fn restart_dc1(&mut self) -> Result<()> {
        self.shells.forget(Role::Dc1);
        self.docker
            .start_container(&self.dc1.id, None)
            .await
            .map_err(docker::refused("start dc1 again"))?;
        self.dc1.ports = containers::published_ports(&self.docker, &self.dc1.id).await?;
        let (dc1, ca_pem) = (&self.dc1, &self.ca_pem);
        tokio::select! {
            ready = dc1_answers(dc1, ca_pem) => ready,
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

    pub(crate) fn mem1_mut(&mut self) -> &mut Part {
        &mut self.mem1
    }

    pub(crate) fn readers(&self) -> &[Reader; 2] {
        &self.readers
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
        if role == Role::Dc2 && !self.has_second_dc() {
            return Err(Error::LabIncomplete { name: self.identity.name.clone(), part: role });
        }
        let (id, stdin) = (&self.part(role).id, stdin.unwrap_or_default());
        if stdin.len() > MOST_INPUT {
            return exec(&self.docker, id, user, command, Some(stdin)).await;
        }
        self.shells.run(&self.docker, (role, id), user, command, stdin).await
    }

    /// Runs `ldbmodify` or `ldbrename`, or what does the same, on a DC's live database.
    pub(crate) async fn write(&self, dc: Role, command: &[&str], ldif: &str) -> Result<ExecOutput> {
        let part = (dc, self.part(dc).id.as_str());
        self.shells.write(&self.docker, part, command, ldif.as_bytes()).await
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

fn check_name(name: &str) -> Result<()> {
    let good = (1..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if good { Ok(()) } else { Err(Error::BadLabName { name: name.to_owned() }) }
}

/// Creates network and containers in tasks of their own, which a dropped future does not cancel,
/// and joins all of them before it returns.
async fn start_parts(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &'static str,
    specs: [PartSpec; 3],
    in_flight: &InFlight,
) -> Result<[Part; 3]> {
    let flight = in_flight.enter();
    let (engine, who) = (docker.clone(), identity.clone());
    let network = tokio::spawn(async move {
        let _flight = flight;
        containers::create_network(&engine, &who, lifetime).await
    });
    joined(network.await)?;
    // The DC takes longest to answer, so it gets a head start.
    let (dc1_is_created, created) = tokio::sync::watch::channel(false);
    let mut dc1_is_created = Some(dc1_is_created);
    let [dc1, mem1, client] = specs.map(|spec| {
        let flight = in_flight.enter();
        let (engine, who) = (docker.clone(), identity.clone());
        let (done, mut dc1_created) = (dc1_is_created.take(), created.clone());
        tokio::spawn(async move {
            let _flight = flight;
            if done.is_none() {
                // An error means that dc1's creation failed; its own task tells why.
                let _ = dc1_created.wait_for(|&created| created).await;
            }
            let id = containers::create(&engine, &who, lifetime, &spec).await?;
            if let Some(done) = done {
                done.send_replace(true);
            }
            containers::start(&engine, &who, lifetime, spec, id).await
        })
    });
    let (dc1, mem1, client) = tokio::join!(dc1, mem1, client);
    Ok([joined(dc1)?, joined(mem1)?, joined(client)?])
}

fn joined<T>(result: std::result::Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    result.unwrap_or_else(|error| {
        let source = std::io::Error::other(error.to_string());
        Err(Error::Io { action: "start a part of the lab".to_owned(), source })
    })
}

/// Starts the parts and waits until the lab shows every fact of a ready one.
async fn bring_up(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: Lifetime,
    (specs, dc2, winrm): ([PartSpec; 3], Option<PartSpec>, WinrmSettings),
    in_flight: &InFlight,
) -> Result<([Part; 3], Option<Part>, String)> {
    let parts = start_parts(docker, identity, lifetime.label(), specs, in_flight).await?;
    let ca_pem = read_ca(docker, &parts[0]).await?;
    tokio::select! {
        ready = all_ready(docker, &parts, &ca_pem, winrm) => ready?,
        dead = ready::watch(docker, &parts) => return Err(dead),
    }
    let dc2 = match dc2 {
        Some(spec) => {
            let dc2 = start_part(docker, identity, lifetime.label(), spec, in_flight).await?;
            let all = [parts[0].clone(), dc2.clone()];
            tokio::select! {
                ready = second_dc::ready(docker, (&dc2, &parts[0], &parts[2]), &ca_pem) => ready?,
                dead = ready::watch(docker, &all) => return Err(dead),
            }
            Some(dc2)
        }
        None => None,
    };
    let options =
        RenameContainerOptionsBuilder::new().name(&identity.object_name(Role::Dc1)).build();
    docker
        .rename_container(&parts[0].id, options)
        .await
        .map_err(docker::refused("mark the lab as ready"))?;
    Ok((parts, dc2, ca_pem))
}

/// One more part, in a task that a dropped future does not cancel.
async fn start_part(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &'static str,
    spec: PartSpec,
    in_flight: &InFlight,
) -> Result<Part> {
    let flight = in_flight.enter();
    let (engine, who) = (docker.clone(), identity.clone());
    let task = tokio::spawn(async move {
        let _flight = flight;
        let id = containers::create(&engine, &who, lifetime, &spec).await?;
        containers::start(&engine, &who, lifetime, spec, id).await
    });
    joined(task.await)
}

/// Takes the name for a lab that outlives the program.
async fn claim(docker: &Docker, name: &str) -> Result<Lock> {
    let exists = || Error::LabExists { name: name.to_owned() };
    let lock = locks::try_take(&format!("lab-{name}"))?.ok_or_else(exists)?;
    if sweep::list(docker).await?.iter().any(|lab| lab.name == name) {
        return Err(exists());
    }
    Ok(lock)
}

/// Writes down what the parts said, also those that are dead, and adds the folder to the error.
async fn with_logs(docker: &Docker, identity: &LabIdentity, error: Error) -> Error {
    let title = format!("start-{}-{}", identity.name, identity.session);
    let Ok(evidence) = EvidenceDir::create(&title) else { return error };
    let filter = format!("{}={}", crate::labels::LABEL_SESSION, identity.session);
    for (role, id) in sweep::parts_of(docker, &filter).await.unwrap_or_default() {
        let log = crate::logs::all(docker, &id).await.unwrap_or_default();
        let _ = evidence.write(&format!("{role}.log"), &log);
    }
    Error::NotStarted { error: Box::new(error), logs: evidence.path().to_owned() }
}

async fn attach_part(docker: &Docker, identity: &LabIdentity, role: Role) -> Result<Part> {
    let incomplete = || Error::LabIncomplete { name: identity.name.clone(), part: role };
    find_part(docker, identity, role).await?.ok_or_else(incomplete)
}

/// A part that not every lab has; one that is there and does not run is an error.
async fn find_part(docker: &Docker, identity: &LabIdentity, role: Role) -> Result<Option<Part>> {
    let name = identity.object_name(role);
    let found = match docker.inspect_container(&name, None).await {
        Ok(found) => found,
        Err(error) if docker::is_gone(&error) => return Ok(None),
        Err(error) => return Err(docker::refused("inspect a container")(error)),
    };
    let running = found.state.and_then(|state| state.running) == Some(true);
    let incomplete = || Error::LabIncomplete { name: identity.name.clone(), part: role };
    let id = found.id.filter(|_| running).ok_or_else(incomplete)?;
    Ok(Some(Part { role, ports: containers::published_ports(docker, &id).await?, id }))
}

async fn read_ca(docker: &Docker, dc1: &Part) -> Result<String> {
    let archive = download(docker, dc1, CA_PEM).await?;
    String::from_utf8(archive)
        .map_err(|e| Error::Unreadable { what: CA_PEM.to_owned(), detail: e.to_string() })
}

/// One file out of a container.
pub(crate) async fn download(docker: &Docker, part: &Part, path: &str) -> Result<Vec<u8>> {
    use futures::TryStreamExt;
    use std::io::Read;
    let options = DownloadFromContainerOptionsBuilder::new().path(path).build();
    let archive: Vec<u8> = docker
        .download_from_container(&part.id, Some(options))
        .try_fold(Vec::new(), |mut all, chunk| async move {
            all.extend_from_slice(&chunk);
            Ok(all)
        })
        .await
        .map_err(docker::refused(format!("read {path} from {}", part.role)))?;
    let unreadable =
        |e: std::io::Error| Error::Unreadable { what: path.to_owned(), detail: e.to_string() };
    let mut archive = tar::Archive::new(archive.as_slice());
    let mut contents = Vec::new();
    for entry in archive.entries().map_err(unreadable)? {
        entry.map_err(unreadable)?.read_to_end(&mut contents).map_err(unreadable)?;
    }
    Ok(contents)
}

/// Every fact that a ready lab shows, looked for side by side.
async fn all_ready(
    docker: &Docker,
    parts: &[Part; 3],
    ca_pem: &str,
    settings: WinrmSettings,
) -> Result<()> {
    let [dc1, mem1, client] = parts;
    let ldaps = dc1_answers(dc1, ca_pem);
    let registered = async {
        if settings.register_spns { winrm::registration(docker, mem1, 0).await } else { Ok(()) }
    };
    let ticket = ticket_for_endpoint(docker, client);
    tokio::try_join!(ldaps, winrm::answers(mem1), registered, ticket).map(|_| ())
}

async fn dc1_answers(dc1: &Part, ca_pem: &str) -> Result<()> {
    ready::wait_for("an LDAPS bind at dc1", READY_WITHIN, || async {
        Ok(match directory::answers(&hosts::DC1, dc1.port(636), ca_pem).await {
            Ok(()) => ready::Look::Ready,
            Err(error) => ready::Look::NotYet(error.to_string()),
        })
    })
    .await
}

async fn ticket_for_endpoint(docker: &Docker, client: &Part) -> Result<()> {
    let password = format!("{}\n", accounts::TRAINER.password);
    let command = ["sh", "-c", WAIT_FOR_TICKET];
    let ran = exec(docker, &client.id, Some("admin"), &command, Some(password.as_bytes())).await?;
    if ran.status == 0 {
        return Ok(());
    }
    Err(Error::NotReady {
        what: "a ticket for HTTP/mem1.contoso.com".to_owned(),
        within: READY_WITHIN,
        last: ran.stderr.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_docker_or_a_folder_would_not_take_are_refused() {
        for good in ["lab", "a", "ci-7", "abcdefghijklmnopqrstuvwxyz012345"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let long = "a".repeat(33);
        for bad in ["", "1lab", "Lab", "a b", "../x", "a_b", "ü", long.as_str()] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
