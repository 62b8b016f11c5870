//! Brings back what no write can: a domain controller that is gone or knows other passwords, CLIENT's name
//! server, a WinRM service that has ended.

use crate::dns;
use crate::docker::refused;
use crate::error::Result;
use crate::lab::Lab;
use crate::labels::Role;
use crate::winrm::WinrmSettings;

/// Runs in dc1, which then begins with the directory of its image when it is started (`dc1-start`).
const RESTORE: [&str; 2] = ["touch", "/var/lib/spnlab/restore"];

impl Lab {
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
        self.kill(Role::Dc1).await?;
        self.restart_dc1().await?;
        self.exec(Role::Client, None, &dns::ASK_THE_ENGINE, None)
            .await?
            .success(Role::Client, "the return to the engine's name server")?;
        self.set_winrm(WinrmSettings::default()).await
    }
}
