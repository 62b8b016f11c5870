//! The web site on MEM1, which runs as `svc_web`.

use cucumber::then;
use spnlab_harness::{WebVisit, accounts};

use super::must;
use crate::world::LabWorld;

#[then(expr = "the web site lets its user in under {string}")]
async fn lets_in(world: &mut LabWorld, host: String) {
    let visit = visit(world, &host).await;
    let user = accounts::TRAINER.principal();
    assert_eq!((visit.http_status, visit.user.as_ref()), (200, Some(&user)), "{}", visit.body);
}

#[then(expr = "the web site refuses its user under {string}")]
async fn refuses(world: &mut LabWorld, host: String) {
    let visit = visit(world, &host).await;
    assert_eq!((visit.http_status, visit.user.as_ref()), (401, None), "{}", visit.body);
}

async fn visit(world: &LabWorld, host: &str) -> WebVisit {
    must(world.lab().browse(host, accounts::TRAINER).await)
}
