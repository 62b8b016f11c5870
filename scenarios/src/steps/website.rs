//! The web site on MEM1, which runs as `svc_web`.

use cucumber::then;
use spnlab_harness::accounts;

use super::must;
use crate::world::LabWorld;

#[then(expr = "the web site lets its user in under {string}")]
async fn lets_in(world: &mut LabWorld, host: String) {
    assert_eq!(visit(world, &host).await, 200);
}

#[then(expr = "the web site refuses its user under {string}")]
async fn refuses(world: &mut LabWorld, host: String) {
    assert_eq!(visit(world, &host).await, 401);
}

async fn visit(world: &mut LabWorld, host: &str) -> u16 {
    let visit = must(world.lab().browse(host, accounts::TRAINER).await);
    let status = visit.http_status;
    world.visit = Some(visit);
    status
}
