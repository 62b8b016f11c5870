//! One outcome out of what the observers say: the exchanges of Kerberos as the wire has them, what the
//! acceptor's library said, whose keys decrypt the ticket, and what only the client knows.

use crate::attempt::AcceptorRecord;
use crate::error::{Error, Result};
use crate::outcome::{
    ApFact, ClientFact, KerberosOutcome, KrbCode, RemoteFact, SettingsFact, TgsFact, TicketFact,
    WinrmFact,
};
use crate::report::ClientReport;
use crate::topology::accounts;
use crate::wire::{ApStage, KdcStage, Stages};

/// The observers of one attempt must tell the same story.
///
/// # Errors
/// [`Error::Disagreement`]: what two of them say differently.
pub(crate) fn agree(
    report: &ClientReport,
    acceptor: Option<&AcceptorRecord>,
    whose: &[String],
) -> Result<()> {
    let disagree = |detail: String| Err(Error::Disagreement { detail });
    if report.tgs.result == "issued" {
        somebody_s(whose)?;
    }
    let presented = report.presented_ticket();
    let Some(record) = acceptor else {
        return if presented {
            disagree(format!(
                "the client presented a ticket ({}) and the endpoint has no record of it",
                report.ap.result
            ))
        } else {
            Ok(())
        };
    };
    let ticket = (&report.tgs.sname, report.tgs.etype, report.tgs.kvno);
    let saw = (&record.sname, record.etype, record.kvno);
    if ticket != saw {
        return disagree(format!(
            "the client's ticket has sname, etype and kvno {ticket:?}, the endpoint saw {saw:?}"
        ));
    }
    // Whoever cannot decrypt the ticket does not know whose it is.
    let accepted = record.result == "accepted";
    if record.client.as_ref().map_or(accepted, |client| *client != report.principal) {
        return disagree(format!(
            "the client is {}, the endpoint decrypted a ticket of {:?}",
            report.principal, record.client
        ));
    }
    if accepted != (report.ap.result == "accepted") {
        return disagree(format!("client: {}, endpoint: {}", report.ap.result, record.result));
    }
    // A refusal without a token has no code on either side.
    if record.sent.as_ref().and_then(|sent| sent.code) != report.ap.code {
        return disagree(format!("sent {:?}, received {:?}", record.sent, report.ap.code));
    }
    let ours = whose.iter().any(|name| name == accounts::MEM1.name);
    if accepted && !ours {
        return disagree(format!("the endpoint accepted a ticket that only {whose:?} can decrypt"));
    }
    Ok(())
}

/// A ticket that was issued has somebody's key: where none that is known fits, the keys that the directory holds
/// now were tried, too.
///
/// # Errors
/// [`Error::Disagreement`]: it has nobody's.
pub(crate) fn somebody_s(whose: &[String]) -> Result<()> {
    if whose.is_empty() {
        let detail = "the KDC issued a ticket, and no account's key decrypts it".to_owned();
        return Err(Error::Disagreement { detail });
    }
    Ok(())
}

/// The outcome of an attempt whose observers agree.
pub(crate) fn outcome(
    stages: &Stages,
    report: &ClientReport,
    acceptor: Option<&AcceptorRecord>,
    whose: Vec<String>,
    holders: Option<Vec<String>>,
) -> KerberosOutcome {
    KerberosOutcome {
        target: report.target.clone(),
        requested_spn: report.requested_spn.clone(),
        client_settings: SettingsFact {
            spn_prefix: report.settings.spn_prefix.clone(),
            include_port_in_spn: report.settings.include_port_in_spn,
        },
        holders,
        tgs: tgs(stages, report, whose),
        ap: ap(stages, report, acceptor),
        // Held against the wire already, except inside TLS.
        http_status: report.http.status,
        winrm: winrm(report),
        client_status: report.client_status.as_ref().map(|status| ClientFact {
            would_report: format!("{} ({})", status.name, status.hex),
            fully_qualified_error_id: status.fully_qualified_error_id.clone(),
            message: first_paragraph(&status.message),
        }),
        remote: report.command.as_ref().map(|ran| RemoteFact {
            command: ran.command.clone(),
            exit_code: ran.exit_code,
            stdout: ran.stdout.clone(),
        }),
    }
}

/// A ticket of a cache that was presented inside TLS is known from the report alone.
fn tgs(stages: &Stages, report: &ClientReport, whose: Vec<String>) -> TgsFact {
    let tgs = &report.tgs;
    let seen = stages.service_ticket().is_some() || stages.ticket != KdcStage::Unanswered;
    if seen || tgs.result != "issued" {
        return stages.tgs(whose);
    }
    TgsFact::Issued(TicketFact {
        sname: tgs.sname.clone().unwrap_or_default(),
        realm: tgs.realm.clone().unwrap_or_default(),
        etype: format!(
            "{} ({})",
            tgs.etype_name.as_deref().unwrap_or("?"),
            tgs.etype.unwrap_or_default()
        ),
        kvno: tgs.kvno,
        encrypted_with_key_of: whose,
    })
}

/// Inside TLS the words of the client and of the endpoint, which agree, are all there is.
fn ap(stages: &Stages, report: &ClientReport, acceptor: Option<&AcceptorRecord>) -> ApFact {
    let (on_the_wire, inside_tls) = match &stages.ap {
        ApStage::NotPresented => return ApFact::NotReached,
        ApStage::Accepted(_) => return ApFact::Accepted,
        ApStage::Refused { code, .. } => (code.clone(), None),
        ApStage::Sealed => match report.ap.result.as_str() {
            "accepted" => return ApFact::Accepted,
            "not-reached" => return ApFact::NotReached,
            _ => (None, code(report.ap.code, report.ap.name.as_ref())),
        },
    };
    let said = acceptor.and_then(|record| record.acceptor.as_ref());
    ApFact::Refused {
        on_the_wire,
        inside_tls,
        acceptor_said: said.and_then(|said| code(said.code, said.name.as_ref())),
    }
}

fn winrm(report: &ClientReport) -> WinrmFact {
    match report.winrm.result.as_str() {
        "ok" => WinrmFact::Served,
        "fault" => WinrmFact::Fault { code: report.winrm.code, text: report.winrm.text.clone() },
        _ => WinrmFact::NotReached,
    }
}

fn code(code: Option<i64>, name: Option<&String>) -> Option<KrbCode> {
    let code = code?;
    let name = name.cloned().unwrap_or_else(|| "KRB_ERROR".to_owned());
    Some(KrbCode { name, code })
}

/// Windows' message up to its list of possible causes, on one line.
fn first_paragraph(message: &str) -> String {
    let head = message.split("Possible causes are:").next().unwrap_or(message);
    head.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "combine_tests.rs"]
mod tests;
