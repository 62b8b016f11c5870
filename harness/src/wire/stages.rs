//! The three exchanges of one attempt, read from the wire alone.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::message::{Body, KrbError, Message, Ticket};
use super::trace::Trace;
use crate::outcome::{KrbCode, TgsFact, TicketFact};

/// What an attempt asks for: its messages are found by this.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The user, without the realm.
    pub(crate) user: &'a str,
    /// The SPN.
    pub(crate) spn: &'a str,
    /// The client's end of the connection to the service, if there was one.
    pub(crate) client: Option<SocketAddr>,
    /// The connection is TLS: what is said there cannot be seen.
    pub(crate) sealed: bool,
    /// The ticket was in the cache before: the KDC is not asked for it.
    pub(crate) cached: bool,
}

/// How a KDC ended an exchange: its last answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KdcStage {
    /// It was not asked, or did not answer.
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
    /// It was shown no ticket.
    NotPresented,
    /// AP-REP and no KRB-ERROR.
    Accepted(Ticket),
    /// A ticket was presented; with the code of the last KRB-ERROR, if there was one.
    Refused {
        /// What was presented.
        ticket: Ticket,
        /// What came back.
        code: Option<KrbCode>,
        /// An AP-REP came back, too.
        proof: bool,
    },
    /// It cannot be seen.
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
    /// Reads them from the trace of the attempt.
    pub(crate) fn read(question: &Question<'_>, trace: &Trace) -> Self {
        Self {
            authentication: kdc(trace, |body| question.logs_on(body)),
            ticket: kdc(trace, |body| question.asks_for_ticket(body)),
            ap: ap(question, trace),
        }
    }

    /// What the KDC did, as an outcome has it; the accounts are those whose keys decrypt the ticket.
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

    /// The ticket of the service that was seen: what the KDC issued, or what was presented out of a
    /// cache.
    pub(crate) fn service_ticket(&self) -> Option<&Ticket> {
        match (&self.ticket, &self.ap) {
            (KdcStage::Issued(ticket), _)
            | (_, ApStage::Accepted(ticket) | ApStage::Refused { ticket, .. }) => Some(ticket),
            _ => None,
        }
    }
}

impl Question<'_> {
    /// Whether this asks the KDC for the ticket.
    pub(crate) fn asks_for_ticket(&self, body: &Body) -> bool {
        matches!(body, Body::TgsReq(asked) if asked.sname.as_deref() == Some(self.spn))
    }

    /// Whether this asks the KDC for the user's ticket-granting ticket.
    fn logs_on(&self, body: &Body) -> bool {
        matches!(body, Body::AsReq(asked) if asked.cname.as_deref() == Some(self.user))
    }

    /// Compares the client's principal with that of every ticket that the KDC gave it.
    ///
    /// # Errors
    /// A ticket is somebody else's.
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

    /// The KDC's last answer to a request for the ticket, if it was asked for one.
    pub(crate) fn kdc_answer<'t>(&self, trace: &'t Trace) -> Option<&'t Message> {
        answers(trace, |body| self.asks_for_ticket(body)).pop()
    }

    /// Compares the ticket whose cipher ends so, on which keys were tried, with those on the wire: what
    /// the KDC issued for the SPN and what was presented on the connection.
    ///
    /// # Errors
    /// Another ticket is on the wire, or none; only that of a cache over TLS cannot be seen.
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

fn ap(question: &Question<'_>, trace: &Trace) -> ApStage {
    if question.sealed {
        return ApStage::Sealed;
    }
    let Some(client) = question.client else { return ApStage::NotPresented };
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

/// What answered the requests of a kind.
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
