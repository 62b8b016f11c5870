//! What Kerberos did, in the field's words.

use spnlab_harness::{ApFact, Attempt, KrbCode, TgsFact, TicketFact, WebVisit, WinrmFact};
use spnlab_picture::Recorded;

/// The facts of what is kept.
pub(crate) fn of_recorded(seen: &Recorded) -> Vec<String> {
    match seen {
        Recorded::Connection(attempt) => of(attempt),
        Recorded::Visit(visit) => of_visit(visit),
    }
}

/// One line for each fact: the SPN, the KDC's answer, the owner of the key, the acceptor's words,
/// the code on the wire or inside TLS, and the status that a Windows client reports.
pub(crate) fn of(attempt: &Attempt) -> Vec<String> {
    let outcome = &attempt.outcome;
    let mut lines = vec![line("requested SPN", &requested(attempt))];
    lines.extend(of_kdc(&outcome.tgs, attempt.keys_tried.len()));
    match &outcome.ap {
        ApFact::Accepted => lines.push(line("acceptor", "decrypted the ticket: authenticated")),
        ApFact::Refused { on_the_wire, inside_tls, acceptor_said } => {
            if let Some(said) = acceptor_said {
                lines.push(line("acceptor", &format!("refused the ticket; MIT krb5 says {said}")));
            } else if let Some(words) = own_words(attempt) {
                lines.push(line("acceptor", &format!("refused the ticket: {words}")));
            }
            lines.push(match inside_tls {
                Some(code) => self::inside_tls(code),
                None if attempt.report.is_inside_tls() => without_token("inside TLS"),
                None => self::on_the_wire(on_the_wire.as_ref()),
            });
        }
        ApFact::Unanswered => lines.push(line("acceptor", "got the ticket and did not answer")),
        ApFact::NotReached => {}
    }
    if let WinrmFact::Fault { code, text } = &outcome.winrm {
        let code = code.map_or_else(|| "without a code".to_owned(), |code| code.to_string());
        let text = text.as_deref().unwrap_or_default().trim();
        lines.push(line("WinRM", &format!("authenticated, then refused: fault {code}: {text}")));
    }
    if let Some(status) = &outcome.client_status {
        let text = format!("{} is what a Windows client reports for this", status.would_report);
        lines.push(line("client status", &text));
    }
    lines
}

/// The facts of a visit to the web site.
pub(crate) fn of_visit(visit: &WebVisit) -> Vec<String> {
    let mut lines = match &visit.tgs {
        // The words of curl or kinit say whether no KDC or no web site answered.
        TgsFact::NotReached(None) => vec![line("KDC", "issued no ticket for the site")],
        tgs => of_kdc(tgs, visit.keys_tried.len()),
    };
    if visit.logged_in() {
        lines.push(line("web site", "decrypted the ticket: authenticated"));
    } else if let Some(said) = &visit.site_said {
        lines.push(line("web site", &format!("refused the ticket; its log: {said}")));
        lines.push(on_the_wire(visit.on_the_wire.as_ref()));
    }
    lines
}

/// The answer of a service that refuses a ticket.
fn on_the_wire(code: Option<&KrbCode>) -> String {
    code.map_or_else(
        || without_token("on the wire"),
        |code| line("on the wire", &format!("KRB-ERROR {code} in the token of the 401")),
    )
}

/// The same answer inside TLS, where the capture cannot show it.
fn inside_tls(code: &KrbCode) -> String {
    let text = format!(
        "KRB-ERROR {code} in the token of the 401: the endpoint says it sent it, the client says it received it"
    );
    line("inside TLS", &text)
}

fn without_token(place: &str) -> String {
    line(place, "401 without a token")
}

fn of_kdc(tgs: &TgsFact, keys_tried: usize) -> Vec<String> {
    match tgs {
        TgsFact::Issued(ticket) => {
            let kvno = ticket.kvno.map_or_else(String::new, |kvno| format!(", kvno {kvno}"));
            let TicketFact { sname, realm, etype, .. } = ticket;
            vec![
                line(
                    "ticket issued",
                    &format!("sname {sname}, realm {realm}, etype {etype}{kvno}"),
                ),
                line("encrypted for", &whose(keys_tried, &ticket.encrypted_with_key_of)),
            ]
        }
        TgsFact::Refused(code) => vec![line("KDC refused", &format!("{code}: no ticket"))],
        TgsFact::NotReached(Some(code)) => {
            vec![line("KDC refused", &format!("{code} in the AS exchange: no TGT"))]
        }
        TgsFact::NotReached(None) => vec![line("KDC", "not reached")],
    }
}

/// The endpoint's own words for a refusal without a code.
fn own_words(attempt: &Attempt) -> Option<&str> {
    attempt.acceptor.as_ref()?.acceptor.as_ref()?.text.as_deref()
}

fn line(name: &str, text: &str) -> String {
    format!("{name:<14} {text}")
}

fn requested(attempt: &Attempt) -> String {
    let settings = &attempt.outcome.client_settings;
    let mut why = Vec::new();
    if let Some(prefix) = &settings.spn_prefix {
        why.push(format!("registry value spn_prefix is {prefix}"));
    }
    if settings.include_port_in_spn {
        why.push("-IncludePortInSPN".to_owned());
    }
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    format!("{}{why}", attempt.outcome.requested_spn)
}

fn whose(tried: usize, accounts: &[String]) -> String {
    let names = accounts.join(", ");
    format!("{names} (proven: of the keys of {tried} accounts, only this one decrypts the ticket)")
}
