//! The one address rule: where this program reaches a port of a lab's part. It is always a port of
//! 127.0.0.1 on this machine:
//!
//! - on the engine's host, the port that the engine publishes there;
//! - elsewhere, a port that this program opens. It carries each connection through the engine to
//!   the agent in the part, which connects to the part's port.
//!
//! "Elsewhere" is an engine behind `tcp://` or a forwarded socket, the virtual machine of Docker
//! Desktop, the namespace of a rootless engine, or a container that has the engine's socket.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use futures::StreamExt;
use testcontainers::bollard::Docker;
use testcontainers::bollard::container::LogOutput;
use testcontainers::bollard::models::ContainerInspectResponse;
use tokio::io::{AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::exec::{AGENT, Attached, attach};
use crate::model::{Error, Result};

/// The network interfaces of this process's network. `/sys/class/net` may have another one's.
const INTERFACES: &str = "/proc/self/net/dev";

/// Where this program reaches the ports of one part.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Port of the part to port of 127.0.0.1.
    ports: BTreeMap<u16, u16>,
    /// The ports that this program has opened. They close with this value.
    opened: JoinSet<()>,
}

impl Reach {
    /// Where this program reaches the ports of this container.
    pub(super) async fn of(docker: &Docker, found: ContainerInspectResponse) -> Result<Self> {
        let network = found.network_settings.unwrap_or_default();
        let ports = network.ports.unwrap_or_default();
        let networks = network.networks.unwrap_or_default();
        let interfaces = tokio::fs::read_to_string(INTERFACES).await.unwrap_or_default();
        let mut ids = networks.values().filter_map(|one| one.network_id.as_deref());
        if ids.any(|id| has_bridge(&interfaces, id)) {
            let published = ports.into_iter().filter_map(|(inside, bindings)| {
                let outside = bindings?.into_iter().next()?.host_port?.parse().ok()?;
                Some((number(&inside)?, outside))
            });
            let ports: BTreeMap<u16, u16> = published.collect();
            // A lab that was started from inside a container publishes none.
            if !ports.is_empty() {
                return Ok(Self { ports, ..Self::default() });
            }
        }
        let mut reach = Self::default();
        let id = found.id.unwrap_or_default();
        let exposed = found.config.and_then(|config| config.exposed_ports).unwrap_or_default();
        for inside in exposed.iter().filter_map(|port| number(port)) {
            reach.open(docker, id.clone(), inside).await?;
        }
        Ok(reach)
    }

    /// The port of 127.0.0.1, or 0 if there is none. Nothing answers on port 0.
    pub(super) fn port(&self, inside: u16) -> u16 {
        self.ports.get(&inside).copied().unwrap_or_default()
    }

    /// Whether the engine publishes the ports on this machine, so that any program can use them.
    pub(super) fn is_published(&self) -> bool {
        self.opened.is_empty()
    }

    async fn open(&mut self, docker: &Docker, container: String, inside: u16) -> Result<()> {
        let failed = |source| Error::Io { action: "open a port of 127.0.0.1".to_owned(), source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        self.ports.insert(inside, listener.local_addr().map_err(failed)?.port());
        let docker = docker.clone();
        self.opened.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((connection, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                let (docker, container) = (docker.clone(), container.clone());
                connections.spawn(async move {
                    // The other end sees that its connection ends.
                    let _ = carry(&docker, &container, inside, connection).await;
                });
            }
        });
        Ok(())
    }
}

/// Whether a network's bridge is among these interfaces. Its name has the beginning of the
/// network's id, which is random, so no other engine's network is taken for this one.
fn has_bridge(interfaces: &str, network: &str) -> bool {
    let Some(id) = network.get(..12) else { return false };
    let names = interfaces.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name);
    names.filter_map(|name| name.trim().strip_prefix("br-")).any(|bridge| bridge == id)
}

/// The number in `636/tcp`.
fn number(port: &str) -> Option<u16> {
    port.strip_suffix("/tcp")?.parse().ok()
}

/// Carries a connection to a port of the part until the part has ended it.
async fn carry(docker: &Docker, container: &str, inside: u16, connection: TcpStream) -> Result<()> {
    let command = [AGENT, "forward", &inside.to_string()];
    let action = "carry a connection to a part of the lab";
    let Attached { mut input, mut output } =
        attach(docker, container, None, &command, action).await?;
    let (mut asked, mut answers) = connection.into_split();
    let ask = async {
        if copy(&mut asked, &mut input).await.is_ok() {
            let _ = input.shutdown().await;
        }
        // The part may still answer.
        std::future::pending::<()>().await;
    };
    let answer = async {
        while let Some(Ok(output)) = output.next().await {
            if let LogOutput::StdOut { message } = output
                && answers.write_all(&message).await.is_err()
            {
                break;
            }
        }
    };
    tokio::select! {
        () = ask => {}
        () = answer => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_of_this_machine_if_its_bridge_is() {
        let dev = "Inter-|   Receive\n face |bytes\n    lo: 1 2\nbr-0123456789ab: 3 4\n";
        assert!(has_bridge(dev, "0123456789abcdef"));
        assert!(!has_bridge(dev, "0123456789acdeff"));
        assert!(!has_bridge("    lo: 1 2\n", "0123456789abcdef"));
        assert!(!has_bridge(dev, ""));
        assert_eq!([number("636/tcp"), number("636/udp")], [Some(636), None]);
    }
}
