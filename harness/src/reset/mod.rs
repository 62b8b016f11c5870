//! Brings a used lab back to its baseline, and checks it: the directory, MEM1, CLIENT.
//!
//! Uses: client, dc, engine, lab, model, start.

mod client;
mod directory;
mod mem1;
mod mend;
mod return_to_image;

use crate::lab::Lab;
use crate::model::{Result, Role, no_difference};

impl Lab {
    /// Restores SPNs, account states, the registry and ticket caches, and ends the shells of MEM1's
    /// WinRM. Then it succeeds only if these match the baseline:
    ///
    /// - SPNs, names and account states at each domain controller.
    /// - Everything else in the directory. With one domain controller, the baseline is the image.
    ///   With two, it is what each held when both were ready, and of the configuration only
    ///   `dSHeuristics`.
    /// - MEM1's settings and clock: the baseline is what this lab was given
    ///   ([`Mem1::winrm_settings`](crate::Mem1::winrm_settings)).
    /// - MEM1's processes: none of a user is left.
    ///
    /// # Errors
    /// [`Error::NotAtBaseline`](crate::Error::NotAtBaseline) with the difference. Then the lab
    /// should be replaced.
    pub async fn reset(&self) -> Result<()> {
        // The directory and MEM1 need them at the same time. Here a lab that was found asks once.
        self.mem1().winrm_settings().await?;
        let directory = async {
            if self.has_second_dc() {
                self.replicate().await?;
            }
            self.dc1().reset().await?;
            if self.has_second_dc() {
                self.replicate().await?;
                let dc2 = self.dc(Role::Dc2)?;
                no_difference(dc2.look().await?.off())?;
                // Of the configuration, the reset compares nothing else.
                self.dc1().check_heuristics().await?;
                dc2.check_heuristics().await?;
                dc2.compare().await?;
            }
            self.dc1().compare().await
        };
        // On the heap, so that the caller's future stays small.
        let mem1 = Box::pin(self.mem1().check());
        let shells = Box::pin(self.mem1().end_shells());
        tokio::try_join!(directory, self.client().reset(), mem1, shells).map(|_| ())
    }
}
