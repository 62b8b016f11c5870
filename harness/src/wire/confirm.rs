//! Whether the client's report says what the wire says.

use super::message::Ticket;
use super::stages::{ApStage, KdcStage, Question, Stages};
use super::trace::Trace;
use crate::report::{ClientReport, Tgs};

/// WinRM over HTTPS: what is said there is sealed.
const TLS: u16 = 5986;

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
            sealed: report.port == TLS,
            cached,
        })
    }
}

impl Stages {
    /// Compares what the client reports with what was seen: the codes of the KDC, the ticket's realm,
    /// sname, etype and kvno, and the code of the acceptor. For a ticket that was in the cache before,
    /// the KDC must not have been asked.
    ///
    /// # Errors
    /// What the two say differently, in words.
    pub(crate) fn confirm(
        &self,
        report: &ClientReport,
        question: &Question<'_>,
        trace: &Trace,
    ) -> Result<(), String> {
        let differs = self
            .as_exchange(report)
            .and_then(|()| self.tgs_exchange(report, question, trace))
            .and_then(|()| self.ap_exchange(report));
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
            ("not-reached" | "unreachable", _) => nothing("AS-REQ", &self.authentication),
            _ => Ok(()),
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
            _ => Ok(()),
        }
    }

    fn ap_exchange(&self, report: &ClientReport) -> Result<(), String> {
        let presented = match &self.ap {
            ApStage::Sealed => return Ok(()),
            ApStage::NotPresented => None,
            ApStage::Accepted(ticket) | ApStage::Refused { ticket, .. } => Some(ticket),
        };
        let result = report.ap.result.as_str();
        let ticket = match (result, presented) {
            ("accepted" | "refused" | "refused-without-token", Some(ticket)) => ticket,
            ("accepted" | "refused" | "refused-without-token", None) => {
                return Err(none("presented"));
            }
            ("not-reached", Some(ticket)) => {
                return Err(format!("the client reports no AP-REQ, the wire has one of {ticket}"));
            }
            _ => return Ok(()),
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

/// A stage that the client says it did not get to has no answer.
fn nothing(request: &str, seen: &KdcStage) -> Result<(), String> {
    match seen {
        KdcStage::Unanswered => Ok(()),
        other => {
            Err(format!("the client reports no answer to its {request}, the wire has: {other}"))
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
