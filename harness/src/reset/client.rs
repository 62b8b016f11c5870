//! Resets CLIENT: no tickets, the registry of the image, and a running packet capture.

use std::collections::BTreeSet;

use spnlab_agent::{ClientReset, Request};

use crate::client::REGISTRY_KEY;
use crate::engine::ADMIN;
use crate::lab::Client;
use crate::model::{Result, Role, no_difference};

/// What of it is a credential cache or a folder of them.
fn caches(left: &[String]) -> Vec<&str> {
    left.iter().map(String::as_str).filter(|path| path.starts_with("/tmp/")).collect()
}

impl Client<'_> {
    /// Restores the registry byte for byte, removes all tickets, and makes sure that the capture
    /// goes on.
    ///
    /// # Errors
    /// [`Error::NotAtBaseline`](crate::Error::NotAtBaseline) with what still differs.
    pub async fn reset(self) -> Result<()> {
        let ClientReset { captures, mut left } =
            self.lab.ask(Role::Client, ADMIN, Request::ResetClient).await?;
        // The agent cannot remove what another user left, for example root with `docker exec`.
        // Root owns the folder, so it can.
        if !left.is_empty() {
            let remove = [&["rm", "-rf", "--"][..], &caches(&left)].concat();
            self.lab.exec(Role::Client, None, &remove, None).await?.success(Role::Client, "rm")?;
            let again: ClientReset =
                self.lab.ask(Role::Client, ADMIN, Request::ResetClient).await?;
            left = again.left;
        }
        if !captures {
            self.renew_capture().await?;
        }
        no_difference((!left.is_empty()).then(|| format!("CLIENT still has {}", left.join(", "))))
    }

    /// Compares the agent's writes to the registry with those of Samba's tool. Each sets a REG_SZ
    /// value below the WSMAN client key and deletes it again, beginning with the store of the
    /// image. Returns the records that only one of the two left in the store, after each step.
    pub async fn registry_writings(self, value: &str, data: &str) -> Result<Vec<String>> {
        self.reset().await?;
        self.registry_set(value, data).await?;
        let set = self.registry_records().await?;
        self.registry_delete(value).await?;
        let deleted = self.registry_records().await?;
        self.reset().await?;
        let ran = self.net_registry(&["setvalue", REGISTRY_KEY, value, "sz", data]).await?;
        ran.success(Role::Client, "net registry setvalue")?;
        let differ = |ours: &BTreeSet<String>, samba: &BTreeSet<String>| -> Vec<String> {
            ours.symmetric_difference(samba).cloned().collect()
        };
        let mut all = differ(&set, &self.registry_records().await?);
        let ran = self.net_registry(&["deletevalue", REGISTRY_KEY, value]).await?;
        ran.success(Role::Client, "net registry deletevalue")?;
        all.extend(differ(&deleted, &self.registry_records().await?));
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_caches_are_removed_as_root() {
        let left = ["/var/lib/spnlab/registry/registry.tdb", "/tmp/krb5cc_0"].map(str::to_owned);
        assert_eq!(caches(&left), ["/tmp/krb5cc_0"]);
    }
}
