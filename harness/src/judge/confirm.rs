//! Checks that the client's report says what the wire says.

use crate::model::{ClientReport, Tgs};
use crate::wire::{ApStage, ConnectionKey, KdcStage, Stages, Ticket, Trace};

impl<'a> ConnectionKey<'a> {
    /// What the attempt of this report asked for.
    ///
    /// # Errors
    /// The client's own address cannot be read.
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
    /// Compares the client's report with the wire:
    ///
    /// - the codes of the KDC;
    /// - the client's principal;
    /// - the ticket's realm, sname, etype and kvno;
    /// - the code of the acceptor;
    /// - the HTTP status.
    ///
    /// For a ticket that was in the cache before, the client must not have asked the KDC.
    ///
    /// # Errors
    /// The difference in words, or an unknown word for the end of a stage.
    pub(crate) fn confirm(
        &self,
        report: &ClientReport,
        key: &ConnectionKey<'_>,
        trace: &Trace,
    ) -> Result<(), String> {
        let differs = self
            .as_exchange(report)
            .and_then(|()| self.tgs_exchange(report, key, trace))
            .and_then(|()| key.same_client(trace, &report.principal))
            .and_then(|()| self.ap_exchange(report))
            .and_then(|()| http_answer(report, key, trace))
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
        key: &ConnectionKey<'_>,
        trace: &Trace,
    ) -> Result<(), String> {
        let wanted = key.spn;
        let asked = || trace.messages.iter().any(|message| key.asks_for_ticket(&message.body));
        match (report.tgs.result.as_str(), report.tgs.code) {
            ("issued", _) if key.cached && asked() => {
                Err(format!("the cache held a ticket for {wanted}, and the KDC was asked for one"))
            }
            ("issued", _) if key.cached => Ok(()),
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
            "unanswered" | "not-reached" => false,
            other => return Err(unknown("AP", other)),
        };
        // A connection may end before the client has sent the ticket.
        let may_present = reports_one || result == "unanswered";
        let presented = match &self.ap {
            ApStage::Sealed => return Ok(()),
            ApStage::NotPresented => None,
            ApStage::Accepted(ticket) | ApStage::Refused { ticket, .. } => Some(ticket),
        };
        let ticket = match presented {
            Some(ticket) if may_present => ticket,
            Some(ticket) => {
                return Err(format!("the client reports no AP-REQ, the wire has one of {ticket}"));
            }
            None if reports_one => return Err(none("presented")),
            None => return Ok(()),
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

/// The client's last HTTP status must be the one on the wire. Inside TLS, the wire cannot show it.
fn http_answer(
    report: &ClientReport,
    key: &ConnectionKey<'_>,
    trace: &Trace,
) -> Result<(), String> {
    if key.sealed {
        return Ok(());
    }
    let seen = key.client.and_then(|client| trace.http_status(client));
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

/// An exchange that the client did not reach must have no answer.
fn nothing(request: &str, seen: &KdcStage) -> Result<(), String> {
    match seen {
        KdcStage::Unanswered => Ok(()),
        other => {
            Err(format!("the client reports no answer to its {request}, the wire has: {other}"))
        }
    }
}

/// A refusal without a code comes from the client itself: it has no usable credentials, or reaches
/// no KDC. If the wire has a last answer, it must be a KRB-ERROR.
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

/// The ticket must be the one in the report.
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
