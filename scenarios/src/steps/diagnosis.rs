//! The engineer's diagnosis sees the directory, but not the wire. It must predict how a client's
//! connection ends.

use cucumber::then;
use spnfix::Verdict;
use spnlab_harness::{KerberosOutcome, KrbCode, TgsFact};

use crate::world::{LabWorld, must};

/// The engineer's verdict on the name that the last client asked for, with that client's present
/// settings.
pub(crate) async fn verdict_for(world: &LabWorld) -> Verdict {
    let outcome = &world.attempt().outcome;
    let host = outcome.target.as_str();
    let port = outcome.requested_spn.rsplit_once(':').map(|(_, port)| must(port.parse::<u16>()));
    let mut engineer = world.engineer().await;
    let found = match port {
        Some(port) => engineer.diagnose_with_port(host, port).await,
        None => engineer.diagnose(host).await,
    };
    must(found).verdict
}

#[then("the engineer's diagnosis predicts it")]
async fn predicts_it(world: &mut LabWorld) {
    let verdict = verdict_for(world).await;
    assert_eq!(seen(&world.attempt().outcome), predicted(&verdict), "{verdict:?}");
}

/// Whose key a ticket has, and the code that ends the attempt.
pub(crate) type End = (Option<String>, Option<String>);

pub(crate) fn predicted(verdict: &Verdict) -> End {
    match verdict {
        Verdict::Healthy { holder } => (Some(holder.name.clone()), None),
        Verdict::Shadowed { holder, .. } | Verdict::HolderDisabled { holder, .. } => {
            (Some(holder.name.clone()), Some("KRB_AP_ERR_MODIFIED (41)".to_owned()))
        }
        Verdict::Duplicate { .. }
        | Verdict::Missing { .. }
        | Verdict::PortVariantMissing { .. } => {
            (None, Some("KDC_ERR_S_PRINCIPAL_UNKNOWN (7)".to_owned()))
        }
        other => panic!("{other:?} predicts nothing"),
    }
}

pub(crate) fn seen(outcome: &KerberosOutcome) -> End {
    match (&outcome.tgs, &outcome.ap) {
        (TgsFact::Issued(ticket), ap) => {
            let code = ap.answered().map(KrbCode::to_string);
            (Some(ticket.encrypted_with_key_of.join(", ")), code)
        }
        (TgsFact::Refused(code), _) => (None, Some(code.to_string())),
        (other, _) => panic!("{other:?}"),
    }
}
