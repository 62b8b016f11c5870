//! What Windows would write into its event logs about what the judge observed.
//!
//! None of this comes from a Windows machine. An event is rendered only if its facts were observed.
//! A field without an observed fact is left out or empty.

mod text;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::WinrmRegistration;
use crate::model::ports::KDC;
use crate::model::{
    ApFact, ClientReport, KerberosOutcome, KrbCode, TgsFact, TicketFact, accounts, hosts,
};
use crate::wire::{Body, ConnectionKey, KrbError, Time, Trace};

/// The code that leads to event 4 (RFC 4120 section 7.5.9).
const KRB_AP_ERR_MODIFIED: i64 = 41;

/// The heading above every list of these events.
const HEADING: &str =
    "what Windows would log (rendered from what was observed here, not read from Windows)";

/// The source of an event's wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wording {
    /// Microsoft documents it.
    Documented,
    /// Microsoft documents the names of the fields. The layout of a viewer is left out.
    DocumentedFields,
    /// Others have published it.
    Transcript,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowsEvent {
    /// The host with this log.
    pub computer: Cow<'static, str>,
    /// The log.
    pub log: Cow<'static, str>,
    /// The event's source.
    pub source: Cow<'static, str>,
    /// The event's number.
    pub id: u32,
    /// What must be switched on for it; `None` if nothing.
    pub only_with: Option<Cow<'static, str>>,
    /// Where the wording comes from.
    pub wording: Wording,
    /// The text.
    pub text: String,
}

impl std::fmt::Display for WindowsEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { computer, log, source, id, .. } = self;
        write!(f, "event {id} of {source} in the log {log} of {computer}")?;
        if let Some(switch) = &self.only_with {
            write!(f, ", only with {switch}")?;
        }
        writeln!(f)?;
        self.text.lines().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// Events below their heading; an empty text if there are none.
pub fn list_events(events: &[WindowsEvent]) -> String {
    if events.is_empty() {
        return String::new();
    }
    let texts = events.iter().map(|event| format!("\n{event}"));
    format!("{HEADING}\n{}", texts.collect::<String>())
}

/// What an attempt's trace says about the facts of events.
#[derive(Debug, Clone, Copy, Default)]
struct Seen<'a> {
    /// When the KDC answered the request for the ticket.
    asked: Option<Time>,
    /// The KRB-ERROR that ended the attempt, and when.
    error: Option<(Time, &'a KrbError)>,
}

/// The events of one attempt in the order of their packets. Events of one packet, and those that
/// TLS hides, are in the order in which Windows would write them.
pub(crate) fn of_attempt(
    outcome: &KerberosOutcome,
    report: &ClientReport,
    key: &ConnectionKey<'_>,
    trace: &Trace,
) -> Vec<WindowsEvent> {
    let seen = Seen {
        asked: key.kdc_answer(trace).map(|answer| answer.time),
        error: deciding(outcome).and_then(|code| on_the_wire(code, trace)),
    };
    let mut events = render(outcome, report, seen);
    if answered_by_dc2(trace) {
        for event in events.iter_mut().filter(|event| event.computer == hosts::DC1.fqdn) {
            event.computer = hosts::DC2.fqdn.into();
        }
    }
    events
}

/// Whether the last answer of a KDC came from the second domain controller.
fn answered_by_dc2(trace: &Trace) -> bool {
    let mut answers = trace.messages.iter().filter(|message| message.from.address.port() == KDC);
    let host = answers.next_back().and_then(|message| message.from.host.as_deref());
    host.is_some_and(|host| host.eq_ignore_ascii_case(hosts::DC2.fqdn))
}

fn render(outcome: &KerberosOutcome, report: &ClientReport, seen: Seen<'_>) -> Vec<WindowsEvent> {
    // The KDC writes no event about a ticket from a cache.
    let of_kdc = seen.asked.map(|time| {
        let ticket = match &outcome.tgs {
            TgsFact::Issued(ticket) => ticket_requested(report, ticket),
            TgsFact::Refused(code) => Some(ticket_refused(report, code)),
            TgsFact::NotReached(_) => None,
        };
        [(time, duplicate(outcome)), (time, ticket)]
    });
    let of_client = [
        seen.error.map(|(time, error)| (time, Some(error_received(outcome, error)))),
        Some((seen.error.map_or(Time::MAX, |(time, _)| time), modified(outcome, report))),
    ];
    let all = of_kdc.into_iter().flatten().chain(of_client.into_iter().flatten());
    let mut events: Vec<_> = all.filter_map(|(time, event)| Some((time, event?))).collect();
    events.sort_by_key(|(time, _)| *time);
    events.into_iter().map(|(_, event)| event).collect()
}

/// The code that ended the attempt.
fn deciding(outcome: &KerberosOutcome) -> Option<&KrbCode> {
    match (&outcome.tgs, &outcome.ap) {
        (_, ApFact::Refused { on_the_wire, .. }) => on_the_wire.as_ref(),
        (TgsFact::Refused(code), _) => Some(code),
        (TgsFact::NotReached(code), _) => code.as_ref(),
        (TgsFact::Issued(_), _) => None,
    }
}

/// The last KRB-ERROR with this code, and when it was seen; `None` if TLS hides it.
fn on_the_wire<'a>(code: &KrbCode, trace: &'a Trace) -> Option<(Time, &'a KrbError)> {
    let mut errors = trace.messages.iter().rev().filter_map(|message| match &message.body {
        Body::KrbError(error) => Some((message.time, error)),
        _ => None,
    });
    errors.find(|(_, error)| i64::from(error.code) == code.code)
}

const KERBEROS: &str = "Microsoft-Windows-Security-Kerberos";

fn modified(outcome: &KerberosOutcome, report: &ClientReport) -> Option<WindowsEvent> {
    if outcome.ap.answered()?.code != KRB_AP_ERR_MODIFIED {
        return None;
    }
    let TgsFact::Issued(ticket) = &outcome.tgs else { return None };
    // Windows names the account whose keys the service has. MIT's KRB-ERROR repeats the SPN.
    let server = accounts::MEM1.name.to_lowercase();
    let client_realm = report.principal.split_once('@')?.1;
    let text = text::modified(&server, &ticket.realm, &outcome.requested_spn, client_realm);
    Some(on_client(4, None, text))
}

fn error_received(outcome: &KerberosOutcome, error: &KrbError) -> WindowsEvent {
    let target = match outcome.tgs {
        TgsFact::NotReached(_) => &error.sname,
        _ => &outcome.requested_spn,
    };
    let switch = r"LogLevel=1 below HKLM\SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters";
    on_client(3, Some(switch), text::error_received(error, target))
}

fn on_client(id: u32, only_with: Option<&'static str>, text: String) -> WindowsEvent {
    WindowsEvent {
        computer: hosts::CLIENT.fqdn.into(),
        log: "System".into(),
        source: KERBEROS.into(),
        id,
        only_with: only_with.map(Cow::Borrowed),
        wording: Wording::Documented,
        text,
    }
}

/// The KDC knows no such name, and several accounts hold it.
fn duplicate(outcome: &KerberosOutcome) -> Option<WindowsEvent> {
    let TgsFact::Refused(KrbCode { code: 7 | 8, .. }) = &outcome.tgs else { return None };
    if outcome.holders.as_ref()?.len() < 2 {
        return None;
    }
    Some(WindowsEvent {
        computer: hosts::DC1.fqdn.into(),
        log: "System".into(),
        source: "Microsoft-Windows-Kerberos-Key-Distribution-Center".into(),
        id: 11,
        only_with: None,
        wording: Wording::Documented,
        text: text::duplicate(&outcome.requested_spn),
    })
}

/// The event of success names the account. So there is one only if exactly one account's key
/// decrypts the ticket.
fn ticket_requested(report: &ClientReport, ticket: &TicketFact) -> Option<WindowsEvent> {
    let [account] = ticket.encrypted_with_key_of.as_slice() else { return None };
    let etype = format!("0x{:x}", report.tgs.etype?);
    let fields = [("ServiceName", account.as_str()), ("TicketEncryptionType", &etype)];
    Some(security(None, text::ticket_requested(&report.principal, &fields, 0)))
}

fn ticket_refused(report: &ClientReport, code: &KrbCode) -> WindowsEvent {
    let switch = (code.code == 7).then_some("bit 1 of the KDC's registry value KdcExtraLogLevel");
    let text = text::ticket_requested(&report.principal, &[("ServiceSid", "NULL SID")], code.code);
    security(switch, text)
}

fn security(only_with: Option<&'static str>, text: String) -> WindowsEvent {
    WindowsEvent {
        computer: hosts::DC1.fqdn.into(),
        log: "Security".into(),
        source: "Microsoft-Windows-Security-Auditing".into(),
        id: 4769,
        only_with: only_with.map(Cow::Borrowed),
        wording: Wording::DocumentedFields,
        text,
    }
}

impl WinrmRegistration {
    /// The event that Windows would write if WinRM cannot register its SPNs.
    pub fn windows_event(&self) -> Option<WindowsEvent> {
        let Self::NotRegistered { windows_would_log, text } = self else { return None };
        Some(WindowsEvent {
            computer: hosts::MEM1.fqdn.into(),
            log: "System".into(),
            source: "Microsoft-Windows-WinRM".into(),
            id: *windows_would_log,
            only_with: None,
            wording: Wording::Transcript,
            text: text.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
