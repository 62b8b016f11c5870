//! Turns an attempt or a visit into a scene.
//!
//! Uses: messages, scene.

use spnlab_harness::{
    ApFact, Attempt, KrbCode, SpnInventory, TgsFact, WebVisit, WinrmFact, accounts,
};

use crate::messages::{Ap, Heard, message, numbered, seal};
use crate::scene::{Change, Door, DoorState, Key, Lookup, Part, Scene, Seen, TriedKey};

const WINRM: &str = "WinRM";
const WEB_SITE: &str = "web site";

impl Scene {
    /// The scene of a connection. `before` is who held which SPN at the attempt before.
    pub fn of_attempt(attempt: &Attempt, before: Option<&SpnInventory>) -> Self {
        let Attempt { outcome, report, .. } = attempt;
        let heard = Heard::new(&attempt.wire.trace, &outcome.requested_spn, attempt.cached);
        let not_sent = if report.http.local_address.is_some() {
            "the endpoint did not ask for it".to_owned()
        } else {
            format!("nothing answers on port {}", report.port)
        };
        let exchange = Ap {
            service: WINRM,
            port: report.port,
            sealed: report.is_inside_tls(),
            not_sent: &not_sent,
        };
        let mut messages = heard.logon(&report.principal, &outcome.tgs);
        messages.extend(heard.tickets(&outcome.tgs));
        messages.extend(exchange.messages(&outcome.tgs, &outcome.ap));
        if let WinrmFact::Fault { code, text } = &outcome.winrm {
            let name = match code {
                Some(code) => format!("WS-Management fault {code}"),
                None => "WS-Management fault".to_owned(),
            };
            let text = text.as_deref().unwrap_or_default().trim();
            let mut fault = message(Part::Mem1, Part::Client, &name, text, Seen::Sealed);
            fault.refuses = true;
            messages.push(fault);
        }
        let state = match (&outcome.ap, &outcome.winrm, &outcome.tgs) {
            (ApFact::Accepted, WinrmFact::Fault { .. }, _) => DoorState::RefusedInside,
            (ApFact::Accepted, ..) => DoorState::Opened,
            (ApFact::Refused { .. }, ..) => DoorState::Refused,
            (ApFact::Unanswered, ..) => DoorState::Silent,
            (ApFact::NotReached, _, TgsFact::Issued(_)) if report.http.local_address.is_none() => {
                DoorState::Shut
            }
            (ApFact::NotReached, ..) => DoorState::NotAsked,
        };
        let story = Story {
            service: WINRM,
            own: accounts::MEM1.name,
            user: &report.principal,
            spn: &outcome.requested_spn,
            holders: outcome.holders.as_deref(),
            tgs: &outcome.tgs,
            code: outcome.ap.answered(),
        };
        Self {
            title: typed(attempt),
            user: Some(report.principal.clone()),
            kdc: heard.kdc().to_owned(),
            messages: numbered(messages),
            lookup: heard.asked().then(|| lookup(&story, attempt.spns.as_ref(), before)),
            doors: doors(report.port, WINRM, state),
            sentence: story.sentence(state, fault(&outcome.winrm)),
            would_report: outcome.client_status.as_ref().map(|status| status.would_report.clone()),
            keys: keys(&attempt.keys_tried, &outcome.tgs),
        }
    }

    /// The scene of a visit to the web site.
    pub fn of_visit(visit: &WebVisit, before: Option<&SpnInventory>) -> Self {
        let host = visit.url.trim_start_matches("http://").trim_end_matches('/');
        let spn = format!("HTTP/{host}");
        let heard = Heard::new(&visit.wire.trace, &spn, false);
        let user = visit.user.clone().or_else(|| heard.user());
        let name = user.as_deref().unwrap_or("the user");
        let refused = visit.on_the_wire.is_some() || visit.site_said.is_some();
        let ap = match &visit.tgs {
            _ if visit.logged_in() => ApFact::Accepted,
            _ if refused => ApFact::Refused {
                on_the_wire: visit.on_the_wire.clone(),
                inside_tls: None,
                acceptor_said: None,
            },
            _ => ApFact::NotReached,
        };
        let not_sent = if visit.http_status == 0 {
            "nothing answers on port 80"
        } else {
            "the web site did not ask for it"
        };
        let exchange = Ap { service: "the web site", port: 80, sealed: false, not_sent };
        let mut messages = heard.logon(name, &visit.tgs);
        messages.extend(heard.tickets(&visit.tgs));
        messages.extend(exchange.messages(&visit.tgs, &ap));
        let state = match (&ap, &visit.tgs) {
            (ApFact::Accepted, _) => DoorState::Opened,
            (ApFact::Refused { .. }, _) => DoorState::Refused,
            (_, TgsFact::Issued(_)) if visit.http_status == 0 => DoorState::Shut,
            _ => DoorState::NotAsked,
        };
        let holders = visit.spns.as_ref().map(|spns| spns.holders(&spn));
        let story = Story {
            service: "The web site",
            own: accounts::SVC_WEB.name,
            user: name,
            spn: &spn,
            holders: holders.as_deref(),
            tgs: &visit.tgs,
            code: ap.answered(),
        };
        Self {
            title: format!("curl --negotiate --user : {}", visit.url),
            user: user.clone(),
            kdc: heard.kdc().to_owned(),
            messages: numbered(messages),
            lookup: heard.asked().then(|| lookup(&story, visit.spns.as_ref(), before)),
            doors: doors(5985, WEB_SITE, state),
            sentence: story.sentence(state, None),
            would_report: None,
            keys: keys(&visit.keys_tried, &visit.tgs),
        }
    }
}

/// What the sentence is made of.
#[derive(Debug)]
struct Story<'a> {
    service: &'static str,
    /// The account whose key the service has.
    own: &'static str,
    user: &'a str,
    spn: &'a str,
    holders: Option<&'a [String]>,
    tgs: &'a TgsFact,
    /// What the service answered.
    code: Option<&'a KrbCode>,
}

impl Story<'_> {
    fn sentence(&self, state: DoorState, fault: Option<&str>) -> String {
        let Self { service, own, user, spn, .. } = self;
        let behind = service.replacen("The", "the", 1);
        match self.tgs {
            TgsFact::NotReached(Some(code)) => {
                return format!("The KDC did not let {user} log on: {code}.");
            }
            TgsFact::NotReached(None) => {
                return "No KDC answered, so there is no ticket.".to_owned();
            }
            TgsFact::Refused(code) => return self.no_ticket(code),
            TgsFact::Issued(_) => {}
        }
        let sealed = seal(self.tgs).map(|key| key.account).unwrap_or_default();
        let ours = sealed.split(", ").any(|account| account == *own);
        match state {
            DoorState::Opened => format!("Seal and keyhole match. {service} let {user} in."),
            DoorState::RefusedInside => format!(
                "The ticket opened the door. Behind it, {behind} refused {user}: {}",
                fault.unwrap_or("a fault without a text.")
            ),
            DoorState::Refused if ours => {
                let code =
                    self.code.map_or_else(|| "401 without a token".into(), ToString::to_string);
                format!(
                    "The seal is {own}'s own. {service} refused the ticket nevertheless: {code}."
                )
            }
            DoorState::Refused => format!(
                "The ticket is genuine. It was carried to the wrong door: the key of {sealed} seals \
                 it, and {behind} has the key of {own}."
            ),
            DoorState::Silent => format!("{service} took the ticket and did not answer."),
            DoorState::Shut => {
                format!("The client has a ticket for {spn}. Nothing answers at the door.")
            }
            DoorState::NotAsked => {
                format!("The client has a ticket for {spn}. {service} did not ask for it.")
            }
        }
    }

    fn no_ticket(&self, code: &KrbCode) -> String {
        let spn = self.spn;
        match self.holders {
            Some([]) => format!("No account holds {spn}. The KDC gave no ticket: {code}."),
            Some([_, _, ..]) => {
                format!("Several accounts hold {spn}. The KDC gave no ticket: {code}.")
            }
            _ => format!("The KDC gave no ticket: {code}."),
        }
    }
}

fn lookup(story: &Story<'_>, spns: Option<&SpnInventory>, before: Option<&SpnInventory>) -> Lookup {
    let host = story.spn.split_once('/').map_or("", |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let stands_in = match (story.holders, story.tgs) {
        (Some([]), TgsFact::Issued(ticket)) => spns.and_then(|spns| {
            let mut holders = spns.holders(&format!("HOST/{host}")).into_iter();
            holders.find(|name| ticket.encrypted_with_key_of.contains(name))
        }),
        _ => None,
    };
    let changes = match (spns, before) {
        (Some(now), Some(before)) => now.difference(before),
        _ => Vec::new(),
    };
    let changes = changes.into_iter().map(|what| Change { what, by: None }).collect();
    Lookup {
        spn: story.spn.to_owned(),
        holders: story.holders.map(|names| names.iter().map(|name| Key::of(name)).collect()),
        host_of: stands_in.map(|name| Key::of(&name)),
        changes,
    }
}

/// The two doors; the state is that of the wanted one.
fn doors(winrm_port: u16, wanted: &str, state: DoorState) -> [Door; 2] {
    let door = |service, port, account| {
        let wanted = service == wanted;
        let state = if wanted { state } else { DoorState::NotAsked };
        Door { service, port, key: Key::of(account), wanted, state }
    };
    [door(WINRM, winrm_port, accounts::MEM1.name), door(WEB_SITE, 80, accounts::SVC_WEB.name)]
}

fn keys(tried: &[String], tgs: &TgsFact) -> Vec<TriedKey> {
    let opens = |name: &String| match tgs {
        TgsFact::Issued(ticket) => ticket.encrypted_with_key_of.contains(name),
        _ => false,
    };
    tried.iter().map(|name| TriedKey { key: Key::of(name), opens: opens(name) }).collect()
}

fn fault(winrm: &WinrmFact) -> Option<&str> {
    match winrm {
        WinrmFact::Fault { text, .. } => text.as_deref().map(str::trim),
        _ => None,
    }
}

/// What a user of Windows types for this connection.
fn typed(attempt: &Attempt) -> String {
    let outcome = &attempt.outcome;
    let ssl = if attempt.report.is_inside_tls() { " -UseSSL" } else { "" };
    let port = if outcome.client_settings.include_port_in_spn {
        " -SessionOption (New-PSSessionOption -IncludePortInSPN)"
    } else {
        ""
    };
    format!("Enter-PSSession -ComputerName {}{ssl}{port}", outcome.target)
}
