//! A domain controller that crashes and starts again, and what brings back what a reset does not: a directory
//! with DNS records of its own, CLIENT's name server, a WinRM service that has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use testcontainers::bollard::Docker;

use crate::dns;
use crate::docker::refused;
use crate::error::Result;
use crate::lab::Lab;
use crate::labels::Role;
use crate::ready;
use crate::shell::Shells;
use crate::start::dc_answers;
use crate::topology::hosts;
use crate::winrm::WinrmSettings;

/// Run in dc1, whose first program starts Samba again (`dc1-start`): when the file is gone, and with
/// the directory of its image.
const CRASH: [&str; 1] = ["/usr/lib/spnlab/dc1-crash"];
const UP: [&str; 2] = ["rm", "/var/lib/spnlab/crashed"];
const RESTORE: [&str; 2] = ["touch", "/var/lib/spnlab/restore"];

/// Crashes dc1 when it is told to, by whoever has it.
#[derive(Debug, Clone)]
pub struct CrashSwitch {
    docker: Docker,
    dc1: String,
    shells: Arc<Shells>,
    runs: Arc<AtomicUsize>,
}

impl CrashSwitch {
    /// Kills every process of Samba on dc1 at once; its disk is kept. [`Lab::end_crash`] starts it again.
    pub async fn crash(&self) -> Result<()> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let part = (Role::Dc1, self.dc1.as_str());
        let ran = self.shells.run(&self.docker, part, None, &CRASH, &[]).await?;
        ran.into_text().success(Role::Dc1, "dc1-crash").map(drop)
    }
}

impl Lab {
    /// What crashes dc1.
    pub fn crash_switch(&self) -> CrashSwitch {
        let dc1 = self.part(Role::Dc1).id.clone();
        let (shells, runs) = (Arc::clone(self.shells()), Arc::clone(self.runs_of_dc1()));
        CrashSwitch { docker: self.docker().clone(), dc1, shells, runs }
    }

    /// Starts a crashed dc1 again and waits until it answers.
    pub async fn end_crash(&self) -> Result<()> {
        // It has the database open as it was.
        self.shells().close_database(Role::Dc1).await?;
        self.exec(Role::Dc1, None, &UP, None).await?.success(Role::Dc1, "the start of Samba")?;
        let dc1 = self.part(Role::Dc1);
        tokio::select! {
            ready = dc_answers(&hosts::DC1, dc1, self.ca_pem()) => ready,
            dead = ready::watch(self.docker(), std::slice::from_ref(dc1)) => Err(dead),
        }
    }

    /// Starts dc1 again with the directory that its image was built with, MEM1's servers with the
    /// default settings, and lets CLIENT ask the engine's name server. [`Lab::reset`] proves the rest.
    ///
    /// For a lab with one domain controller: another would still know what this one has forgotten.
    pub async fn restore(&mut self) -> Result<()> {
        let dc1 = self.docker().inspect_container(&self.part(Role::Dc1).id, None).await;
        let dc1 = dc1.map_err(refused("inspect a container"))?;
        if dc1.state.and_then(|state| state.running) != Some(true) {
            self.restart_dc1().await?;
        }
        self.exec(Role::Dc1, None, &RESTORE, None).await?.success(Role::Dc1, "touch")?;
        self.crash_switch().crash().await?;
        self.end_crash().await?;
        self.exec(Role::Client, None, &dns::ASK_THE_ENGINE, None)
            .await?
            .success(Role::Client, "the return to the engine's name server")?;
        self.set_winrm(WinrmSettings::default()).await
    }
}
