//! Whether the client's report says what the wire says.

use super::message::Ticket;
use super::stages::{ApStage, KdcStage, Question, Stages};
use super::trace::Trace;
use crate::report::{ClientReport, Tgs};

impl<'a> Question<'a> {
    /// What the attempt of this report asked for.
    ///
    /// # Errors
    /// The client's own address is none.
    pub(crate) fn of(report: &'a ClientReport, cached: bool) -> Result<Self, String> {
        let address = report.http.local_address.as_deref();
        let client = address.map(|address| {
            let said = |_| format!("the client reports its own address as \"{address}\"");
            address.parse().map_err(said)
        });
        Ok(Self {
            user: report.principal.split('@').next().unwrap_or_default(),
            spn: &report.requested_spn,
            client: client.transpose()?,
            sealed: report.is_inside_tls(),
            cached,
        })
    }
}

impl Stages {
    /// Compares what the client reports with what was seen: the codes of the KDC, the client's principal, the ticket's realm,
    /// sname, etype and kvno, the code of the acceptor, and the HTTP status. For a ticket that was in the
    /// cache before, the KDC must not have been asked.
    ///
    /// # Errors
    /// What the two say differently, in words; also a word for the end of a stage that is not known here.
    pub(crate) fn confirm(
        &self,
        report: &ClientReport,
        question: &Question<'_>,
        trace: &Trace,
    ) -> Result<(), String> {
        let differs = self
            .as_exchange(report)
            .and_then(|()| self.tgs_exchange(report, question, trace))
            .and_then(|()| question.same_client(trace, &report.principal))
            .and_then(|()| self.ap_exchange(report))
            .and_then(|()| http_answer(report, question, trace))
            .and_then(|()| match report.winrm.result.as_str() {
                "ok" | "fault" | "not-reached" => Ok(()),
                other => Err(unknown("WinRM", other)),
            });
        differs.map_err(|detail| match trace.gaps {
            0 => detail,
            gaps => format!("{detail} (segments are missing in {gaps} streams of the capture)"),
        })
    }

    fn as_exchange(&self, report: &ClientReport) -> Result<(), String> {
        match (report.as_exchange.result.as_str(), report.as_exchange.code) {
            ("issued", _) if !matches!(self.authentication, KdcStage::Issued(_)) => {
                Err("the client reports a TGT, and no AS-REP is on the wire".to_owned())
            }
            ("refused", Some(code)) => same_code("AS-REQ", code, &self.authentication),
            ("cached" | "not-reached" | "unreachable", _) => {
                nothing("AS-REQ", &self.authentication)
            }
            ("issued", _) => Ok(()),
            ("refused", None) => no_ticket("AS-REQ", &self.authentication),
            (other, _) => Err(unknown("AS", other)),
        }
    }

    fn tgs_exchange(
        &self,
        report: &ClientReport,
        question: &Question<'_>,
        trace: &Trace,
    ) -> Result<(), String> {
        let wanted = question.spn;
        let asked = || trace.messages.iter().any(|message| question.asks_for_ticket(&message.body));
        match (report.tgs.result.as_str(), report.tgs.code) {
            ("issued", _) if question.cached && asked() => {
                Err(format!("the cache held a ticket for {wanted}, and the KDC was asked for one"))
            }
            ("issued", _) if question.cached => Ok(()),
            ("issued", _) => match &self.ticket {
                KdcStage::Issued(ticket) => same_ticket(&report.tgs, ticket, "issued"),
                _ => Err(none("issued")),
            },
            ("refused", Some(code)) => {
                same_code(&format!("TGS-REQ for {wanted}"), code, &self.ticket)
            }
            ("not-reached", _) => nothing(&format!("TGS-REQ for {wanted}"), &self.ticket),
            ("refused", None) => no_ticket(&format!("TGS-REQ for {wanted}"), &self.ticket),
            (other, _) => Err(unknown("TGS", other)),
        }
    }

    fn ap_exchange(&self, report: &ClientReport) -> Result<(), String> {
        let result = report.ap.result.as_str();
        let reports_one = match result {
            "accepted" | "refused" | "refused-without-token" | "scheme-not-offered" => true,
            "not-reached" => false,
            other => return Err(unknown("AP", other)),
        };
        let presented = match &self.ap {
            ApStage::Sealed => return Ok(()),
            ApStage::NotPresented => None,
            ApStage::Accepted(ticket) | ApStage::Refused { ticket, .. } => Some(ticket),
        };
        let ticket = match (reports_one, presented) {
            (true, Some(ticket)) => ticket,
            (true, None) => return Err(none("presented")),
            (false, Some(ticket)) => {
                return Err(format!("the client reports no AP-REQ, the wire has one of {ticket}"));
            }
            (false, None) => return Ok(()),
        };
        same_ticket(&report.tgs, ticket, "presented")?;
        let (code, proof) = match &self.ap {
            ApStage::Refused { code, proof, .. } => (code.as_ref(), *proof),
            _ => (None, true),
        };
        let number = code.map(|code| code.code);
        let same = match result {
            "accepted" => matches!(self.ap, ApStage::Accepted(_)),
            "refused" => number.is_some() && number == report.ap.code,
            _ => number.is_none() && !proof,
        };
        if same {
            return Ok(());
        }
        let proof = if proof { "an AP-REP" } else { "no AP-REP" };
        let code = code.map_or_else(|| "no code".to_owned(), ToString::to_string);
        Err(format!(
            "the client reports {result} with code {:?}, the wire has {proof} and {code}",
            report.ap.code
        ))
    }
}

/// The last HTTP answer that the client reports must be that of the wire. Inside TLS it cannot be seen.
fn http_answer(
    report: &ClientReport,
    question: &Question<'_>,
    trace: &Trace,
) -> Result<(), String> {
    if question.sealed {
        return Ok(());
    }
    let seen = question.client.and_then(|client| trace.http_status(client));
    if seen == report.http.status {
        return Ok(());
    }
    let text = |status: Option<u16>| status.map_or_else(|| "none".to_owned(), |n| n.to_string());
    let (said, seen) = (text(report.http.status), text(seen));
    Err(format!("the client reports the HTTP status {said}, the wire has {seen}"))
}

fn unknown(stage: &str, word: &str) -> String {
    format!("the client's stage {stage} ended with \"{word}\", which is not known here")
}

/// A stage that the client says it did not get to has no answer.
fn nothing(request: &str, seen: &KdcStage) -> Result<(), String> {
    match seen {
        KdcStage::Unanswered => Ok(()),
        other => {
            Err(format!("the client reports no answer to its {request}, the wire has: {other}"))
        }
    }
}

/// A refusal without a code is the client's own, which has nothing to use or reaches no KDC. The last answer,
/// if there is one, must be a KRB-ERROR.
fn no_ticket(request: &str, seen: &KdcStage) -> Result<(), String> {
    match seen {
        KdcStage::Unanswered | KdcStage::Refused(..) => Ok(()),
        other => {
            Err(format!("the client reports a refusal of its {request}, the wire has: {other}"))
        }
    }
}

/// The last answer must be a KRB-ERROR with this code.
fn same_code(request: &str, wanted: i64, seen: &KdcStage) -> Result<(), String> {
    match seen {
        KdcStage::Refused(code, _) if code.code == wanted => Ok(()),
        other => {
            Err(format!("the client reports {wanted} for its {request}, the wire has: {other}"))
        }
    }
}

fn none(how: &str) -> String {
    format!("the client reports a ticket, and none was {how} on the wire")
}

/// The ticket must be that of the report.
fn same_ticket(tgs: &Tgs, ticket: &Ticket, how: &str) -> Result<(), String> {
    let same = tgs.sname.as_ref() == Some(&ticket.sname)
        && tgs.realm.as_ref() == Some(&ticket.realm)
        && tgs.etype == Some(ticket.encrypted.etype.into())
        && tgs.kvno == ticket.encrypted.kvno.map(i64::from);
    if same {
        return Ok(());
    }
    Err(format!(
        "the client reports a ticket for {:?} realm {:?} etype {:?} kvno {:?}, {how} was {ticket}",
        tgs.sname, tgs.realm, tgs.etype, tgs.kvno
    ))
}

impl std::fmt::Display for KdcStage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unanswered => f.write_str("nothing"),
            Self::Issued(ticket) => ticket.fmt(f),
            Self::Refused(_, line) | Self::Unreadable(line) => f.write_str(line),
        }
    }
}

#[cfg(test)]
#[path = "confirm_tests.rs"]
mod tests;
