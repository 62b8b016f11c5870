//! Brings a used lab back to its baseline, and proves that it is there.

use crate::directory::{SpnInventory, baseline};
use crate::error::{Error, Result};
use crate::fault::change;
use crate::lab::Lab;
use crate::labels::Role;
use crate::topology::{Account, accounts};

/// Runs in CLIENT: the registry is the image's, to the byte, and there is no credential cache. Prints
/// what is still there. `net registry` is the only one that has the store open, and only while it runs.
const RESET_CLIENT: &str = r#"
registry=/var/lib/spnlab/registry/registry.tdb
baseline=/var/lib/spnlab/registry.baseline
rm -rf /tmp/spnlab.* /tmp/krb5cc_*
if ! cmp -s "$baseline" "$registry"; then
  cp "$baseline" "$registry"
  cmp "$baseline" "$registry" 2>&1
fi
ls -d /tmp/spnlab.* /tmp/krb5cc_* 2>/dev/null
true
"#;

impl Lab {
    /// Resets SPNs, accounts, registry and ticket caches, then compares them with the baseline.
    ///
    /// # Errors
    /// [`Error::NotAtBaseline`] with the difference, after which the lab should be replaced.
    pub async fn reset(&self) -> Result<()> {
        // One after the other on the DC: both write there.
        let directory = async {
            if self.has_second_dc() {
                self.replicate().await?;
            }
            self.reset_directory().await?;
            self.reset_accounts().await?;
            // Ends only when both say the same.
            if self.has_second_dc() { self.replicate().await } else { Ok(()) }
        };
        tokio::try_join!(directory, self.reset_client()).map(|_| ())
    }

    async fn reset_directory(&self) -> Result<()> {
        let holders = self.holders().await?;
        for holder in &holders {
            let known = accounts::ALL.iter().find(|account| account.name == holder.name);
            let Some(known) = known else { continue };
            if !known.dn.eq_ignore_ascii_case(&holder.dn) {
                self.rename(&holder.dn, known.dn).await?;
            }
        }
        let now: SpnInventory = holders.into_iter().collect();
        let baseline = baseline(self.winrm_settings());
        if now.difference(&baseline).is_empty() {
            return Ok(());
        }
        // Service accounts first: Samba refuses a HOST value while an alias of it sits elsewhere.
        let (computers, others): (Vec<&Account>, Vec<&Account>) =
            accounts::ALL.iter().partition(|account| account.name.ends_with('$'));
        let ldif: String = others
            .into_iter()
            .chain(computers)
            .filter(|account| now.0.contains_key(account.name) || !account.baseline_spns.is_empty())
            .map(|account| {
                let own = self.winrm_settings().own_spns(account.name);
                change(account.dn, "replace", &[account.baseline_spns, own].concat())
            })
            .collect();
        self.ldbmodify(&ldif).await?;
        let rest = self.spns().await?.difference(&baseline);
        if rest.is_empty() { Ok(()) } else { Err(Error::NotAtBaseline { detail: rest.join(", ") }) }
    }

    async fn reset_client(&self) -> Result<()> {
        let ran = self.exec(Role::Client, Some("admin"), &["sh", "-c", RESET_CLIENT], None).await?;
        let left = ran.success(Role::Client, "the reset of the client")?;
        if left.trim().is_empty() {
            Ok(())
        } else {
            Err(Error::NotAtBaseline { detail: format!("CLIENT still has {}", left.trim()) })
        }
    }
}
