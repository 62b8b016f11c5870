//! Combines what the observers say into one outcome: the exchanges on the wire, the words of the
//! acceptor's library, the accounts whose keys decrypt the ticket, and what only the client knows.

use crate::model::{
    AcceptorRecord, ApFact, ClientFact, ClientReport, Error, KerberosOutcome, KrbCode, RemoteFact,
    Result, SettingsFact, TgsFact, TicketFact, WinrmFact, accounts,
};
use crate::wire::{ApStage, KdcStage, Stages};

/// Checks that the observers of one attempt tell the same story.
///
/// # Errors
/// [`Error::Disagreement`]: two of them differ.
pub(crate) fn agree(
    report: &ClientReport,
    acceptor: Option<&AcceptorRecord>,
    whose: &[String],
) -> Result<()> {
    let disagree = |detail: String| Err(Error::Disagreement { detail });
    if report.tgs.result == "issued" {
        known_key_holder(whose)?;
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
    // An endpoint that cannot decrypt the ticket does not know its client.
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

/// Checks that some account's key decrypts an issued ticket. If no provisioned key fitted, dc1 has
/// tried the keys that the directory holds now.
///
/// # Errors
/// [`Error::Disagreement`]: no account's key decrypts it.
pub(crate) fn known_key_holder(whose: &[String]) -> Result<()> {
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
        // The judge has already compared it with the wire, except inside TLS.
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

/// Over HTTPS, a cached ticket is known only from the client's report.
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

/// Inside TLS, only the client and the endpoint know the code. [`agree`] has compared them.
fn ap(stages: &Stages, report: &ClientReport, acceptor: Option<&AcceptorRecord>) -> ApFact {
    let (on_the_wire, inside_tls) = match &stages.ap {
        ApStage::NotPresented => return ApFact::NotReached,
        ApStage::Accepted(_) => return ApFact::Accepted,
        ApStage::Refused { .. } if report.unanswered() => return ApFact::Unanswered,
        ApStage::Refused { code, .. } => (code.clone(), None),
        ApStage::Sealed => match report.ap.result.as_str() {
            "accepted" => return ApFact::Accepted,
            "not-reached" => return ApFact::NotReached,
            "unanswered" => return ApFact::Unanswered,
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
