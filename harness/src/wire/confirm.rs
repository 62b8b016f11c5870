//! Whether the wire says what the client's report says.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::message::{Body, Message, Ticket};
use super::trace::Trace;
use crate::report::{ClientReport, Tgs};

/// WinRM over HTTPS: what is said there is sealed.
const TLS: u16 = 5986;

/// Compares a report with the trace of its attempt: the requested SPN, the ticket's realm, sname,
/// etype and kvno, the KDC's codes, and the code of the acceptor. For a ticket that was in the cache
/// before, the KDC must not have been asked.
///
/// # Errors
/// What the two say differently, in words.
pub(crate) fn confirm(report: &ClientReport, cached: bool, trace: &Trace) -> Result<(), String> {
    let differs = as_exchange(report, trace)
        .and_then(|()| tgs_exchange(report, cached, trace))
        .and_then(|()| ap_exchange(report, trace));
    differs.map_err(|detail| match trace.gaps {
        0 => detail,
        gaps => format!("{detail} (segments are missing in {gaps} streams of the capture)"),
    })
}

/// Compares the ticket whose cipher ends so, on which keys were tried, with those on the wire: what the
/// KDC issued for the requested SPN and what was presented on the report's connection.
///
/// # Errors
/// Another ticket is on the wire, or none; only that of a cache over TLS cannot be seen.
pub(crate) fn same_cipher(
    report: &ClientReport,
    cached: bool,
    trace: &Trace,
    cipher_end: &str,
) -> Result<(), String> {
    let wanted = &report.requested_spn;
    let asked =
        |body: &Body| matches!(body, Body::TgsReq(asked) if asked.sname.as_ref() == Some(wanted));
    let issued = answers(trace, asked).into_iter().filter_map(|body| match body {
        Body::TgsRep(reply) => Some(&reply.ticket),
        _ => None,
    });
    let client = report.http.local_address.as_deref().and_then(|at| at.parse::<SocketAddr>().ok());
    let connection = client.into_iter().flat_map(|client| trace.on_connection(client));
    let presented = connection.filter_map(|message| match &message.body {
        Body::ApReq(asked) => Some(&asked.ticket),
        _ => None,
    });
    let ends = issued.chain(presented).map(|ticket| hex(&ticket.encrypted.cipher_end));
    let ends: Vec<String> = ends.collect();
    match ends.iter().find(|end| *end != cipher_end) {
        Some(other) => {
            Err(format!("keys were tried on a ticket that ends {cipher_end}, the wire has {other}"))
        }
        None if ends.is_empty() && !(cached && report.port == TLS) => {
            Err("keys were tried on a ticket, and none is on the wire".to_owned())
        }
        None => Ok(()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn as_exchange(report: &ClientReport, trace: &Trace) -> Result<(), String> {
    let user = report.principal.split('@').next();
    let asked = |body: &Body| matches!(body, Body::AsReq(asked) if asked.cname.as_deref() == user);
    let answers = answers(trace, asked);
    match (report.as_exchange.result.as_str(), report.as_exchange.code) {
        ("issued", _) if !answers.iter().any(|body| matches!(body, Body::AsRep(_))) => {
            Err("the client reports a TGT, and no AS-REP is on the wire".to_owned())
        }
        ("refused", Some(code)) => same_code("AS-REQ", code, &answers),
        ("not-reached" | "unreachable", _) => nothing("AS-REQ", &answers),
        _ => Ok(()),
    }
}

fn tgs_exchange(report: &ClientReport, cached: bool, trace: &Trace) -> Result<(), String> {
    let wanted = &report.requested_spn;
    let asked =
        |body: &Body| matches!(body, Body::TgsReq(asked) if asked.sname.as_ref() == Some(wanted));
    let answers = answers(trace, asked);
    match (report.tgs.result.as_str(), report.tgs.code) {
        ("issued", _) if cached && trace.messages.iter().any(|message| asked(&message.body)) => {
            Err(format!("the cache held a ticket for {wanted}, and the KDC was asked for one"))
        }
        ("issued", _) if cached => Ok(()),
        ("issued", _) => {
            let issued = answers.iter().filter_map(|body| match body {
                Body::TgsRep(reply) => Some(&reply.ticket),
                _ => None,
            });
            same_ticket(&report.tgs, issued, "issued")
        }
        ("refused", Some(code)) => same_code(&format!("TGS-REQ for {wanted}"), code, &answers),
        ("not-reached", _) => nothing(&format!("TGS-REQ for {wanted}"), &answers),
        _ => Ok(()),
    }
}

fn ap_exchange(report: &ClientReport, trace: &Trace) -> Result<(), String> {
    let result = report.ap.result.as_str();
    if result == "not-reached" {
        let address = report.http.local_address.as_deref();
        let client = address.and_then(|at| at.parse::<SocketAddr>().ok());
        let sent = client.into_iter().flat_map(|client| trace.on_connection(client));
        let presented: Vec<&Body> =
            sent.map(body).filter(|body| matches!(body, Body::ApReq(_))).collect();
        return match presented.last() {
            Some(body) => Err(format!("the client reports no AP-REQ, the wire has: {body}")),
            None => Ok(()),
        };
    }
    // Sealed by TLS: what is said there cannot be seen.
    if !matches!(result, "accepted" | "refused" | "refused-without-token") || report.port == TLS {
        return Ok(());
    }
    let address = report.http.local_address.as_deref().unwrap_or_default();
    let client: SocketAddr = address
        .parse()
        .map_err(|_| format!("the client reports its own address as \"{address}\""))?;
    let bodies: Vec<&Body> = trace.on_connection(client).map(|message| &message.body).collect();
    let presented = bodies.iter().filter_map(|body| match body {
        Body::ApReq(asked) => Some(&asked.ticket),
        _ => None,
    });
    same_ticket(&report.tgs, presented, "presented")?;
    let errors: Vec<i64> = bodies.iter().filter_map(|body| code(body)).collect();
    let proof = bodies.iter().any(|body| matches!(body, Body::ApRep { .. }));
    let same = match result {
        "accepted" => proof && errors.is_empty(),
        "refused" => errors.last().copied() == report.ap.code,
        _ => errors.is_empty(),
    };
    if same {
        return Ok(());
    }
    let proof = if proof { "an AP-REP" } else { "no AP-REP" };
    Err(format!(
        "the client reports {result} with code {:?}, the wire has {proof} and the codes {errors:?}",
        report.ap.code
    ))
}

/// What answered the requests of a kind.
fn answers(trace: &Trace, asked: impl Fn(&Body) -> bool) -> Vec<&Body> {
    let requests = trace.messages.iter().enumerate().filter(|(_, message)| asked(&message.body));
    requests.filter_map(|(index, _)| trace.answer_to(index)).map(body).collect()
}

fn body(message: &Message) -> &Body {
    &message.body
}

fn code(body: &Body) -> Option<i64> {
    match body {
        Body::KrbError(error) => Some(error.code.into()),
        _ => None,
    }
}

/// A stage that the client says it did not get to has no answer.
fn nothing(request: &str, answers: &[&Body]) -> Result<(), String> {
    match answers.last() {
        Some(body) => {
            Err(format!("the client reports no answer to its {request}, the wire has: {body}"))
        }
        None => Ok(()),
    }
}

/// The last answer must be a KRB-ERROR with this code.
fn same_code(request: &str, wanted: i64, answers: &[&Body]) -> Result<(), String> {
    match answers.last().map(|body| (code(body), body)) {
        Some((Some(seen), _)) if seen == wanted => Ok(()),
        Some((_, body)) => {
            Err(format!("the client reports {wanted} for its {request}, the wire has: {body}"))
        }
        None => Err(format!("the client reports {wanted} for its {request}, the wire has nothing")),
    }
}

/// One of these tickets, the last one, must be that of the report.
fn same_ticket<'a>(
    tgs: &Tgs,
    tickets: impl Iterator<Item = &'a Ticket>,
    how: &str,
) -> Result<(), String> {
    let Some(ticket) = tickets.last() else {
        return Err(format!("the client reports a ticket, and none was {how} on the wire"));
    };
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

#[cfg(test)]
#[path = "confirm_tests.rs"]
mod tests;
