//! Undoes what a reset of the directory and CLIENT presumes: every part runs, and MEM1's servers
//! have the settings of their lab.

use crate::lab::Lab;
use crate::model::{Result, Role, accounts};

/// Runs in dc1: whether Samba was killed and waits for its restart.
const CRASHED: [&str; 3] = ["test", "-e", "/run/spnlab/crashed"];

impl Lab {
    /// Lets paused parts go on, starts Samba and WinRM if they have ended, and sets all clocks
    /// right. Returns what it did, one line each. [`Lab::reset`] does the rest.
    pub async fn mend(&self) -> Result<Vec<String>> {
        let mut done = self.mend_parts().await?;
        done.extend(self.mend_winrm().await?);
        done.extend(self.mend_clocks().await?);
        Ok(done)
    }

    /// Lets paused parts go on, and starts dc1's Samba if it has ended.
    pub async fn mend_parts(&self) -> Result<Vec<String>> {
        let mut done = Vec::new();
        for role in self.hosts() {
            if self.is_paused(role).await {
                self.unpause(role).await?;
                done.push(format!("{role} was paused"));
            }
        }
        if self.exec(Role::Dc1, None, &CRASHED, None).await?.status == 0 {
            self.dc1().end_crash().await?;
            done.push("Samba on dc1 had ended".to_owned());
        }
        Ok(done)
    }

    /// Starts MEM1's WinRM if it has ended.
    pub async fn mend_winrm(&self) -> Result<Vec<String>> {
        if !self.mem1().winrm_has_ended().await? {
            return Ok(Vec::new());
        }
        self.mem1().set_winrm(self.mem1().winrm_settings().await?).await?;
        Ok(vec!["WinRM on MEM1 had ended".to_owned()])
    }

    /// Sets the clocks of MEM1 and CLIENT to those with which the lab was started.
    pub async fn mend_clocks(&self) -> Result<Vec<String>> {
        let (mem1, client) = (self.mem1(), self.client());
        let first = mem1.first_winrm_settings().await?.clock_ahead;
        let off = mem1.winrm_settings().await?.clock_ahead - first;
        let mut done = Vec::new();
        if off != 0 {
            mem1.set_clock(first).await?;
            done.push(format!("MEM1's clock was off by {off:+} s"));
        }
        let ahead = client.clock().await?;
        if ahead != 0 {
            client.set_clock(0).await?;
            done.push(format!("CLIENT's clock was off by {ahead:+} s"));
        }
        Ok(done)
    }

    /// Gives MEM1's computer account the key again that MEM1 has.
    pub async fn mend_machine_password(&self) -> Result<()> {
        if self.has_second_dc() {
            self.replicate().await?;
        }
        self.give_back_keys(accounts::MEM1.dn).await
    }
}
