//! The engineer, who sees the directory and not the wire, is asked what a client runs into; that is held to
//! what happened.

use cucumber::then;
use spnfix::Verdict;
use spnlab_harness::{KerberosOutcome, KrbCode, TgsFact};

use super::must;
use crate::world::LabWorld;

/// The port of WinRM over HTTP, which a client may put into the SPN.
const WINRM_PORT: u16 = 5985;

/// What the engineer says of the name that the last client has asked for, as that client is set up now.
pub(crate) async fn verdict_for(world: &LabWorld) -> Verdict {
    let outcome = &world.attempt().outcome;
    let host = outcome.target.as_str();
    let mut engineer = world.engineer().await;
    let found = if outcome.client_settings.include_port_in_spn {
        engineer.diagnose_with_port(host, WINRM_PORT).await
    } else {
        engineer.diagnose(host).await
    };
    must(found).verdict
}

#[then("the engineer's diagnosis foretells it")]
async fn foretells_it(world: &mut LabWorld) {
    let verdict = verdict_for(world).await;
    assert_eq!(happened(&world.attempt().outcome), foretells(&verdict), "{verdict:?}");
}

/// Whose key a ticket has, and the code that ends the attempt.
pub(crate) type End = (Option<String>, Option<String>);

pub(crate) fn foretells(verdict: &Verdict) -> End {
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
        other => panic!("{other:?} foretells nothing"),
    }
}

pub(crate) fn happened(outcome: &KerberosOutcome) -> End {
    match (&outcome.tgs, &outcome.ap) {
        (TgsFact::Issued(ticket), ap) => {
            let code = ap.answered().map(KrbCode::to_string);
            (Some(ticket.encrypted_with_key_of.join(", ")), code)
        }
        (TgsFact::Refused(code), _) => (None, Some(code.to_string())),
        (other, _) => panic!("{other:?}"),
    }
}
