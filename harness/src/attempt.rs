//! One WinRM connection from CLIENT, seen by five observers: the client, the acceptor's log, the
//! directory, the decryption of the ticket with every account's key, and the wire.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::combine;
use crate::connect_options::ConnectOptions;
use crate::error::{Error, Result};
use crate::events::{self, WindowsEvent, list_events};
use crate::evidence::{CAPTURE, EvidenceDir};
use crate::follow::Place;
use crate::lab::Lab;
use crate::labels::Role;
use crate::outcome::KerberosOutcome;
use crate::report::ClientReport;
use crate::script_parts::ScriptParts;
use crate::session_tickets;
use crate::topology::hosts;
use crate::wire::{Cut, Question, Stages, Time, Trace, Whole, Wire};

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
    /// What Windows would write into its event logs for this; none of it was read from Windows.
    #[serde(rename = "what_windows_would_log")]
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
    pub(crate) tried: Vec<String>,
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
        let disagree = |detail| Error::Disagreement { detail };
        let question = Question::of(&report, cached).map_err(disagree)?;
        let until = match question.client {
            Some(client) => Whole::Connection(client),
            None if report.refused_by_kdc() => Whole::Told,
            None => Whole::Marked,
        };
        // Without a connection the wire must have what the report tells of.
        let told = |trace: &Trace| {
            let stages = Stages::read(&question, trace);
            stages.confirm(&report, &question, trace).is_ok()
        };
        let (acceptor, wire) = tokio::try_join!(
            self.acceptor_record(&report, log),
            self.observe_wire(until, cut, told)
        )?;
        let whose = match &ccache {
            Some(ccache) if report.tgs.result == "issued" => {
                self.whose_key(&question, &wire.trace, ccache).await?
            }
            _ => WhoseKey::default(),
        };
        let holders = match self.spns_at(options.domain_controller).await {
            Ok(spns) => Some(spns.holders(&report.requested_spn)),
            // A DC that is down has given no ticket either: that is an outcome, not an error.
            Err(_) if report.tgs.result == "not-reached" => None,
            Err(error) => return Err(error),
        };
        let stages = Stages::read(&question, &wire.trace);
        stages.confirm(&report, &question, &wire.trace).map_err(disagree)?;
        combine::agree(&report, acceptor.as_ref(), &whose.decrypted_with)?;
        let outcome =
            combine::outcome(&stages, &report, acceptor.as_ref(), whose.decrypted_with, holders);
        let windows_events = events::of_attempt(&outcome, &report, &question, &wire.trace);
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
        let began = Time::from(SystemTime::now());
        let ran = self.exec_raw(Role::Client, Some("admin"), &command, password.as_bytes()).await?;
        let said = ScriptParts::of("the report of winrm-client", ran)?;
        let report: ClientReport =
            serde_json::from_slice(said.bytes("report")?).map_err(|e| said.unreadable(e))?;
        let cached = session_tickets::lists(&said.text("before")?, &report.requested_spn);
        let cut = said.cut(began)?;
        let ccache = Some(said.bytes("ccache")?.to_vec()).filter(|bytes| !bytes.is_empty());
        let klist = said.text("klist")?.into_owned();
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
        self.find_in_log(Role::Mem1, from, report.presented_ticket(), record).await
    }

    /// The accounts whose keys decrypt the ticket for the SPN in the credential cache, which must be the
    /// one on the wire.
    pub(crate) async fn whose_key(
        &self,
        question: &Question<'_>,
        trace: &Trace,
        ccache: &[u8],
    ) -> Result<WhoseKey> {
        let dc1 = (Role::Dc1, self.part(Role::Dc1).id.as_str());
        let ran = self.shells().ask_keys(self.docker(), dc1, question.spn, ccache).await?;
        let said = ran.success(Role::Dc1, "whose-key")?;
        let whose: WhoseKey = serde_json::from_str(&said).map_err(|e| Error::Unreadable {
            what: "the answer of whose-key".to_owned(),
            detail: format!("{e}: {said}"),
        })?;
        question
            .same_cipher(trace, &whose.cipher_end)
            .map_err(|detail| Error::Disagreement { detail })?;
        Ok(whose)
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
        self.wire.write_to(folder, name)
    }
}
