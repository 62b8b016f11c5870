//! One WinRM connection from CLIENT, seen by five observers: the client, the acceptor's log, the
//! directory, the decryption of the ticket with every account's key, and the wire.

use serde::{Deserialize, Serialize};

use crate::connect_options::ConnectOptions;
use crate::error::{Error, Result};
use crate::events::{self, WindowsEvent, list_events};
use crate::evidence::{CAPTURE, EvidenceDir};
use crate::follow::Place;
use crate::lab::Lab;
use crate::labels::Role;
use crate::outcome::{
    ApFact, ClientFact, KerberosOutcome, KrbCode, RemoteFact, SettingsFact, TgsFact, TicketFact,
    WinrmFact,
};
use crate::report::ClientReport;
use crate::session_tickets;
use crate::topology::{accounts, hosts};
use crate::wire::{self, Cut, Wire};

/// Runs in CLIENT.
const ATTEMPT: &str = concat!(include_str!("scripts/parts.pl"), include_str!("scripts/attempt.pl"));

/// One attempt with everything that was seen.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// The outcome, built from all observers.
    pub outcome: KerberosOutcome,
    /// The client's own report.
    pub report: ClientReport,
    /// The endpoint's record of this authentication.
    pub acceptor: Option<AcceptorRecord>,
    /// Accounts whose keys were tried on the ticket.
    pub keys_tried: Vec<String>,
    /// `klist` after the attempt.
    pub klist: String,
    /// Whether the ticket was in the cache before, so that the KDC was not asked for it.
    pub cached: bool,
    /// What went over the wire.
    pub wire: Wire,
    /// What Windows would write into its event logs for this.
    pub windows_events: Vec<WindowsEvent>,
}

/// One authentication in the endpoint's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptorRecord {
    /// Address and port of the client.
    pub peer: String,
    /// Server name in the ticket.
    pub sname: Option<String>,
    /// Encryption type of the ticket.
    pub etype: Option<i64>,
    /// Key version number of the ticket.
    pub kvno: Option<i64>,
    /// `accepted` or `refused`.
    pub result: String,
    /// Client principal, once the ticket is decrypted.
    pub client: Option<String>,
    /// What the acceptor's library said.
    pub acceptor: Option<AcceptorCode>,
    /// The code that was sent.
    pub sent: Option<AcceptorCode>,
}

/// A code in the endpoint's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptorCode {
    /// Number; a demand of the endpoint's own has none.
    pub code: Option<i64>,
    /// Name.
    pub name: Option<String>,
    /// Text of the library.
    #[serde(default)]
    pub text: Option<String>,
}

/// What one run of the client left behind.
#[derive(Debug)]
struct Ran {
    report: ClientReport,
    klist: String,
    ccache: Option<Vec<u8>>,
    /// Whether the ticket was in the cache before: then the KDC is not asked.
    cached: bool,
    cut: Cut,
}

/// The answer of `whose-key`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WhoseKey {
    pub(crate) decrypted_with: Vec<String>,
    tried: Vec<String>,
    /// The end of the cipher that was tried, in hexadecimal.
    cipher_end: String,
}

impl Lab {
    /// Makes one connection and observes it; the credential cache is fresh unless the options keep it.
    ///
    /// # Errors
    /// A failed connection is an outcome, not an error; an error means that the lab could not be
    /// observed, or that its observers disagree ([`Error::Disagreement`]).
    pub async fn connect(&self, options: &ConnectOptions) -> Result<Attempt> {
        self.check(options.domain_controller)?;
        let log = self.end_of_log(Role::Mem1).await?;
        let Ran { report, klist, ccache, cached, cut } = self.run_client(options).await?;
        let (acceptor, wire) = tokio::try_join!(
            self.acceptor_record(&report, log),
            self.observe_wire(&report, cached, cut)
        )?;
        let whose = match &ccache {
            Some(ccache) if report.tgs.result == "issued" => {
                let whose = self.whose_key(&report.requested_spn, ccache).await?;
                wire::same_cipher(&report, cached, &wire.trace, &whose.cipher_end)
                    .map_err(|detail| Error::Disagreement { detail })?;
                whose
            }
            _ => WhoseKey::default(),
        };
        let holders = match self.spns_at(options.domain_controller).await {
            Ok(spns) => Some(spns.holders(&report.requested_spn)),
            // A DC that is down has given no ticket either: that is an outcome, not an error.
            Err(_) if report.tgs.result == "not-reached" => None,
            Err(error) => return Err(error),
        };
        agree(&report, acceptor.as_ref(), &whose.decrypted_with)?;
        wire::confirm(&report, cached, &wire.trace)
            .map_err(|detail| Error::Disagreement { detail })?;
        let outcome = outcome(&report, acceptor.as_ref(), whose.decrypted_with, holders);
        let windows_events = events::of_attempt(&outcome, &report, &wire.trace);
        let keys_tried = whose.tried;
        Ok(Attempt { outcome, report, acceptor, keys_tried, klist, cached, wire, windows_events })
    }

    async fn run_client(&self, options: &ConnectOptions) -> Result<Ran> {
        let kept = if options.keep_tickets { session_tickets::FOLDER } else { "" };
        let ahead = options.clock_ahead;
        let clock = if ahead == 0 { String::new() } else { format!("{ahead:+}") };
        // The client's own configuration names dc1.
        let kdc = if options.domain_controller == Role::Dc2 { hosts::DC2.fqdn } else { "" };
        let mut command = vec!["perl", "-e", ATTEMPT, "--", CAPTURE, kept, &clock, kdc];
        command.extend(options.arguments());
        // One word: a command may begin with a dash.
        let text = options.command.as_ref().map(|text| format!("--command={text}"));
        command.extend(text.as_deref());
        command.extend(["--", &options.host]);
        let password = format!("{}\n", options.user.password);
        let ran = self.exec_raw(Role::Client, Some("admin"), &command, password.as_bytes()).await?;
        let unreadable = |detail: String| Error::Unreadable {
            what: "the report of winrm-client".to_owned(),
            detail: format!("{detail}; it said: {}", String::from_utf8_lossy(&ran.stderr).trim()),
        };
        let parts = parts_of(&ran.stdout).map_err(unreadable)?;
        let part = |name: &str| {
            let found = parts.iter().find(|(is, _)| is == name);
            found.map(|&(_, bytes)| bytes).ok_or_else(|| unreadable(format!("it has no {name}")))
        };
        let text = |name| part(name).map(String::from_utf8_lossy);
        let report: ClientReport =
            serde_json::from_slice(part("report")?).map_err(|e| unreadable(e.to_string()))?;
        let cached = session_tickets::lists(&text("before")?, &report.requested_spn);
        let cut = Cut::read(&text("began")?, part("wire")?.to_vec()).map_err(unreadable)?;
        let ccache = Some(part("ccache")?.to_vec()).filter(|bytes| !bytes.is_empty());
        let klist = text("klist")?.into_owned();
        Ok(Ran { report, klist, ccache, cached, cut })
    }

    /// The endpoint's record of the connection with the client's own address and port, behind this
    /// place of its log.
    async fn acceptor_record(
        &self,
        report: &ClientReport,
        from: Place,
    ) -> Result<Option<AcceptorRecord>> {
        let Some(address) = &report.http.local_address else { return Ok(None) };
        let record = |line: &str| {
            let is_one = line.contains("\"authentication\"") && line.contains(address);
            let record: AcceptorRecord = is_one.then(|| serde_json::from_str(line).ok())??;
            (record.peer == *address).then_some(record)
        };
        self.find_in_log(Role::Mem1, from, was_presented(report), record).await
    }

    /// The accounts whose keys decrypt the ticket for this SPN in the credential cache.
    pub(crate) async fn whose_key(&self, spn: &str, ccache: &[u8]) -> Result<WhoseKey> {
        let command = ["/usr/lib/spnlab/whose-key", spn];
        let ran = self.exec(Role::Dc1, None, &command, Some(ccache)).await?;
        let said = ran.success(Role::Dc1, "whose-key")?;
        serde_json::from_str(&said).map_err(|e| Error::Unreadable {
            what: "the answer of whose-key".to_owned(),
            detail: format!("{e}: {said}"),
        })
    }
}

impl Attempt {
    /// Writes into the folder: `<name>.json` with the outcome, the client's report and the acceptor's
    /// record, `<name>.pcap` and `<name>.trace.txt` with what went over the wire, `<name>.klist.txt`, and
    /// `<name>.events.txt` with what Windows would log.
    pub fn write_to(&self, folder: &EvidenceDir, name: &str) -> Result<()> {
        folder.write_json(&format!("{name}.json"), self)?;
        folder.write(&format!("{name}.klist.txt"), &self.klist)?;
        folder.write(&format!("{name}.events.txt"), list_events(&self.windows_events))?;
        folder.write(&format!("{name}.pcap"), &self.wire.capture)?;
        folder.write(&format!("{name}.trace.txt"), self.wire.trace.to_string())
    }
}

/// The script's parts: a line with a name and a length in bytes, and so many bytes.
pub(crate) fn parts_of(mut said: &[u8]) -> std::result::Result<Vec<(String, &[u8])>, String> {
    let mut parts = Vec::new();
    while !said.is_empty() {
        let end = said.iter().position(|&byte| byte == b'\n').ok_or("it is cut short")?;
        let line = String::from_utf8_lossy(&said[..end]).into_owned();
        let (name, length) = line.split_once(' ').ok_or_else(|| format!("\"{line}\""))?;
        let length: usize = length.parse().map_err(|_| format!("\"{line}\""))?;
        let (bytes, rest) = said[end + 1..].split_at_checked(length).ok_or("it is cut short")?;
        parts.push((name.to_owned(), bytes));
        said = rest;
    }
    Ok(parts)
}

fn code(code: Option<i64>, name: Option<&String>) -> Option<KrbCode> {
    let code = code?;
    let name = name.cloned().unwrap_or_else(|| "KRB_ERROR".to_owned());
    Some(KrbCode { name, code })
}

/// Whether the endpoint saw a ticket; then it has a record of it.
fn was_presented(report: &ClientReport) -> bool {
    matches!(report.ap.result.as_str(), "accepted" | "refused" | "refused-without-token")
}

/// The observers of one attempt must tell the same story.
fn agree(report: &ClientReport, acceptor: Option<&AcceptorRecord>, whose: &[String]) -> Result<()> {
    let disagree = |detail: String| Err(Error::Disagreement { detail });
    let presented = was_presented(report);
    let Some(record) = acceptor else {
        return if presented {
            disagree(format!(
                "the client presented a ticket ({}) and the endpoint has no record of it",
                report.ap.result
            ))
        } else {
            Ok(())
        };
    };
    if record.sname != report.tgs.sname || record.kvno != report.tgs.kvno {
        return disagree(format!(
            "the client's ticket is for {:?} kvno {:?}, the endpoint saw {:?} kvno {:?}",
            report.tgs.sname, report.tgs.kvno, record.sname, record.kvno
        ));
    }
    if (record.result == "accepted") != (report.ap.result == "accepted") {
        return disagree(format!("client: {}, endpoint: {}", report.ap.result, record.result));
    }
    if report.ap.result == "refused" && record.sent.as_ref().and_then(|c| c.code) != report.ap.code
    {
        return disagree(format!("sent {:?}, received {:?}", record.sent, report.ap.code));
    }
    let ours = whose.iter().any(|name| name == accounts::MEM1.name);
    if record.result == "accepted" && !ours {
        return disagree(format!("the endpoint accepted a ticket that only {whose:?} can decrypt"));
    }
    Ok(())
}

fn outcome(
    report: &ClientReport,
    acceptor: Option<&AcceptorRecord>,
    whose: Vec<String>,
    holders: Option<Vec<String>>,
) -> KerberosOutcome {
    KerberosOutcome {
        target: report.target.clone(),
        requested_spn: report.requested_spn.clone(),
        client_settings: SettingsFact {
            spn_prefix: report.settings.spn_prefix.clone(),
            include_port_in_spn: report.settings.include_port_in_spn,
        },
        holders,
        tgs: tgs(report, whose),
        ap: ap(report, acceptor),
        http_status: report.http.status,
        winrm: winrm(report),
        client_status: report.client_status.as_ref().map(|status| ClientFact {
            would_report: format!("{} ({})", status.name, status.hex),
            fully_qualified_error_id: status.fully_qualified_error_id.clone(),
            message: first_paragraph(&status.message),
        }),
        remote: report.command.as_ref().map(|ran| RemoteFact {
            command: ran.command.clone(),
            exit_code: ran.exit_code,
            stdout: ran.stdout.clone(),
        }),
    }
}

fn tgs(report: &ClientReport, whose: Vec<String>) -> TgsFact {
    let tgs = &report.tgs;
    match tgs.result.as_str() {
        "issued" => TgsFact::Issued(TicketFact {
            sname: tgs.sname.clone().unwrap_or_default(),
            realm: tgs.realm.clone().unwrap_or_default(),
            etype: format!(
                "{} ({})",
                tgs.etype_name.as_deref().unwrap_or("?"),
                tgs.etype.unwrap_or_default()
            ),
            kvno: tgs.kvno,
            encrypted_with_key_of: whose,
        }),
        "refused" => match code(tgs.code, tgs.name.as_ref()) {
            Some(code) => TgsFact::Refused(code),
            None => TgsFact::NotReached(None),
        },
        _ => {
            let refused = &report.as_exchange;
            TgsFact::NotReached(code(refused.code, refused.name.as_ref()))
        }
    }
}

fn winrm(report: &ClientReport) -> WinrmFact {
    match report.winrm.result.as_str() {
        "ok" => WinrmFact::Served,
        "fault" => WinrmFact::Fault { code: report.winrm.code, text: report.winrm.text.clone() },
        _ => WinrmFact::NotReached,
    }
}

fn ap(report: &ClientReport, acceptor: Option<&AcceptorRecord>) -> ApFact {
    match report.ap.result.as_str() {
        "accepted" => ApFact::Accepted,
        "not-reached" => ApFact::NotReached,
        _ => ApFact::Refused {
            on_the_wire: code(report.ap.code, report.ap.name.as_ref()),
            acceptor_said: acceptor
                .and_then(|record| record.acceptor.as_ref())
                .and_then(|said| code(said.code, said.name.as_ref())),
        },
    }
}

/// Windows' message up to its list of possible causes, on one line.
fn first_paragraph(message: &str) -> String {
    let head = message.split("Possible causes are:").next().unwrap_or(message);
    head.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "attempt_tests.rs"]
mod tests;
