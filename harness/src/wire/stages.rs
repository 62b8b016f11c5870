//! The three exchanges of one attempt, read from the wire alone.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::message::{Body, KrbError, Message, Ticket};
use super::trace::Trace;
use crate::model::{KrbCode, TgsFact, TicketFact};

/// What a connection asks for. It identifies the connection's messages in a trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionKey<'a> {
    /// The user, without the realm.
    pub(crate) user: &'a str,
    /// The SPN.
    pub(crate) spn: &'a str,
    /// The client's end of the connection to the service, if there was one.
    pub(crate) client: Option<SocketAddr>,
    /// The connection is TLS, so a capture does not show its messages.
    pub(crate) sealed: bool,
    /// The ticket was in the cache before, so the client does not ask the KDC for it.
    pub(crate) cached: bool,
}

/// How a KDC ended an exchange: its last answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KdcStage {
    /// The client did not ask it, or it did not answer.
    Unanswered,
    /// AS-REP or TGS-REP.
    Issued(Ticket),
    /// KRB-ERROR.
    Refused(KrbCode, String),
    /// Something else.
    Unreadable(String),
}

/// How the service ended the AP exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApStage {
    /// Nobody presented a ticket to it.
    NotPresented,
    /// AP-REP and no KRB-ERROR.
    Accepted(Ticket),
    /// A ticket was presented; with the code of the last KRB-ERROR, if there was one.
    Refused {
        /// What was presented.
        ticket: Ticket,
        /// What came back.
        code: Option<KrbCode>,
        /// An AP-REP came back too.
        proof: bool,
    },
    /// TLS hides it.
    Sealed,
}

/// The three exchanges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stages {
    /// For the ticket-granting ticket.
    pub(crate) authentication: KdcStage,
    /// For the ticket of the service.
    pub(crate) ticket: KdcStage,
    /// With the service.
    pub(crate) ap: ApStage,
}

impl Stages {
    /// Reads the exchanges from the trace of the attempt.
    pub(crate) fn read(key: &ConnectionKey<'_>, trace: &Trace) -> Self {
        Self {
            authentication: kdc(trace, |body| key.logs_on(body)),
            ticket: kdc(trace, |body| key.asks_for_ticket(body)),
            ap: ap(key, trace),
        }
    }

    /// What the KDC did, in the outcome's form. `whose` are the accounts whose keys decrypt the
    /// ticket.
    pub(crate) fn tgs(&self, whose: Vec<String>) -> TgsFact {
        match (&self.ticket, self.service_ticket(), &self.authentication) {
            (KdcStage::Refused(code, _), ..) => TgsFact::Refused(code.clone()),
            (_, Some(ticket), _) => TgsFact::Issued(TicketFact {
                sname: ticket.sname.clone(),
                realm: ticket.realm.clone(),
                etype: ticket.encrypted.etype_name(),
                kvno: ticket.encrypted.kvno.map(i64::from),
                encrypted_with_key_of: whose,
            }),
            (.., KdcStage::Refused(code, _)) => TgsFact::NotReached(Some(code.clone())),
            _ => TgsFact::NotReached(None),
        }
    }

    /// The service ticket on the wire: issued by the KDC, or presented out of a cache.
    pub(crate) fn service_ticket(&self) -> Option<&Ticket> {
        match (&self.ticket, &self.ap) {
            (KdcStage::Issued(ticket), _)
            | (_, ApStage::Accepted(ticket) | ApStage::Refused { ticket, .. }) => Some(ticket),
            _ => None,
        }
    }
}

impl ConnectionKey<'_> {
    /// Whether this message asks the KDC for the ticket.
    pub(crate) fn asks_for_ticket(&self, body: &Body) -> bool {
        matches!(body, Body::TgsReq(asked) if asked.sname.as_deref() == Some(self.spn))
    }

    /// Whether this message asks the KDC for the user's ticket-granting ticket.
    fn logs_on(&self, body: &Body) -> bool {
        matches!(body, Body::AsReq(asked) if asked.cname.as_deref() == Some(self.user))
    }

    /// Compares the client's principal with the principal in every ticket that the KDC gave it.
    ///
    /// # Errors
    /// A ticket has another principal.
    pub(crate) fn same_client(&self, trace: &Trace, principal: &str) -> Result<(), String> {
        let answers = answers(trace, |body| self.logs_on(body) || self.asks_for_ticket(body));
        let names = answers.into_iter().filter_map(|answer| match &answer.body {
            Body::AsRep(reply) | Body::TgsRep(reply) => {
                Some(format!("{}@{}", reply.cname, reply.crealm))
            }
            _ => None,
        });
        match names.into_iter().find(|name| name != principal) {
            Some(other) => {
                Err(format!("the client is {principal}, and the KDC gave {other} a ticket"))
            }
            None => Ok(()),
        }
    }

    /// The KDC's last answer to a request for the ticket, if there was such a request.
    pub(crate) fn kdc_answer<'t>(&self, trace: &'t Trace) -> Option<&'t Message> {
        answers(trace, |body| self.asks_for_ticket(body)).pop()
    }

    /// Compares the ticket on which keys were tried, whose cipher ends with `cipher_end`, with the
    /// tickets on the wire: those that the KDC issued for the SPN, and those presented on the
    /// connection.
    ///
    /// # Errors
    /// The wire has another ticket, or none. Without an error, only a cached ticket over TLS may be
    /// missing, because the wire cannot show it.
    pub(crate) fn same_cipher(&self, trace: &Trace, cipher_end: &str) -> Result<(), String> {
        let issued = answers(trace, |body| self.asks_for_ticket(body)).into_iter();
        let issued = issued.filter_map(|answer| match &answer.body {
            Body::TgsRep(reply) => Some(&reply.ticket),
            _ => None,
        });
        let connection = self.client.into_iter().flat_map(|client| trace.on_connection(client));
        let presented = connection.filter_map(|message| presented(&message.body));
        let ends: Vec<String> =
            issued.chain(presented).map(|ticket| hex(&ticket.encrypted.cipher_end)).collect();
        match ends.iter().find(|end| *end != cipher_end) {
            Some(other) => Err(format!(
                "keys were tried on a ticket that ends {cipher_end}, the wire has {other}"
            )),
            None if ends.is_empty() && !(self.cached && self.sealed) => {
                Err("keys were tried on a ticket, and none is on the wire".to_owned())
            }
            None => Ok(()),
        }
    }
}

fn kdc(trace: &Trace, asked: impl Fn(&Body) -> bool) -> KdcStage {
    match answers(trace, asked).last().map(|answer| &answer.body) {
        None => KdcStage::Unanswered,
        Some(Body::AsRep(reply) | Body::TgsRep(reply)) => KdcStage::Issued(reply.ticket.clone()),
        Some(body @ Body::KrbError(error)) => KdcStage::Refused(error.into(), body.to_string()),
        Some(other) => KdcStage::Unreadable(other.to_string()),
    }
}

fn ap(key: &ConnectionKey<'_>, trace: &Trace) -> ApStage {
    if key.sealed {
        return ApStage::Sealed;
    }
    let Some(client) = key.client else { return ApStage::NotPresented };
    let bodies: Vec<&Body> = trace.on_connection(client).map(|message| &message.body).collect();
    let Some(ticket) = bodies.iter().rev().find_map(|body| presented(body)).cloned() else {
        return ApStage::NotPresented;
    };
    let proof = bodies.iter().any(|body| matches!(body, Body::ApRep { .. }));
    let code = bodies.iter().rev().find_map(|body| match body {
        Body::KrbError(error) => Some(KrbCode::from(error)),
        _ => None,
    });
    if proof && code.is_none() {
        return ApStage::Accepted(ticket);
    }
    ApStage::Refused { ticket, code, proof }
}

fn presented(body: &Body) -> Option<&Ticket> {
    match body {
        Body::ApReq(asked) => Some(&asked.ticket),
        _ => None,
    }
}

/// The answers to the requests of one kind.
fn answers(trace: &Trace, asked: impl Fn(&Body) -> bool) -> Vec<&Message> {
    let requests = trace.messages.iter().enumerate().filter(|(_, message)| asked(&message.body));
    requests.filter_map(|(index, _)| trace.answer_to(index)).collect()
}

impl From<&KrbError> for KrbCode {
    fn from(error: &KrbError) -> Self {
        Self { name: error.name.clone(), code: error.code.into() }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[path = "stages_tests.rs"]
mod tests;
