//! Creates and starts the containers of a lab.
//!
//! This module creates each container itself, for two reasons:
//!
//! - `testcontainers` cannot give a container an alias on the lab's network;
//! - a container that `testcontainers` creates has no guard at first.
//!
//! Then `testcontainers` finds the container by its labels ("reuse") and starts it.

use std::collections::HashMap;

use spnlab_agent::CAPTURE_FOLDER;
use testcontainers::bollard::models::{
    ContainerCreateBody, EndpointIpamConfig, EndpointSettings, HostConfig, HostConfigLogConfig,
    Mount, MountType, MountVolumeOptions, NetworkingConfig, PortBinding,
};
use testcontainers::bollard::query_parameters::{
    CreateContainerOptionsBuilder, UploadToContainerOptionsBuilder,
};
use testcontainers::bollard::{Docker, body_full};
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt, ReuseDirective};

use super::labels::labels;
use super::limits::Limits;
use super::network::Network;
use crate::engine::{Part, ROOM, inside, part_of, refused};
use crate::images::{ImageSet, Program, Programs, pack};
use crate::model::{Error, Host, LabIdentity, Result, Role, WinrmSettings, hosts};

/// Folder of the host's programs in the containers.
const PROGRAMS: &str = "/usr/lib/spnlab/bin";

/// The time zone of every part. Without it glibc looks for /etc/localtime for each printed time,
/// and Samba prints one in each line of its log.
const UTC: &str = "TZ=UTC0";

/// The variable of MEM1 with the first user id of its accounts. It is no setting of WinRM.
const FIRST_USER: &str = "MEM1_FIRST_USER";
/// Size of `/dev/shm` in bytes.
const SHARED_MEMORY: i64 = 8 << 20;
/// The limit of a log. A reader that follows the log loses no line, because it is never two files
/// behind.
const LOG: [(&str, &str); 2] = [("max-size", "32m"), ("max-file", "2")];

/// How one container is made.
#[derive(Debug, Clone)]
pub(crate) struct PartSpec {
    pub(super) role: Role,
    image: String,
    host: Host,
    cap_add: &'static [&'static str],
    ports: &'static [u16],
    /// Environment variables besides [`UTC`].
    environment: Vec<String>,
    /// Folders in memory: path, size in MiB, and more options of tmpfs. They are empty at the
    /// start. Everything else is read-only.
    in_memory: &'static [(&'static str, u32, &'static str)],
    limits: Limits,
    /// Programs of the host to copy into the container. None if the image has them.
    programs: Vec<Program>,
}

/// The three containers. Each has only the capabilities that are named here.
pub(crate) fn specs(
    images: &ImageSet,
    programs: Option<&Programs>,
    winrm: WinrmSettings,
    replicates: bool,
) -> [PartSpec; 3] {
    let dc1 = domain_controller(Role::Dc1, hosts::DC1, images, programs);
    let programs_of = |role| programs.map(|all| all.of(role)).unwrap_or_default();
    [
        if replicates { replicating(dc1) } else { dc1 },
        PartSpec {
            role: Role::Mem1,
            image: images.mem1.clone(),
            host: hosts::MEM1,
            // winrmd and httpd start as root, and give up root for each command and each worker.
            cap_add: &["SETUID", "SETGID", "KILL"],
            ports: &[80, 5985, 5986],
            environment: winrm.environment(),
            in_memory: &[
                ("/run", 16, "mode=0755"),
                ("/tmp", 64, "mode=1777"),
                // The replay caches of Kerberos.
                ("/var/tmp", 16, "mode=1777"),
                // mem1-start makes the homes, and then restores the mode.
                ("/home", 64, "mode=1777"),
            ],
            limits: Limits::of_mem1(),
            programs: programs_of(Role::Mem1),
        },
        PartSpec {
            role: Role::Client,
            image: images.client.clone(),
            host: hosts::CLIENT,
            // For tcpdump.
            cap_add: &["NET_RAW"],
            ports: &[],
            environment: Vec::new(),
            in_memory: &[
                // Every connection writes a credential cache.
                ("/tmp", 64, "mode=1777"),
                (CAPTURE_FOLDER, ROOM, "mode=0755"),
                // Root has no capability, so it needs the group to write the image's registry
                // there.
                ("/var/lib/spnlab/registry", 16, "mode=0775,uid=65522,gid=0"),
                ("/home/admin", 16, "mode=0700,uid=65522,gid=65522"),
            ],
            limits: Limits::of_client(),
            programs: programs_of(Role::Client),
        },
    ]
}

/// The second domain controller: dc1's image, which joins dc1's domain when it starts.
pub(crate) fn dc2_spec(images: &ImageSet, programs: Option<&Programs>) -> PartSpec {
    let mut dc2 = replicating(domain_controller(Role::Dc2, hosts::DC2, images, programs));
    dc2.environment.push(format!("SPNLAB_JOIN={}", hosts::DC1.fqdn));
    dc2
}

fn domain_controller(
    role: Role,
    host: Host,
    images: &ImageSet,
    programs: Option<&Programs>,
) -> PartSpec {
    PartSpec {
        role,
        image: images.dc1.clone(),
        host,
        cap_add: &[],
        // The ports that the host uses. Each costs the engine a process and a dozen rules.
        ports: &[636, 3269],
        environment: Vec::new(),
        in_memory: &[
            // A new directory takes at most 44 MiB, and so does a remembered one.
            ("/var/lib/samba", 160, "mode=0755,uid=65521,gid=65521"),
            ("/run", 96, "mode=0755,uid=65521,gid=65521"),
            ("/tmp", 32, "mode=1777"),
        ],
        limits: Limits::of_dc(),
        programs: programs.map(|all| all.of(role)).unwrap_or_default(),
    }
}

fn replicating(dc: PartSpec) -> PartSpec {
    PartSpec { environment: vec!["SPNLAB_REPLICATE=yes".to_owned()], ..dc }
}

/// Copies the programs into a created container and starts it.
pub(crate) async fn start(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &str,
    spec: PartSpec,
    id: String,
) -> Result<Part> {
    if spec.programs.is_empty() {
        run(identity, lifetime, &spec).await?;
        return part_of(docker, (spec.role, &id)).await;
    }
    let upload = upload(docker, &id, spec.programs.clone());
    if matches!(spec.role, Role::Dc1 | Role::Dc2) {
        // A DC starts without the programs, and all other parts wait for it.
        run(identity, lifetime, &spec).await?;
        upload.await?;
    } else {
        upload.await?;
        run(identity, lifetime, &spec).await?;
    }
    part_of(docker, (spec.role, &id)).await
}

/// Creates a container with its labels, and with its address and names on the lab's network.
pub(crate) async fn create(
    docker: &Docker,
    identity: &LabIdentity,
    lifetime: &str,
    spec: &PartSpec,
    network: &Network,
) -> Result<String> {
    let name = first_name(identity, spec.role);
    let options = CreateContainerOptionsBuilder::new().name(&name).build();
    let created = docker
        .create_container(Some(options), body(identity, lifetime, spec, network))
        .await
        .map_err(refused(format!("create the container {}", spec.role)))?;
    Ok(created.id)
}

/// What the engine needs to know of a container.
pub(super) fn body(
    identity: &LabIdentity,
    lifetime: &str,
    spec: &PartSpec,
    network: &Network,
) -> ContainerCreateBody {
    let address = network.subnet.of(spec.role).to_string();
    let endpoint = EndpointSettings {
        aliases: Some(spec.host.aliases.iter().map(|&alias| alias.to_owned()).collect()),
        ipam_config: Some(EndpointIpamConfig { ipv4_address: Some(address), ..Default::default() }),
        ..Default::default()
    };
    let labels = container_labels(identity, lifetime, spec.role);
    // From inside a container, a port of the host is out of reach.
    let any_port = || {
        Some(vec![PortBinding {
            host_ip: Some("127.0.0.1".to_owned()),
            host_port: Some(String::new()),
        }])
    };
    let in_memory = spec
        .in_memory
        .iter()
        .map(|(folder, size, options)| ((*folder).to_owned(), format!("size={size}m,{options}")));
    let host_config = HostConfig {
        network_mode: Some(network.name.clone()),
        cap_drop: Some(vec!["ALL".to_owned()]),
        cap_add: Some(spec.cap_add.iter().map(|&cap| cap.to_owned()).collect()),
        dns: Some(network.name_servers(spec.role)),
        extra_hosts: Some(network.hosts()),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        port_bindings: inside::container()
            .is_none()
            .then(|| spec.ports.iter().map(|port| (format!("{port}/tcp"), any_port())).collect()),
        readonly_rootfs: Some(true),
        tmpfs: Some(in_memory.collect()),
        // The host can write only to this folder.
        mounts: (!spec.programs.is_empty()).then(|| vec![programs_volume(&labels)]),
        shm_size: Some(SHARED_MEMORY),
        log_config: Some(HostConfigLogConfig {
            typ: Some("json-file".to_owned()),
            config: Some(LOG.map(|(key, value)| (key.to_owned(), value.to_owned())).into()),
        }),
        ..spec.limits.host_config()
    };
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        env: Some(environment(spec, network)),
        hostname: Some(spec.host.aliases[1].to_owned()),
        labels: Some(labels),
        exposed_ports: Some(spec.ports.iter().map(|port| format!("{port}/tcp")).collect()),
        host_config: Some(host_config),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(network.name.clone(), endpoint)])),
        }),
        ..Default::default()
    }
}

/// The environment of a container's programs.
fn environment(spec: &PartSpec, network: &Network) -> Vec<String> {
    let users =
        (spec.role == Role::Mem1).then(|| format!("{FIRST_USER}={}", network.subnet.first_user()));
    [UTC.to_owned()].into_iter().chain(users).chain(spec.environment.iter().cloned()).collect()
}

/// The volume of a container's programs. The engine removes it with the container.
fn programs_volume(labels: &HashMap<String, String>) -> Mount {
    Mount {
        target: Some(PROGRAMS.to_owned()),
        typ: Some(MountType::VOLUME),
        volume_options: Some(MountVolumeOptions {
            labels: Some(labels.clone()),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// The name under which a container is created.
fn first_name(identity: &LabIdentity, role: Role) -> String {
    if role == Role::Dc1 { identity.starting_name() } else { identity.object_name(role) }
}

/// The labels of the lab, and the label by which `testcontainers` finds its containers.
fn container_labels(identity: &LabIdentity, lifetime: &str, role: Role) -> HashMap<String, String> {
    let mut labels: HashMap<String, String> =
        labels(identity, role, lifetime).into_iter().collect();
    labels.insert("org.testcontainers.managed-by".to_owned(), "testcontainers".to_owned());
    labels
}

async fn upload(docker: &Docker, id: &str, programs: Vec<Program>) -> Result<()> {
    let archive = tokio::task::spawn_blocking(move || pack(&programs, "")?.into_inner())
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

/// Hands the container to `testcontainers`, which finds it by name and labels and starts it.
async fn run(identity: &LabIdentity, lifetime: &str, spec: &PartSpec) -> Result<()> {
    // A registry's port stands before the last slash.
    let tagged = spec.image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let (name, tag) = tagged.unwrap_or((&spec.image, "latest"));
    GenericImage::new(name, tag)
        .with_container_name(first_name(identity, spec.role))
        .with_labels(labels(identity, spec.role, lifetime))
        .with_network(identity.object_name(Role::Network))
        .with_reuse(ReuseDirective::Always)
        .start()
        .await
        .map(drop)
        .map_err(|source| Error::Testcontainers { part: spec.role, source })
}
