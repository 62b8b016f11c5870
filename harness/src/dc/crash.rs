//! A domain controller that crashes and starts again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use spnlab_agent::Request;
use testcontainers::bollard::Docker;

use crate::engine::Residents;
use crate::lab::Dc;
use crate::model::{Result, Role, hosts};
use crate::start::ready::{dc_answers, watch};

/// Run in dc1, whose first program starts Samba again when the file is gone (`dc1-start`).
const UP: [&str; 2] = ["rm", "/run/spnlab/crashed"];

/// Crashes dc1. It needs no reference to the lab, so another task may hold it.
#[derive(Debug, Clone)]
pub struct CrashSwitch {
    docker: Docker,
    dc1: String,
    residents: Arc<Residents>,
    runs: Arc<AtomicUsize>,
}

impl CrashSwitch {
    /// Kills every process of Samba on dc1 at once. Its files stay. [`Dc::end_crash`] starts it
    /// again.
    pub async fn crash(&self) -> Result<()> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let part = (Role::Dc1, self.dc1.as_str());
        self.residents.ask(&self.docker, part, None, Request::CrashSamba).await
    }
}

impl Dc<'_> {
    /// The number of dc1's present run. A connection to an earlier run is dead.
    pub fn run(self) -> usize {
        self.lab.runs_of_dc1().load(Ordering::SeqCst)
    }

    /// The switch that crashes dc1.
    pub fn crash_switch(self) -> CrashSwitch {
        let lab = self.lab;
        let dc1 = lab.part(Role::Dc1).id.clone();
        let (residents, runs) = (Arc::clone(lab.residents()), Arc::clone(lab.runs_of_dc1()));
        CrashSwitch { docker: lab.docker().clone(), dc1, residents, runs }
    }

    /// Starts a crashed dc1 again and waits until it answers.
    pub async fn end_crash(self) -> Result<()> {
        let lab = self.lab;
        // It has the database open as it was.
        lab.residents().close_database(Role::Dc1).await?;
        lab.exec(Role::Dc1, None, &UP, None).await?.success(Role::Dc1, "the start of Samba")?;
        let dc1 = lab.part(Role::Dc1);
        tokio::select! {
            ready = dc_answers(&hosts::DC1, dc1, lab.ca_pem()) => ready,
            dead = watch(lab.docker(), std::slice::from_ref(dc1)) => Err(dead),
        }
    }
}
