//! A lab as a Compose file, for people who want it without spnlab. The file is made from the same
//! requests that start a lab here, so both labs are the same.
//!
//! Its labels are a lab's, except that it has no owner: spnlab's verbs find it, and no sweep
//! removes it.

use serde_json::{Map, Value, json};
use testcontainers::bollard::models::{
    ContainerCreateBody, HostConfig, Ipam, NetworkCreateRequest, PortBinding,
};

use super::containers::{PartSpec, body, specs};
use super::labels::LABEL_OWNER;
use super::network::Network;
use super::yaml::{is_empty, write_yaml};
use crate::engine::connect;
use crate::images::{self, ImageSet};
use crate::model::{LabIdentity, LabSpec, Lifetime, Result, Role, SambaVersion, WinrmSettings};

/// The network's name inside the file.
const NETWORK: &str = "lab";

/// dc1 is healthy: its KDC gives it a ticket, and TLS on the port of LDAPS has the lab's CA.
const DC1: &str = r"KRB5CCNAME=FILE:/tmp/healthy kinit -k -t '/var/lib/spnlab/keytabs/DC1$.keytab' 'DC1$' \
  && openssl s_client -connect dc1.contoso.com:636 -CAfile /var/lib/spnlab/pki/ca.pem \
    -verify_return_error -verify_hostname dc1.contoso.com </dev/null >/dev/null 2>&1";
/// MEM1 is healthy: WinRM and the web site offer Negotiate. The image has no curl.
const MEM1: &str = r#"for at in 80/ 5985/wsman; do
  exec 3<>"/dev/tcp/127.0.0.1/${at%%/*}" || exit
  printf 'POST /%s HTTP/1.1\r\nHost: mem1.contoso.com\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "${at#*/}" >&3
  grep -qi '^www-authenticate: negotiate' <&3 || exit
done"#;
/// CLIENT is healthy: it sees WinRM under its name, and captures packets.
const CLIENT: &str = r"curl --silent --max-time 5 --output /dev/null --dump-header - --request POST http://mem1.contoso.com:5985/wsman \
  | grep -qi '^www-authenticate: negotiate' && test -s /var/lib/spnlab/wire/client.pcap0";

/// A lab of this name as a Compose file. Its images have the programs in them.
///
/// # Errors
/// The engine lacks these images, or no network is free.
pub async fn compose(name: &str, samba: SambaVersion) -> Result<String> {
    super::check_name(name)?;
    let docker = connect().await?;
    let images = images::images_with_programs(&docker, samba).await?;
    let identity = LabIdentity::new(name);
    let lab = LabSpec { samba, ..LabSpec::new(name, Lifetime::Detached) };
    let network = Network::plan(&docker, &identity, &lab).await?;
    Ok(file(&identity, &images, &network))
}

fn file(identity: &LabIdentity, images: &ImageSet, network: &Network) -> String {
    let (name, lifetime) = (&identity.name, Lifetime::Detached.label());
    let parts = specs(images, None, WinrmSettings::default(), false);
    let services: Map<String, Value> = parts
        .iter()
        .map(|part| (part.role.to_string(), service(identity, lifetime, part, network)))
        .collect();
    let networks = json!({ NETWORK: of_network(network.request(identity, lifetime)) });
    let mut text = format!(
        "# A lab of spnlab: dc1, mem1 and client of contoso.com.\n\
         # Start it: docker-compose -p {name} -f FILE up -d. Remove it: the same with down.\n\
         # spnlab knows it as {name}: spnlab connect --name {name}\n"
    );
    write_yaml(&mut text, 0, &json!({ "services": services, "networks": networks }));
    text
}

fn service(identity: &LabIdentity, lifetime: &str, part: &PartSpec, network: &Network) -> Value {
    let (test, shell, after): (_, _, &[Role]) = match part.role {
        Role::Mem1 => (MEM1, "bash", &[Role::Dc1]),
        Role::Client => (CLIENT, "sh", &[Role::Dc1, Role::Mem1]),
        Role::Dc1 | Role::Dc2 | Role::Network => (DC1, "sh", &[]),
    };
    let body = body(identity, lifetime, part, network);
    let ContainerCreateBody { image, env, hostname, labels, .. } = body;
    let host = body.host_config.unwrap_or_default();
    let endpoints = body.networking_config.and_then(|config| config.endpoints_config);
    let endpoint = endpoints.and_then(|all| all.into_values().next()).unwrap_or_default();
    let healthy = |role: &Role| (role.to_string(), json!({ "condition": "service_healthy" }));
    let HostConfig { cap_add, cap_drop, dns, extra_hosts, security_opt, .. } = host;
    let tmpfs = host.tmpfs.unwrap_or_default().into_iter();
    let tmpfs: Vec<String> = tmpfs.map(|(folder, options)| format!("{folder}:{options}")).collect();
    let log = host.log_config.unwrap_or_default();
    let mut service = json!({
        "image": image,
        "container_name": identity.object_name(part.role),
        "hostname": hostname,
        "labels": without_owner(labels.unwrap_or_default()),
        "environment": env,
        "depends_on": after.iter().map(healthy).collect::<Map<_, _>>(),
        "healthcheck": {
            "test": ["CMD", shell, "-c", test],
            "interval": "5s", "timeout": "10s", "retries": 20,
        },
        "networks": { NETWORK: {
            "aliases": endpoint.aliases,
            "ipv4_address": endpoint.ipam_config.and_then(|config| config.ipv4_address),
        } },
        "dns": dns,
        "extra_hosts": extra_hosts,
        "ports": ports(host.port_bindings.unwrap_or_default()),
        "cap_drop": cap_drop,
        "cap_add": cap_add,
        "security_opt": security_opt,
        "read_only": host.readonly_rootfs,
        "tmpfs": sorted(tmpfs),
        "shm_size": host.shm_size,
        "pids_limit": host.pids_limit,
        "mem_limit": host.memory,
        "memswap_limit": host.memory_swap,
        "cpu_shares": host.cpu_shares,
        "cpu_period": host.cpu_period,
        "cpu_quota": host.cpu_quota,
        "logging": { "driver": log.typ, "options": log.config },
    });
    if let Some(keys) = service.as_object_mut() {
        keys.retain(|_, value| !is_empty(value));
    }
    service
}

/// Ports of 127.0.0.1 that the engine chooses, also where this program could not reach them.
fn ports(bindings: impl IntoIterator<Item = (String, Option<Vec<PortBinding>>)>) -> Vec<String> {
    let one = |(inside, _): (String, _)| format!("127.0.0.1::{}", inside.trim_end_matches("/tcp"));
    sorted(bindings.into_iter().map(one).collect())
}

fn of_network(request: NetworkCreateRequest) -> Value {
    let NetworkCreateRequest { name, driver, options, labels, ipam, .. } = request;
    let Ipam { config, .. } = ipam.unwrap_or_default();
    let config: Vec<Value> = config
        .unwrap_or_default()
        .into_iter()
        .map(|one| {
            json!({
                "subnet": one.subnet,
                "ip_range": one.ip_range,
                "gateway": one.gateway,
                "aux_addresses": one.auxiliary_addresses,
            })
        })
        .collect();
    json!({
        "name": name,
        "driver": driver,
        "driver_opts": options,
        "labels": without_owner(labels.unwrap_or_default()),
        "ipam": { "config": config },
    })
}

fn without_owner(labels: impl IntoIterator<Item = (String, String)>) -> Map<String, Value> {
    let labels = labels.into_iter().filter(|(key, _)| key != LABEL_OWNER);
    labels.map(|(key, value)| (key, Value::String(value))).collect()
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::super::subnet;
    use super::*;

    #[test]
    fn the_lab_of_a_file_is_as_confined_as_one_that_is_started_here() {
        let [dc1, mem1, client] = ["dc1", "mem1", "client"].map(str::to_owned);
        let images = ImageSet { dc1, mem1, client };
        let (identity, lab) = (LabIdentity::new("x"), LabSpec::new("x", Lifetime::Detached));
        let ranges = subnet::ranges("10.9.0.0/27").unwrap();
        let subnet = subnet::free(ranges, Vec::new(), 0).next().unwrap();
        let text = file(&identity, &images, &Network::at(subnet, &identity, &lab));
        let count = |words: &str| text.matches(words).count();
        assert_eq!(count("container_name: \"spnlab-x-"), 3);
        assert_eq!(
            [count("- \"ALL\""), count("read_only: true"), count("no-new-privileges")],
            [3; 3]
        );
        assert_eq!([count("healthcheck:"), count("mem_limit:"), count("max-size")], [3; 3]);
        // Two of dc1, three of MEM1, and no other.
        assert_eq!([count("- \"127.0.0.1::"), count("::")], [5; 2]);
        assert_eq!([count("org.spnlab.session"), count(LABEL_OWNER)], [4, 0]);
        assert!(text.contains("enable_ip_masquerade: \"false\""), "{text}");
        assert!(text.contains("/DC1$$.keytab' 'DC1$$'"), "{text}");
    }
}
