//! CLIENT: the user's connections, and the registry.

use cucumber::{given, then, when};
use spnlab_harness::{ConnectOptions, Role};

use crate::world::{LabWorld, must};

/// The registry value with the service class.
pub(super) const PREFIX: &str = "spn_prefix";

/// What the user runs on the host.
pub(crate) const COMMAND: &str = "hostname; whoami";

#[when(expr = "the user connects to {string}")]
async fn connects(world: &mut LabWorld, host: String) {
    connect(world, &host, false).await;
}

#[when(expr = "the user connects to {string} with the port in the SPN")]
async fn connects_with_port(world: &mut LabWorld, host: String) {
    connect(world, &host, true).await;
}

#[when(expr = "the user connects to the address of {string}")]
async fn connects_to_address(world: &mut LabWorld, host: String) {
    let look = ["getent", "ahostsv4", &host];
    let said = must(world.lab().exec(Role::Client, None, &look, None).await);
    let address = must(said.success(Role::Client, "getent"));
    connect(world, address.split_whitespace().next().unwrap_or_default(), false).await;
}

async fn connect(world: &mut LabWorld, host: &str, port: bool) {
    let options = ConnectOptions::new(host, COMMAND).include_port_in_spn(port);
    connect_with(world, &options).await;
}

pub(crate) async fn connect_with(world: &mut LabWorld, options: &ConnectOptions) {
    world.connect(options).await;
}

/// The profile is `HTTP`, `HTTP:5985`, or the registry value.
#[when(expr = "a client that asks for {string} connects to {string}")]
async fn profile_connects(world: &mut LabWorld, profile: String, host: String) {
    connect_as(world, &profile, &host, false).await;
}

#[when(
    expr = "a client that asks for {string} connects to {string} with the tickets of the session"
)]
async fn profile_connects_again(world: &mut LabWorld, profile: String, host: String) {
    connect_as(world, &profile, &host, true).await;
}

pub(crate) async fn connect_as(
    world: &mut LabWorld,
    profile: &str,
    host: &str,
    keep_tickets: bool,
) {
    let (class, port) = profile.split_once(':').unwrap_or((profile, ""));
    assert!(profile == class || profile == "HTTP:5985", "{profile} is no kind of client");
    match class {
        "HTTP" => must(world.lab().client().registry_delete(PREFIX).await),
        class => must(world.lab().client().registry_set(PREFIX, class).await),
    }
    let options = ConnectOptions::new(host, COMMAND).include_port_in_spn(!port.is_empty());
    connect_with(world, &options.keep_tickets(keep_tickets)).await;
    assert_eq!(world.attempt().outcome.requested_spn, spn_of(profile, host));
}

/// The SPN that a kind of client asks for.
pub(super) fn spn_of(profile: &str, host: &str) -> String {
    match profile.split_once(':') {
        Some((class, port)) => format!("{class}/{host}:{port}"),
        None => format!("{profile}/{host}"),
    }
}

/// Connects with the settings in CLIENT's registry, which must make it a client of this kind.
pub(super) async fn connect_by_registry(world: &mut LabWorld, profile: &str, host: &str) {
    connect(world, host, false).await;
    assert_eq!(world.attempt().outcome.requested_spn, spn_of(profile, host));
}

#[given(expr = "the registry value {string} of the client is {string}")]
async fn registry_value(world: &mut LabWorld, value: String, data: String) {
    must(world.lab().client().registry_set(&value, &data).await);
}

#[given(expr = "the registry value {string} of the client is a REG_DWORD")]
async fn registry_dword(world: &mut LabWorld, value: String) {
    must(world.lab().client().registry_set_as(&value, "dword", "1").await);
}

#[given(expr = "the registry value {string} of the client is {string} in a REG_MULTI_SZ")]
async fn registry_multi_sz(world: &mut LabWorld, value: String, data: String) {
    must(world.lab().client().registry_set_as(&value, "multi_sz", &data).await);
}

#[then(expr = "the registry value {string} of the client is {string}")]
async fn registry_value_is(world: &mut LabWorld, value: String, data: String) {
    assert_eq!(must(world.lab().client().registry_get(&value).await), Some(data));
}

#[then(expr = "Samba's own tool reads {string} of the client as the client does")]
async fn registry_readings(world: &mut LabWorld, value: String) {
    let [quick, samba] = must(world.lab().client().registry_readings(&value).await);
    assert_eq!(quick, samba);
}

#[then(
    expr = "Samba's own tool writes {string} into {string} of the client, and deletes it, as the lab does"
)]
async fn registry_writings(world: &mut LabWorld, data: String, value: String) {
    let differ = must(world.lab().client().registry_writings(&value, &data).await);
    assert!(differ.is_empty(), "only one of the two has: {}", differ.join(""));
}

#[then(expr = "the registry value {string} of the client is not set")]
async fn registry_value_is_not_set(world: &mut LabWorld, value: String) {
    assert_eq!(must(world.lab().client().registry_get(&value).await), None);
}
