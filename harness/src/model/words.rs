//! An outcome in words, and the difference of two outcomes: one sentence for each fact.

use super::outcome::{ApFact, KerberosOutcome, RemoteFact, TgsFact, TicketFact, WinrmFact};

impl KerberosOutcome {
    /// How it ended: the Kerberos code with its sender, or what else ended it.
    pub fn end(&self) -> String {
        match (&self.tgs, &self.ap) {
            (TgsFact::Refused(code) | TgsFact::NotReached(Some(code)), _) => {
                format!("{code} from the KDC")
            }
            (TgsFact::NotReached(None), _) => "no KDC answered".to_owned(),
            (_, ApFact::Refused { .. }) => match self.ap.answered() {
                Some(code) => format!("{code} from the endpoint"),
                None => "the endpoint refused the ticket without a KRB-ERROR".to_owned(),
            },
            (_, ApFact::Unanswered) => "the endpoint did not answer the ticket".to_owned(),
            (_, ApFact::NotReached) => "no ticket was presented".to_owned(),
            (_, ApFact::Accepted) if self.connected() => "connected".to_owned(),
            (_, ApFact::Accepted) => "Kerberos succeeded, and WinRM did not".to_owned(),
        }
    }

    /// What differs from the expected outcome, one sentence for each fact: first what Kerberos did,
    /// then what led to it, then what followed. Empty if nothing differs.
    pub fn differences(&self, expected: &Self) -> Vec<String> {
        let mut said = Said(Vec::new());
        match (&self.tgs, &expected.tgs) {
            (TgsFact::Issued(now), TgsFact::Issued(then)) => said.ticket(now, then),
            (now, then) => said.act("the KDC", &tgs(now), &tgs(then)),
        }
        said.act("the endpoint", &ap(&self.ap), &ap(&expected.ap));
        said.acceptor(&self.ap, &expected.ap);
        said.fact("the client connected to", &self.target, &expected.target);
        said.fact("the client asked for", &self.requested_spn, &expected.requested_spn);
        let held = format!("{} was held by", self.requested_spn);
        said.fact(&held, holders(self), holders(expected));
        let [now, then] = [self, expected].map(|one| &one.client_settings);
        said.fact(
            "spn_prefix was",
            prefix(now.spn_prefix.as_ref()),
            prefix(then.spn_prefix.as_ref()),
        );
        let port = |on| if on { "with its port" } else { "without its port" };
        let [now, then] = [now, then].map(|one| port(one.include_port_in_spn));
        said.fact("the client named the host", now, then);
        said.fact("a Windows client would report", status(self), status(expected));
        if status(self) == status(expected) {
            said.fact("Windows' text would be", text(self), text(expected));
        }
        let http = |one: &Self| one.http_status.map_or("none".to_owned(), |n| n.to_string());
        said.fact("the last HTTP status was", http(self), http(expected));
        said.act("WS-Management", &winrm(&self.winrm), &winrm(&expected.winrm));
        said.act("the remote command", &remote(self), &remote(expected));
        said.0
    }
}

/// The sentences.
#[derive(Debug)]
struct Said(Vec<String>);

impl Said {
    fn fact<T: AsRef<str>>(&mut self, subject: &str, now: T, then: T) {
        let (now, then) = (now.as_ref(), then.as_ref());
        if now != then {
            self.0.push(format!("{subject} {now}, expected {then}"));
        }
    }

    fn act(&mut self, who: &str, now: &[String; 2], then: &[String; 2]) {
        if now != then {
            self.0.push(format!("{who} {}, expected {}", now[0], then[1]));
        }
    }

    fn ticket(&mut self, now: &TicketFact, then: &TicketFact) {
        let sealed = |one: &TicketFact| match one.encrypted_with_key_of.as_slice() {
            [] => "no account that we know".to_owned(),
            names => names.join(" and "),
        };
        self.fact("the ticket was sealed for", sealed(now), sealed(then));
        self.fact("the ticket names", &now.sname, &then.sname);
        self.fact("the ticket is of", &now.realm, &then.realm);
        self.fact("the ticket has the etype", &now.etype, &then.etype);
        let kvno = |one: &TicketFact| one.kvno.map_or("none".to_owned(), |n| n.to_string());
        self.fact("the ticket has the kvno", kvno(now), kvno(then));
    }

    /// Two refusals with one code may differ in what is behind it.
    fn acceptor(&mut self, now: &ApFact, then: &ApFact) {
        let parts = |fact: &ApFact| match fact {
            ApFact::Refused { inside_tls, acceptor_said, .. } => {
                let way = if inside_tls.is_some() { "inside TLS" } else { "in clear" };
                let said = acceptor_said.as_ref().map_or("nothing".to_owned(), ToString::to_string);
                Some((way, said))
            }
            _ => None,
        };
        if let (Some((way, said)), Some((way_then, said_then))) = (parts(now), parts(then)) {
            self.fact("the endpoint answered", way, way_then);
            self.fact("the acceptor's own library said", said, said_then);
        }
    }
}

/// What the KDC did, and how it is called where it was expected.
fn tgs(fact: &TgsFact) -> [String; 2] {
    match fact {
        TgsFact::Issued(_) => ["issued a ticket", "a ticket"].map(str::to_owned),
        TgsFact::Refused(code) => [format!("answered {code}"), code.to_string()],
        TgsFact::NotReached(Some(code)) => {
            [format!("refused the logon with {code}"), format!("a logon refused with {code}")]
        }
        TgsFact::NotReached(None) => ["did not answer", "no answer"].map(str::to_owned),
    }
}

/// What the endpoint did, and how it is called where it was expected.
fn ap(fact: &ApFact) -> [String; 2] {
    match (fact, fact.answered()) {
        (_, Some(code)) => [format!("answered {code}"), code.to_string()],
        (ApFact::Accepted, _) => {
            ["accepted the ticket", "that it accepts the ticket"].map(str::to_owned)
        }
        (ApFact::Refused { .. }, _) => {
            ["refused the ticket without a KRB-ERROR", "a refusal without a KRB-ERROR"]
                .map(str::to_owned)
        }
        (ApFact::Unanswered, _) => ["did not answer the ticket", "no answer"].map(str::to_owned),
        (ApFact::NotReached, _) => ["got no ticket", "no ticket"].map(str::to_owned),
    }
}

fn holders(outcome: &KerberosOutcome) -> String {
    match outcome.holders.as_deref() {
        None => "unknown accounts: the directory did not answer".to_owned(),
        Some([]) => "nobody".to_owned(),
        Some(names) => names.join(" and "),
    }
}

fn prefix(value: Option<&String>) -> &str {
    value.map_or("not set", String::as_str)
}

fn status(outcome: &KerberosOutcome) -> &str {
    outcome.client_status.as_ref().map_or("success", |status| &status.would_report)
}

fn text(outcome: &KerberosOutcome) -> String {
    let status = outcome.client_status.as_ref();
    status.map_or_else(String::new, |one| {
        format!("\"{}\" ({})", one.message.trim(), one.fully_qualified_error_id)
    })
}

/// What WS-Management did, and how it is called where it was expected.
fn winrm(fact: &WinrmFact) -> [String; 2] {
    match fact {
        WinrmFact::Served => {
            ["served the request", "that it serves the request"].map(str::to_owned)
        }
        WinrmFact::Fault { code, text } => {
            let code = code.map_or_else(|| "without a code".to_owned(), |code| code.to_string());
            let fault =
                format!("the fault {code} {:?}", text.as_deref().unwrap_or_default().trim());
            [format!("answered with {fault}"), fault]
        }
        WinrmFact::NotReached => ["got no request", "no request"].map(str::to_owned),
    }
}

/// What the remote command did, and how it is called where it was expected.
fn remote(outcome: &KerberosOutcome) -> [String; 2] {
    match &outcome.remote {
        None => ["did not run", "that it does not run"].map(str::to_owned),
        Some(RemoteFact { exit_code, stdout, .. }) => [
            format!("ended with {exit_code} and printed {stdout:?}"),
            format!("exit status {exit_code} and {stdout:?}"),
        ],
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
