//! Which host has which address on the lab's network.

use std::net::IpAddr;
use std::sync::PoisonError;

use super::Lab;
use crate::engine;
use crate::model::{Result, Role};
use crate::wire::Hosts;

impl Lab {
    /// The lab's hosts by address, spelt as in the article. A part that does not run has no
    /// address.
    pub(crate) async fn wire_hosts(&self) -> Result<Hosts> {
        if let Some(known) = self.known_hosts().clone() {
            return Ok(known);
        }
        let dc2 = async {
            if self.has_second_dc() { self.addresses(Role::Dc2).await } else { Ok(Vec::new()) }
        };
        let (dc1, dc2, mem1, client) = tokio::try_join!(
            self.addresses(Role::Dc1),
            dc2,
            self.addresses(Role::Mem1),
            self.addresses(Role::Client)
        )?;
        let named = [
            (dc1, "DC1.contoso.com"),
            (dc2, "DC2.contoso.com"),
            (mem1, "Mem1.contoso.com"),
            (client, "Client.contoso.com"),
        ]
        .into_iter();
        let hosts: Hosts = named
            .flat_map(|(addresses, name)| addresses.into_iter().map(move |one| (one, name)))
            .collect();
        *self.known_hosts() = Some(hosts.clone());
        Ok(hosts)
    }

    async fn addresses(&self, role: Role) -> Result<Vec<IpAddr>> {
        let found = self
            .docker()
            .inspect_container(&self.part(role).id, None)
            .await
            .map_err(engine::refused(format!("inspect the container {role}")))?;
        let networks = found.network_settings.and_then(|settings| settings.networks);
        Ok(networks
            .unwrap_or_default()
            .into_values()
            .flat_map(|end| [end.ip_address, end.global_ipv6_address])
            .filter_map(|address| address?.parse().ok())
            .collect())
    }

    /// The hosts by address, if they were read before.
    fn known_hosts(&self) -> std::sync::MutexGuard<'_, Option<Hosts>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
