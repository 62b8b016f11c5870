//! One `Authorization` header: from the header to a context or a refusal, with its log line.

use super::log::{self, Acceptor, Authentication, Event};
use super::refusal;
use crate::gss::{Context, Credential, GssError, Step};
use crate::krb5::ErrorCode;
use crate::multipart::Label;
use crate::token::{self, InitialToken};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::net::SocketAddr;

/// The two HTTP schemes that carry Kerberos tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Negotiate,
    Kerberos,
}

impl Scheme {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Negotiate => "Negotiate",
            Self::Kerberos => "Kerberos",
        }
    }

    /// The label that messages of this scheme carry.
    pub(crate) fn label(self) -> Label {
        match self {
            Self::Negotiate => Label::Spnego,
            Self::Kerberos => Label::Kerberos,
        }
    }

    /// Reads a header value; `None` for other schemes and damaged tokens.
    pub(crate) fn read(value: &str) -> Option<(Self, Vec<u8>)> {
        let (name, token) = value.trim().split_once(' ')?;
        let scheme = [Self::Negotiate, Self::Kerberos]
            .into_iter()
            .find(|scheme| scheme.name().eq_ignore_ascii_case(name))?;
        Some((scheme, BASE64_STANDARD.decode(token.trim()).ok()?))
    }
}

/// An established context.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) context: Context,
    pub(crate) principal: String,
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
    pending: Option<Pending>,
    scheme: Scheme,
    token: &[u8],
) -> Outcome {
    let continued = pending.filter(|pending| pending.scheme == scheme);
    let facts = match (&continued, token::initial(token)) {
        (None, Err(error)) => {
            let acceptor = Acceptor { code: None, name: None, text: error.to_string() };
            report(peer, scheme, None, "refused", None, Some(acceptor), None);
            return Outcome::Refused(None);
        }
        (_, initial) => initial.ok(),
    };
    let mut context = continued.map_or_else(Context::default, |pending| pending.context);
    match context.accept(credential, token) {
        Step::Complete(reply) => match context.client() {
            Ok(principal) => {
                report(peer, scheme, facts.as_ref(), "accepted", Some(&principal), None, None);
                Outcome::Accepted(Session { context, principal, scheme }, reply)
            }
            Err(error) => refuse(peer, scheme, facts.as_ref(), None, &error),
        },
        Step::Continue(reply) => Outcome::More(Pending { context, scheme }, reply),
        Step::Failed(reply, error) => refuse(peer, scheme, facts.as_ref(), reply, &error),
    }
}

fn refuse(
    peer: SocketAddr,
    scheme: Scheme,
    facts: Option<&InitialToken>,
    mut token: Option<Vec<u8>>,
    error: &GssError,
) -> Outcome {
    let codes = token.as_deref_mut().and_then(refusal::imitate_windows);
    // The token's code is exact; the minor status may have been renumbered by SPNEGO's layer.
    let own = codes.map(|codes| codes.own).or_else(|| error.code().map(ErrorCode::new));
    let acceptor = Acceptor {
        code: own.map(|own| own.code),
        name: own.map(|own| own.name),
        text: error.text.clone(),
    };
    report(peer, scheme, facts, "refused", None, Some(acceptor), codes.map(|codes| codes.sent));
    Outcome::Refused(token)
}

fn report(
    peer: SocketAddr,
    scheme: Scheme,
    facts: Option<&InitialToken>,
    result: &'static str,
    client: Option<&str>,
    acceptor: Option<Acceptor>,
    sent: Option<ErrorCode>,
) {
    let ticket = facts.and_then(|facts| facts.ticket.as_ref());
    log::write(&Event::Authentication(Box::new(Authentication {
        peer: peer.to_string(),
        scheme: scheme.name(),
        mechanism: facts.map(|facts| facts.mechanism.name()),
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
