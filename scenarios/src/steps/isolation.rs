//! Who can reach a lab, and what its containers may do.

use cucumber::then;
use spnlab_harness::Exposure;

use super::must;
use crate::world::LabWorld;

async fn exposure(world: &LabWorld) -> Vec<Exposure> {
    must(world.lab().exposure().await)
}

#[then(expr = "every published port of the lab is on {string}")]
async fn published_on(world: &mut LabWorld, address: String) {
    let all = exposure(world).await;
    let ports: Vec<&String> = all.iter().flat_map(|one| &one.published_on).collect();
    // LDAPS and the global catalog of dc1; WinRM, WinRM over HTTPS and the web site of MEM1.
    assert!(ports.len() >= 5, "{all:?}");
    assert!(ports.iter().all(|port| **port == address), "{all:?}");
}

#[then(
    "no container of the lab is privileged or sees a folder or a namespace of the engine's host"
)]
async fn is_confined(world: &mut LabWorld) {
    for one in exposure(world).await {
        assert!(one.confined && !one.privileged && one.of_the_host.is_empty(), "{one:?}");
    }
}

#[then(expr = "{string} has no capabilities")]
async fn has_none(world: &mut LabWorld, part: String) {
    assert_eq!(capabilities(world, &part).await, "");
}

#[then(expr = "{string} has the capabilities {string}")]
async fn has(world: &mut LabWorld, part: String, wanted: String) {
    assert_eq!(capabilities(world, &part).await, wanted);
}

async fn capabilities(world: &LabWorld, part: &str) -> String {
    let all = exposure(world).await;
    let one = all.into_iter().find(|one| one.role.to_string() == part);
    let mut one = one.unwrap_or_else(|| panic!("the lab has no {part}"));
    one.capabilities.sort_unstable();
    one.capabilities.join(", ")
}
