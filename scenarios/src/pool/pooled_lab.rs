//! One lab of the pool.

use spnlab_harness::{Error, Lab, WinrmSettings};
use tokio::sync::OwnedSemaphorePermit;

use super::engineer::{IdleConnection, PooledEngineer};

/// A lab out of the pool. Nobody else uses it until its release.
#[derive(Debug)]
pub(crate) struct PooledLab {
    pub(super) lab: Lab,
    connection: IdleConnection,
    pub(super) needs_return_to_image: bool,
    /// Empty while the lab is in the pool.
    pub(super) permits: Vec<OwnedSemaphorePermit>,
}

impl PooledLab {
    pub(super) fn new(lab: Lab, permits: Vec<OwnedSemaphorePermit>) -> Self {
        Self { lab, connection: IdleConnection::default(), needs_return_to_image: false, permits }
    }

    /// The lab.
    pub(crate) fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The lab's engineer.
    pub(crate) async fn engineer(&self) -> Result<PooledEngineer<'_>, spnfix::Error> {
        PooledEngineer::at(&self.lab, &self.connection).await
    }

    /// Says that a reset alone will not bring the lab back to its baseline.
    pub(crate) fn require_return_to_image(&mut self) {
        self.needs_return_to_image = true;
    }

    /// Brings the lab back to the baseline, with these settings of its WinRM.
    pub(super) async fn prepare(&mut self, winrm: WinrmSettings) -> Result<(), Error> {
        let default = WinrmSettings::default();
        if self.needs_return_to_image {
            self.lab.return_to_image().await?;
            self.needs_return_to_image = false;
        } else if !self.lab.mem1().winrm_runs_with(winrm) || winrm.register_spns {
            self.lab.mem1().set_winrm(default).await?;
        }
        self.lab.reset().await?;
        if self.lab.mem1().winrm_runs_with(winrm) {
            return Ok(());
        }
        // The SPNs that WinRM then registers must meet the baseline too.
        self.lab.mem1().set_winrm(winrm).await?;
        self.lab.reset().await
    }
}
