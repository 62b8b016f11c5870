//! One `Authorization` header: from the header to a context or a refusal, with its log line.

use super::account::owner;
use super::scheme::Scheme;
use super::windows_error_code::write_windows_error_code;
use crate::gss::{Context, Credential, GssError, Initiator, Step};
use crate::kerberos::pac::{self, LogonInfo};
use crate::kerberos::token::{self, InitialToken};
use crate::kerberos::{ErrorCode, Sid};
use crate::server::config::CbtHardeningLevel;
use crate::server::log::{self, Acceptor, Authentication, Event};
use std::net::SocketAddr;

/// The channel bindings of a port with TLS.
#[derive(Debug, Clone)]
pub(crate) struct ChannelBindings {
    /// The application data of GSSAPI's channel bindings.
    pub(crate) expected: Vec<u8>,
    pub(crate) level: CbtHardeningLevel,
}

/// A client with its established context.
#[derive(Debug)]
pub(crate) struct AuthenticatedClient {
    pub(crate) context: Context,
    pub(crate) principal: String,
    /// The owner of its shells: see [`owner`].
    pub(crate) owner: String,
    /// The groups in the ticket's PAC; none without a PAC.
    pub(crate) groups: Vec<Sid>,
    pub(crate) scheme: Scheme,
}

/// A context that needs another token (SPNEGO with another mechanism first).
#[derive(Debug)]
pub(crate) struct IncompleteContext {
    context: Context,
    scheme: Scheme,
}

/// The answer.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Established. The token belongs to the answer to this request.
    Accepted(AuthenticatedClient, Option<Vec<u8>>),
    /// 401 with the token.
    Incomplete(IncompleteContext, Vec<u8>),
    /// 401, with the token if there is one.
    Refused(Option<Vec<u8>>),
}

/// Takes one token. `bindings` is `None` without TLS.
pub(crate) fn accept(
    credential: &Credential,
    peer: SocketAddr,
    bindings: Option<&ChannelBindings>,
    incomplete: Option<IncompleteContext>,
    scheme: Scheme,
    token: &[u8],
) -> Outcome {
    let continued = incomplete.filter(|incomplete| incomplete.scheme == scheme);
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
    let mut context = continued.map_or_else(Context::default, |incomplete| incomplete.context);
    let level = bindings.map_or(CbtHardeningLevel::None, |bindings| bindings.level);
    let expected = bindings.filter(|_| level != CbtHardeningLevel::None);
    let expected = expected.map(|bindings| bindings.expected.as_slice());
    match context.accept(credential, expected, token) {
        Step::Complete(reply) => attempt.established(level, context, reply),
        Step::Continue(reply) => Outcome::Incomplete(IncompleteContext { context, scheme }, reply),
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
    fn established(
        &self,
        level: CbtHardeningLevel,
        context: Context,
        reply: Option<Vec<u8>>,
    ) -> Outcome {
        if level == CbtHardeningLevel::Strict && !context.is_channel_bound() {
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
        let logon_info = match logon_info(&initiator) {
            Ok(logon_info) => logon_info,
            Err(text) => {
                self.report("refused", None, Some(Acceptor { code: None, name: None, text }), None);
                return Outcome::Refused(None);
            }
        };
        self.report("accepted", Some(&principal), None, None);
        let owner = owner(&principal, logon_info.as_ref().map(|info| &info.user));
        let groups = logon_info.map(|info| info.groups).unwrap_or_default();
        let client = AuthenticatedClient { context, principal, owner, groups, scheme: self.scheme };
        Outcome::Accepted(client, reply)
    }

    fn refuse(&self, mut token: Option<Vec<u8>>, error: &GssError) -> Outcome {
        let codes = token.as_deref_mut().and_then(write_windows_error_code);
        // The token's code is exact. SPNEGO's layer may have renumbered the minor status.
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
        let event = Event::Authentication(Box::new(Authentication {
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
        }));
        // Every accepted client gets a line. The lines of refusals are limited.
        match client {
            Some(_) => log::write(&event),
            None => log::refused(self.peer.ip(), &event),
        }
    }
}

/// The client's identity in the ticket's PAC; `None` without a PAC. An error if it is damaged.
fn logon_info(initiator: &Initiator) -> Result<Option<LogonInfo>, String> {
    let info = initiator.logon_info().map_err(|error| error.text)?;
    let info = info.map(|info| pac::logon_info(&info)).transpose();
    info.map_err(|error| error.to_string())
}
