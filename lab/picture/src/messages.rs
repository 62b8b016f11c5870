//! The messages of a scene, from the trace and the outcome.
//!
//! Uses: scene.

use spnlab_harness::wire::{Body, Trace};
use spnlab_harness::{ApFact, KrbCode, TgsFact};

use crate::scene::{Key, Message, Part, Seen};

/// What the trace of an attempt has, for one SPN.
#[derive(Debug)]
pub(crate) struct Heard<'a> {
    trace: &'a Trace,
    spn: &'a str,
    /// The ticket was in the cache before.
    cached: bool,
}

impl<'a> Heard<'a> {
    pub(crate) fn new(trace: &'a Trace, spn: &'a str, cached: bool) -> Self {
        Self { trace, spn, cached }
    }

    fn any(&self, is: impl Fn(&Body) -> bool) -> bool {
        self.trace.messages.iter().any(|message| is(&message.body))
    }

    /// Whether the client asked the KDC for the ticket.
    pub(crate) fn asked(&self) -> bool {
        self.any(
            |body| matches!(body, Body::TgsReq(asked) if asked.sname.as_deref() == Some(self.spn)),
        )
    }

    /// The user who logs on.
    pub(crate) fn user(&self) -> Option<String> {
        self.trace.messages.iter().find_map(|message| match &message.body {
            Body::AsReq(asked) => Some(format!("{}@{}", asked.cname.as_ref()?, asked.realm)),
            _ => None,
        })
    }

    /// The domain controller that the client asked.
    pub(crate) fn kdc(&self) -> &'static str {
        let to_dc2 = |host: &str| host.to_ascii_lowercase().starts_with("dc2.");
        let dc2 = self.trace.messages.iter().any(|m| m.to.host.as_deref().is_some_and(to_dc2));
        if dc2 { "DC2" } else { "DC1" }
    }

    /// The AS exchange.
    pub(crate) fn logon(&self, user: &str, tgs: &TgsFact) -> Vec<Message> {
        let asked = self.any(|body| matches!(body, Body::AsReq(_)));
        let answered = self.any(|body| matches!(body, Body::AsRep(_)));
        let request = |fact: String| message(Part::Client, Part::Dc, "AS-REQ", fact, seen(asked));
        let reply = |fact: &str, seen| message(Part::Dc, Part::Client, "AS-REP", fact, seen);
        match tgs {
            TgsFact::NotReached(Some(code)) if !answered => {
                vec![
                    request(format!("{user} logs on")),
                    refusal(Part::Dc, code, "the KDC gives no TGT"),
                ]
            }
            _ if answered => {
                let reply = reply("a TGT", Seen::OnTheWire);
                vec![request(format!("{user} logs on")), reply]
            }
            _ if asked => {
                vec![request(format!("{user} logs on")), reply("no KDC answered", Seen::Nowhere)]
            }
            _ => {
                let why =
                    if self.cached { "the TGT was in the cache" } else { "no KDC was reached" };
                vec![request(format!("not sent: {why}")), reply("not sent", Seen::Nowhere)]
            }
        }
    }

    /// The TGS exchange.
    pub(crate) fn tickets(&self, tgs: &TgsFact) -> Vec<Message> {
        let asked = self.asked();
        let request = |fact: String| message(Part::Client, Part::Dc, "TGS-REQ", fact, seen(asked));
        let reply = |fact: String, seen| message(Part::Dc, Part::Client, "TGS-REP", fact, seen);
        let wanted = format!("a ticket for {}", self.spn);
        match tgs {
            TgsFact::Issued(ticket) if asked => {
                let fact = match ticket.kvno {
                    Some(kvno) => format!("{}, kvno {kvno}", ticket.etype),
                    None => ticket.etype.clone(),
                };
                let reply = reply(fact, Seen::OnTheWire);
                vec![request(wanted), Message { ticket: seal(tgs), ..reply }]
            }
            TgsFact::Issued(_) => vec![
                request("not sent: the ticket was in the cache".to_owned()),
                reply("not sent".to_owned(), Seen::Nowhere),
            ],
            TgsFact::Refused(code) => {
                vec![request(wanted), refusal(Part::Dc, code, "the KDC gives no ticket")]
            }
            TgsFact::NotReached(_) if asked => {
                vec![request(wanted), reply("no KDC answered".to_owned(), Seen::Nowhere)]
            }
            TgsFact::NotReached(_) => {
                vec![request("not sent: the client has no TGT".to_owned())]
            }
        }
    }
}

/// The AP exchange with one service.
#[derive(Debug)]
pub(crate) struct Ap<'a> {
    /// The service that opens the ticket.
    pub(crate) service: &'static str,
    pub(crate) port: u16,
    pub(crate) sealed: bool,
    /// Why no ticket was presented, if there was one.
    pub(crate) not_sent: &'a str,
}

impl Ap<'_> {
    /// The messages.
    pub(crate) fn messages(&self, tgs: &TgsFact, ap: &ApFact) -> Vec<Message> {
        let seen = if self.sealed { Seen::InsideTls } else { Seen::OnTheWire };
        let fact = format!("in the Authorization header, port {}", self.port);
        let sent = Message {
            ticket: seal(tgs),
            ..message(Part::Client, Part::Mem1, "AP-REQ", fact, seen)
        };
        let back =
            |name: &str, fact: String, seen| message(Part::Mem1, Part::Client, name, fact, seen);
        match ap {
            ApFact::Accepted => {
                let fact = format!("{} opened the ticket", self.service);
                vec![sent, back("AP-REP", fact, seen)]
            }
            ApFact::Refused { on_the_wire, inside_tls, .. } => {
                let answer = match on_the_wire.as_ref().or(inside_tls.as_ref()) {
                    Some(code) => refusal(Part::Mem1, code, "KRB-ERROR in the token of the 401"),
                    None => Message {
                        refuses: true,
                        ..back("401", "without a token".to_owned(), Seen::OnTheWire)
                    },
                };
                vec![sent, Message { seen, ..answer }]
            }
            ApFact::Unanswered => {
                vec![sent, back("AP-REP", "nothing came back".to_owned(), Seen::Nowhere)]
            }
            ApFact::NotReached => {
                let issued = matches!(tgs, TgsFact::Issued(_));
                let why = if issued { self.not_sent } else { "the client has no ticket" };
                let fact = format!("not sent: {why}");
                vec![message(Part::Client, Part::Mem1, "AP-REQ", fact, Seen::Nowhere)]
            }
        }
    }
}

/// The key that seals the ticket: proven by the trial of keys.
pub(crate) fn seal(tgs: &TgsFact) -> Option<Key> {
    let TgsFact::Issued(ticket) = tgs else { return None };
    let mut whose = ticket.encrypted_with_key_of.iter().map(|name| Key::of(name));
    let first = whose.next()?;
    let all = ticket.encrypted_with_key_of.join(", ");
    Some(Key { account: all, ..first })
}

/// Numbers the messages that were sent.
pub(crate) fn numbered(mut messages: Vec<Message>) -> Vec<Message> {
    let sent = messages.iter_mut().filter(|message| message.seen != Seen::Nowhere);
    for (index, message) in sent.enumerate() {
        message.number = Some(index + 1);
    }
    messages
}

fn seen(on_the_wire: bool) -> Seen {
    if on_the_wire { Seen::OnTheWire } else { Seen::Nowhere }
}

fn refusal(from: Part, code: &KrbCode, fact: &str) -> Message {
    let answer = message(from, Part::Client, &code.to_string(), fact, Seen::OnTheWire);
    Message { refuses: true, ..answer }
}

pub(crate) fn message(
    from: Part,
    to: Part,
    name: &str,
    fact: impl Into<String>,
    seen: Seen,
) -> Message {
    let (name, fact) = (name.to_owned(), fact.into());
    Message { number: None, from, to, name, fact, seen, refuses: false, ticket: None }
}
