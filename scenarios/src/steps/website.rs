//! The web site on MEM1, which runs as `svc_web`.

use cucumber::then;
use spnlab_harness::{WebVisit, accounts};

use crate::world::{LabWorld, must};

/// The answer of MIT's acceptor if the keytab has no key of the ticket's service (RFC 4120 section
/// 7.5.9).
const KRB_AP_ERR_NOT_US: i64 = 35;

/// Only the site's own key may decrypt the ticket.
#[then(expr = "the web site lets its user in under {string}")]
async fn lets_in(world: &mut LabWorld, host: String) {
    let visit = visit(world, &host).await;
    let user = accounts::TRAINER.principal();
    assert_eq!((visit.http_status, visit.user.as_ref()), (200, Some(&user)), "{}", visit.body);
    assert_eq!(visit.encrypted_with_key_of(), [accounts::SVC_WEB.name]);
}

/// There is one reason: the KDC encrypts its tickets with the computer's key.
#[then(expr = "the web site refuses its user under {string}")]
async fn refuses(world: &mut LabWorld, host: String) {
    let visit = visit(world, &host).await;
    assert_eq!((visit.http_status, visit.user.as_ref()), (401, None), "{}", visit.body);
    assert_eq!(visit.encrypted_with_key_of(), [accounts::MEM1.name]);
    let codes = visit.on_the_wire.as_ref().map(|code| code.code);
    assert_eq!(codes, Some(KRB_AP_ERR_NOT_US), "{:?}", visit.site_said);
}

async fn visit(world: &mut LabWorld, host: &str) -> WebVisit {
    world.note_holders().await;
    let visit = must(world.lab().browse(host, accounts::TRAINER).await);
    world.visits.push(visit.clone());
    visit
}
