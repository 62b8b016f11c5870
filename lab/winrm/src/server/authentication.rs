//! One `Authorization` header: from the header to a context or a refusal, with its log line.

use super::config::ChannelBinding;
use super::connection::Channel;
use super::log::{self, Acceptor, Authentication, Event};
use super::refusal;
use super::scheme::Scheme;
use crate::gss::{Context, Credential, GssError, Initiator, Step};
use crate::krb5::ErrorCode;
use crate::pac;
use crate::sid::Sid;
use crate::token::{self, InitialToken};
use std::net::SocketAddr;

/// An established context.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) context: Context,
    pub(crate) principal: String,
    /// The groups in the ticket's PAC; none without a PAC.
    pub(crate) groups: Vec<Sid>,
    pub(crate) scheme: Scheme,
}

/// A context that waits for another token (SPNEGO with another mechanism first).
#[derive(Debug)]
pub(crate) struct Pending {
    context: Context,
    scheme: Scheme,
}

/// What to answer.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Established; the token belongs on the answer to this request.
    Accepted(Session, Option<Vec<u8>>),
    /// 401 with the token.
    More(Pending, Vec<u8>),
    /// 401, with the token if there is one.
    Refused(Option<Vec<u8>>),
}

/// Takes one token.
pub(crate) fn accept(
    credential: &Credential,
    peer: SocketAddr,
    channel: &Channel,
    pending: Option<Pending>,
    scheme: Scheme,
    token: &[u8],
) -> Outcome {
    let continued = pending.filter(|pending| pending.scheme == scheme);
    let facts = match (&continued, token::initial(token)) {
        (None, Err(error)) => {
            let acceptor = Acceptor { code: None, name: None, text: error.to_string() };
            let attempt = Attempt { peer, scheme, facts: None };
            attempt.report("refused", None, Some(acceptor), None);
            return Outcome::Refused(None);
        }
        (_, initial) => initial.ok(),
    };
    let attempt = Attempt { peer, scheme, facts: facts.as_ref() };
    let mut context = continued.map_or_else(Context::default, |pending| pending.context);
    let bindings = match channel {
        Channel::Tls { bindings, expected: ChannelBinding::Relaxed | ChannelBinding::Strict } => {
            Some(bindings.as_slice())
        }
        _ => None,
    };
    match context.accept(credential, bindings, token) {
        Step::Complete(reply) => attempt.established(channel, context, reply),
        Step::Continue(reply) => Outcome::More(Pending { context, scheme }, reply),
        Step::Failed(reply, error) => attempt.refuse(reply, &error),
    }
}

/// One AP-REQ, for the log.
struct Attempt<'a> {
    peer: SocketAddr,
    scheme: Scheme,
    facts: Option<&'a InitialToken>,
}

impl Attempt<'_> {
    fn established(&self, channel: &Channel, context: Context, reply: Option<Vec<u8>>) -> Outcome {
        let strict = matches!(channel, Channel::Tls { expected: ChannelBinding::Strict, .. });
        if strict && !context.is_channel_bound() {
            let text = "the client sent no channel bindings, and the listener demands them";
            let acceptor = Acceptor { code: None, name: None, text: text.to_owned() };
            self.report("refused", None, Some(acceptor), None);
            return Outcome::Refused(None);
        }
        let initiator = context.initiator();
        let (initiator, principal) = match initiator.and_then(|one| Ok((one.principal()?, one))) {
            Ok((principal, initiator)) => (initiator, principal),
            Err(error) => return self.refuse(None, &error),
        };
        let groups = match groups(&initiator) {
            Ok(groups) => groups,
            Err(text) => {
                self.report("refused", None, Some(Acceptor { code: None, name: None, text }), None);
                return Outcome::Refused(None);
            }
        };
        self.report("accepted", Some(&principal), None, None);
        Outcome::Accepted(Session { context, principal, groups, scheme: self.scheme }, reply)
    }

    fn refuse(&self, mut token: Option<Vec<u8>>, error: &GssError) -> Outcome {
        let codes = token.as_deref_mut().and_then(refusal::imitate_windows);
        // The token's code is exact; the minor status may have been renumbered by SPNEGO's layer.
        let own = codes.map(|codes| codes.own).or_else(|| error.code().map(ErrorCode::new));
        let acceptor = Acceptor {
            code: own.map(|own| own.code),
            name: own.map(|own| own.name),
            text: error.text.clone(),
        };
        self.report("refused", None, Some(acceptor), codes.map(|codes| codes.sent));
        Outcome::Refused(token)
    }

    fn report(
        &self,
        result: &'static str,
        client: Option<&str>,
        acceptor: Option<Acceptor>,
        sent: Option<ErrorCode>,
    ) {
        let ticket = self.facts.and_then(|facts| facts.ticket.as_ref());
        log::write(&Event::Authentication(Box::new(Authentication {
            peer: self.peer.to_string(),
            scheme: self.scheme.name(),
            mechanism: self.facts.map(|facts| facts.mechanism.name()),
            sname: ticket.map(|ticket| ticket.sname.as_str()),
            ticket_realm: ticket.map(|ticket| ticket.realm.as_str()),
            etype: ticket.map(|ticket| ticket.etype),
            kvno: ticket.and_then(|ticket| ticket.kvno),
            result,
            client,
            acceptor,
            sent,
        })));
    }
}

/// The groups in the ticket's PAC, if it has one; an error if it is damaged.
fn groups(initiator: &Initiator) -> Result<Vec<Sid>, String> {
    match initiator.logon_info() {
        Ok(None) => Ok(Vec::new()),
        Ok(Some(info)) => match pac::logon_info(&info) {
            Ok(info) => Ok(info.groups),
            Err(error) => Err(error.to_string()),
        },
        Err(error) => Err(error.text),
    }
}
