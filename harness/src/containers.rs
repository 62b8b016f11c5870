//! Creates and starts the three containers of a lab.
//!
//! `testcontainers` starts each container and hands out its ports; the container itself is created
//! here first, because `testcontainers` can give a container no alias on the lab's network, and
//! creates before anything could guard the result. It then finds our container by its labels (its
//! "reuse" road) and starts it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use testcontainers::bollard::models::{
    ContainerCreateBody, EndpointSettings, HostConfig, NetworkCreateRequest, NetworkingConfig,
    PortBinding,
};
use testcontainers::bollard::query_parameters::{
    CreateContainerOptionsBuilder, UploadToContainerOptionsBuilder,
};
use testcontainers::bollard::{Docker, body_full};
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt, ReuseDirective};

use crate::docker::refused;
use crate::error::{Error, Result};
use crate::evidence::WIRE;
use crate::exec::exec;
use crate::images::ImageSet;
use crate::labels::{LabIdentity, Role};
use crate::programs::Programs;
use crate::topology::{Host, hosts};
use crate::winrm::WinrmSettings;

/// Folder inside the containers that takes the programs of the host.
const PROGRAMS: &str = "/usr/lib/spnlab/bin";

/// The time zone of every part. Unless it is told, glibc asks for /etc/localtime whenever it prints a time,
/// which Samba does for each line of its log.
const UTC: &str = "TZ=UTC0";

/// A running container of a lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) role: Role,
    pub(crate) id: String,
    /// Container port to port on 127.0.0.1 of the host.
    pub(crate) ports: BTreeMap<u16, u16>,
}

impl Part {
    /// The published port; 0, which nothing answers, if it is not published.
    pub(crate) fn port(&self, container_port: u16) -> u16 {
        self.ports.get(&container_port).copied().unwrap_or_default()
    }
}

/// How one container is made.
#[derive(Debug, Clone)]
pub(crate) struct PartSpec {
    role: Role,
    image: String,
    host: Host,
    cap_add: &'static [&'static str],
    ports: &'static [u16],
    /// Name servers behind the engine's own, which knows the lab's hosts.
    dns: &'static [&'static str],
    /// Variables of its environment, beside [`UTC`].
    environment: Vec<String>,
    /// Folders that are kept in memory, and empty at its start.
    in_memory: &'static [&'static str],
    /// Programs of the host that are copied in.
    programs: Vec<PathBuf>,
}

/// The three containers; each has every capability dropped and only the named ones added.
pub(crate) fn specs(
    images: &ImageSet,
    programs: &Programs,
    winrm: WinrmSettings,
    replicates: bool,
) -> [PartSpec; 3] {
    let dc1 = domain_controller(Role::Dc1, hosts::DC1, images);
    [
        if replicates { replicating(dc1) } else { dc1 },
        PartSpec {
            role: Role::Mem1,
            image: images.mem1.clone(),
            host: hosts::MEM1,
            // winrmd and httpd start as root and give it up for each command and each worker.
            cap_add: &["SETUID", "SETGID", "KILL"],
            ports: &[80, 5985, 5986],
            dns: &[],
            environment: winrm.environment(),
            in_memory: &[],
            programs: vec![programs.winrmd.clone()],
        },
        PartSpec {
            role: Role::Client,
            image: images.client.clone(),
            host: hosts::CLIENT,
            // tcpdump.
            cap_add: &["NET_RAW"],
            ports: &[],
            dns: &[],
            environment: Vec::new(),
            // Credential caches and the packet capture, which are written for every connection.
            in_memory: &["/tmp", WIRE],
            programs: vec![programs.winrm_client.clone(), programs.setspn.clone()],
        },
    ]
}

/// The second domain controller: dc1's image, which joins dc1's domain when it starts.
pub(crate) fn dc2_spec(images: &ImageSet) -> PartSpec {
    let mut dc2 = replicating(domain_controller(Role::Dc2, hosts::DC2, images));
    dc2.environment.push(format!("SPNLAB_JOIN={}", hosts::DC1.fqdn));
    dc2
}

fn domain_controller(role: Role, host: Host, images: &ImageSet) -> PartSpec {
    PartSpec {
        role,
        image: images.dc1.clone(),
        host,
        cap_add: &[],
        // What the host asks; each published port costs the engine a process and a dozen rules.
        ports: &[636, 3269],
        dns: &[],
        environment: Vec::new(),
        in_memory: &[],
        programs: Vec::new(),
    }
}

/// Replication partners are found by DNS, which each domain controller answers itself.
fn replicating(dc: PartSpec) -> PartSpec {
    let environment = vec!["SPNLAB_REPLICATE=yes".to_owned()];
    PartSpec { dns: &["127.0.0.1"], environment, ..dc }
}

/// Creates the lab's network and returns its name.
pub(crate) async fn create_network(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &str,
) -> Result<String> {
    let name = identity.object_name(Role::Network);
    let request = NetworkCreateRequest {
        name: name.clone(),
        driver: Some("bridge".to_owned()),
        labels: Some(identity.labels(Role::Network, lifetime).into_iter().collect()),
        ..Default::default()
    };
    docker.create_network(request).await.map_err(refused("create the lab's network"))?;
    Ok(name)
}

/// Runs in a domain controller, as root; the other parts do it themselves. Otherwise a storage driver in
/// user space (fuse-overlayfs, as under rootless engines) is asked for the access list of / whenever
/// Samba, which is not root, names a file.
const NO_ACCESS_LIST: [&str; 3] = ["chmod", "g=", "/"];

/// Copies the programs into a created container and starts it.
pub(crate) async fn start(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &str,
    spec: PartSpec,
    id: String,
) -> Result<Part> {
    if !spec.programs.is_empty() {
        upload(docker, &id, spec.programs.clone()).await?;
    }
    run(identity, lifetime, &spec).await?;
    if matches!(spec.role, Role::Dc1 | Role::Dc2) {
        let ran = exec(docker, &id, Some("root"), &NO_ACCESS_LIST, None).await?;
        ran.into_text().success(spec.role, "chmod")?;
    }
    Ok(Part { role: spec.role, ports: published_ports(docker, &id).await?, id })
}

/// Creates a container with its labels and its names on the lab's network.
pub(crate) async fn create(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &str,
    spec: &PartSpec,
) -> Result<String> {
    let endpoint = EndpointSettings {
        aliases: Some(spec.host.aliases.iter().map(|&alias| alias.to_owned()).collect()),
        ..Default::default()
    };
    let network = identity.object_name(Role::Network);
    let any_port = || {
        Some(vec![PortBinding {
            host_ip: Some("127.0.0.1".to_owned()),
            host_port: Some(String::new()),
        }])
    };
    let host_config = HostConfig {
        network_mode: Some(network.clone()),
        cap_drop: Some(vec!["ALL".to_owned()]),
        cap_add: Some(spec.cap_add.iter().map(|&cap| cap.to_owned()).collect()),
        dns: Some(spec.dns.iter().map(|&server| server.to_owned()).collect()),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        port_bindings: Some(
            spec.ports.iter().map(|port| (format!("{port}/tcp"), any_port())).collect(),
        ),
        tmpfs: Some(
            spec.in_memory.iter().map(|&folder| (folder.to_owned(), String::new())).collect(),
        ),
        ..Default::default()
    };
    let body = ContainerCreateBody {
        image: Some(spec.image.clone()),
        env: Some([&[UTC.to_owned()], spec.environment.as_slice()].concat()),
        hostname: Some(spec.host.aliases[1].to_owned()),
        domainname: Some("contoso.com".to_owned()),
        labels: Some(container_labels(identity, lifetime, spec.role)),
        exposed_ports: Some(spec.ports.iter().map(|port| format!("{port}/tcp")).collect()),
        host_config: Some(host_config),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(network, endpoint)])),
        }),
        ..Default::default()
    };
    let name = first_name(identity, spec.role);
    let options = CreateContainerOptionsBuilder::new().name(&name).build();
    let created = docker
        .create_container(Some(options), body)
        .await
        .map_err(refused(format!("create the container {}", spec.role)))?;
    Ok(created.id)
}

/// The name under which a container is created.
fn first_name(identity: &LabIdentity, role: Role) -> String {
    if role == Role::Dc1 { identity.starting_name() } else { identity.object_name(role) }
}

/// Our labels, and the one by which `testcontainers` knows its own.
fn container_labels(identity: &LabIdentity, lifetime: &str, role: Role) -> HashMap<String, String> {
    let mut labels: HashMap<String, String> = identity.labels(role, lifetime).into_iter().collect();
    labels.insert("org.testcontainers.managed-by".to_owned(), "testcontainers".to_owned());
    labels
}

async fn upload(docker: &Docker, id: &str, programs: Vec<PathBuf>) -> Result<()> {
    let archive = tokio::task::spawn_blocking(move || pack(&programs))
        .await
        .map_err(|e| std::io::Error::other(e.to_string()))
        .and_then(|packed| packed)
        .map_err(|source| Error::Io { action: "read the lab's programs".to_owned(), source })?;
    let options = UploadToContainerOptionsBuilder::new().path(PROGRAMS).build();
    docker
        .upload_to_container(id, Some(options), body_full(archive.into()))
        .await
        .map_err(refused("copy programs into the lab"))
}

fn pack(programs: &[PathBuf]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for path in programs {
        let contents = std::fs::read(path)?;
        let mut header = tar::Header::new_gnu();
        header.set_size(contents.len() as u64);
        header.set_mode(0o755);
        let name = Path::new(path.file_name().unwrap_or_default());
        archive.append_data(&mut header, name, contents.as_slice())?;
    }
    archive.into_inner()
}

/// Hands the container to `testcontainers`, which finds it by name and labels and starts it.
async fn run(identity: &LabIdentity, lifetime: &str, spec: &PartSpec) -> Result<()> {
    let (name, tag) = spec.image.split_once(':').unwrap_or((&spec.image, "latest"));
    GenericImage::new(name, tag)
        .with_container_name(first_name(identity, spec.role))
        .with_labels(identity.labels(spec.role, lifetime))
        .with_network(identity.object_name(Role::Network))
        .with_reuse(ReuseDirective::Always)
        .start()
        .await
        .map(drop)
        .map_err(|source| Error::Testcontainers { part: spec.role, source })
}

/// The published ports of a container, as the engine tells them.
pub(crate) async fn published_ports(docker: &Docker, id: &str) -> Result<BTreeMap<u16, u16>> {
    let found = docker.inspect_container(id, None).await.map_err(refused("inspect a container"))?;
    let ports = found.network_settings.and_then(|n| n.ports).unwrap_or_default();
    Ok(ports
        .into_iter()
        .filter_map(|(inside, bindings)| {
            let inside = inside.strip_suffix("/tcp")?.parse().ok()?;
            let outside = bindings?.into_iter().next()?.host_port?.parse().ok()?;
            Some((inside, outside))
        })
        .collect())
}

impl Part {
    /// The program of the host that runs in this container.
    pub(crate) fn program(&self) -> Option<&'static str> {
        match self.role {
            Role::Mem1 => Some("winrmd"),
            Role::Client => Some("winrm-client"),
            Role::Dc1 | Role::Dc2 | Role::Network => None,
        }
    }
}
