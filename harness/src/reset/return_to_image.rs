//! Repairs a lab that a reset cannot repair: dc1 starts again with the directory of its image.
//!
//! A reset detects DNS records of a scenario and a WinRM service that is off, but cannot undo them.

use crate::lab::Lab;
use crate::model::{Result, Role, WinrmSettings};

/// Run in dc1: makes `dc1-start` start Samba with the directory of the image.
const RESTORE: [&str; 2] = ["touch", "/run/spnlab/restore"];

impl Lab {
    /// Starts dc1 again with the directory of its image, and MEM1's servers with the default
    /// settings. [`Lab::reset`] proves the rest.
    ///
    /// Only for a lab with one domain controller: a second one would still have the changes.
    pub async fn return_to_image(&self) -> Result<()> {
        self.exec(Role::Dc1, None, &RESTORE, None).await?.success(Role::Dc1, "touch")?;
        self.dc1().crash_switch().crash().await?;
        self.dc1().end_crash().await?;
        self.mem1().set_winrm(WinrmSettings::default()).await
    }
}
