//! A lab's network: a few addresses, and no way out unless the user asks for one.
//!
//! Docker's `internal` networks have no way out either, but publish no port. So a lab's network has
//! these settings, and a packet that leaves it has nowhere to go:
//!
//! - The containers' default gateway is an address that no host has.
//! - The engine translates no addresses.
//!
//! Published ports work, because Docker connects to them from the bridge's own address on the
//! network. Each part has the others in its hosts file, also parts that are down. For other names
//! it asks dc1, which asks no other server.

use std::collections::HashMap;

use testcontainers::bollard::Docker;
use testcontainers::bollard::models::{Ipam, IpamConfig, NetworkCreateRequest};
use testcontainers::bollard::query_parameters::ListNetworksOptions;

use super::labels::labels;
use super::subnet::{self, Block, Subnet};
use crate::engine::{refused, says};
use crate::env;
use crate::model::{Error, LabIdentity, LabSpec, Result, Role, hosts};

/// Docker's word for the default gateway among a network's reserved addresses.
pub(crate) const DEFAULT_GATEWAY: &str = "DefaultGatewayIPv4";
/// Docker's option of a bridge: what leaves it gets an address of the host.
pub(crate) const MASQUERADE: &str = "com.docker.network.bridge.enable_ip_masquerade";
/// The engine's word if another network has the addresses.
const OVERLAP: &str = "overlap";

/// The network of one lab.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) name: String,
    pub(crate) subnet: Subnet,
    internet: bool,
    second_dc: bool,
}

impl Network {
    /// The network that a lab would try first.
    pub(crate) async fn plan(
        docker: &Docker,
        identity: &LabIdentity,
        lab: &LabSpec,
    ) -> Result<Self> {
        let (ranges, mut free) = free_networks(docker).await?;
        let subnet = free.next().ok_or(Error::NoSubnet { ranges })?;
        Ok(Self::at(subnet, identity, lab))
    }

    pub(super) fn at(subnet: Subnet, identity: &LabIdentity, lab: &LabSpec) -> Self {
        let &LabSpec { internet, second_dc, .. } = lab;
        Self { name: identity.object_name(Role::Network), subnet, internet, second_dc }
    }

    /// Creates the network. It tries the networks that nothing on this host seems to use, and takes
    /// the first one that the engine grants.
    pub(crate) async fn create(
        docker: &Docker,
        identity: &LabIdentity,
        lab: &LabSpec,
    ) -> Result<Self> {
        let (named, free) = free_networks(docker).await?;
        for subnet in free {
            let network = Self::at(subnet, identity, lab);
            match docker.create_network(network.request(identity, lab.lifetime.label())).await {
                Ok(_) => return Ok(network),
                Err(error) if says(&error, OVERLAP) => {}
                Err(error) => return Err(refused("create the lab's network")(error)),
            }
        }
        Err(Error::NoSubnet { ranges: named })
    }

    pub(super) fn request(&self, identity: &LabIdentity, lifetime: &str) -> NetworkCreateRequest {
        let nobody =
            || HashMap::from([(DEFAULT_GATEWAY.to_owned(), self.subnet.nobody().to_string())]);
        let config = IpamConfig {
            subnet: Some(self.subnet.cidr()),
            ip_range: Some(self.subnet.others()),
            gateway: Some(self.subnet.bridge().to_string()),
            auxiliary_addresses: (!self.internet).then(nobody),
        };
        let no_masquerade = || HashMap::from([(MASQUERADE.to_owned(), "false".to_owned())]);
        NetworkCreateRequest {
            name: self.name.clone(),
            driver: Some("bridge".to_owned()),
            ipam: Some(Ipam { config: Some(vec![config]), ..Default::default() }),
            options: (!self.internet).then(no_masquerade),
            labels: Some(labels(identity, Role::Network, lifetime).into_iter().collect()),
            ..Default::default()
        }
    }

    /// Lines of a hosts file: every name of every host, `NAME:ADDRESS`.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let second = self.second_dc.then_some((Role::Dc2, hosts::DC2));
        let all =
            [(Role::Dc1, hosts::DC1), (Role::Mem1, hosts::MEM1), (Role::Client, hosts::CLIENT)];
        let all = all.into_iter().chain(second);
        let names = all.flat_map(|(role, host)| host.aliases.iter().map(move |name| (name, role)));
        names.map(|(name, role)| format!("{name}:{}", self.subnet.of(role))).collect()
    }

    /// The name servers behind the engine's own; an empty list means those of this host.
    pub(crate) fn name_servers(&self, of: Role) -> Vec<String> {
        match of {
            // A domain controller finds its replication partners through its own DNS.
            Role::Dc1 | Role::Dc2 => vec!["127.0.0.1".to_owned()],
            _ if self.internet => Vec::new(),
            _ => vec![self.subnet.of(Role::Dc1).to_string()],
        }
    }
}

/// `SPNLAB_SUBNETS`, and the networks in it that nothing on this host seems to use. Each search
/// begins elsewhere.
pub(crate) async fn free_networks(
    docker: &Docker,
) -> Result<(String, impl Iterator<Item = Subnet> + use<>)> {
    let named = env::subnets();
    let ranges = subnet::ranges(&named)?;
    let mut taken = subnet::of_this_host();
    taken.extend(of_the_engine(docker).await?);
    let start = uuid::Uuid::new_v4().as_fields().0;
    Ok((named, subnet::free(ranges, taken, start)))
}

/// The addresses of the engine's networks.
async fn of_the_engine(docker: &Docker) -> Result<Vec<Block>> {
    let all = docker.list_networks(None::<ListNetworksOptions>).await;
    let all = all.map_err(refused("list the networks"))?;
    let configs = all.into_iter().filter_map(|network| network.ipam?.config).flatten();
    // The other subnets are IPv6.
    Ok(configs.filter_map(|config| Block::parse(&config.subnet?)).collect())
}
