//! Makes one WinRM connection from CLIENT, and combines what five observers saw:
//!
//! - the client's report;
//! - the acceptor's log;
//! - the directory;
//! - the keys: every account's keys are tried on the ticket;
//! - the wire.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use spnlab_agent::{Attempted, Logon, Request};

use super::events::{self, WindowsEvent, list_events};
use super::observe::CompleteWhen;
use super::watch::Watch;
use super::{PROGRAM_SOCKETS, combine};
use crate::client::{CaptureSlice, tickets};
use crate::engine::LogPosition;
use crate::evidence::EvidenceDir;
use crate::lab::Lab;
use crate::model::{
    AcceptorRecord, ClientReport, ConnectOptions, Error, KerberosOutcome, Result, Role,
    SpnInventory, hosts,
};
use crate::wire::{ConnectionKey, Sockets, Stages, Trace, Wire};

/// The beginning of the names of an attempt's files.
const NAME: &str = "connect";
/// The program that connects.
const PROGRAM: &str = "winrm-client";

/// One attempt with everything that was seen.
///
/// Its JSON in a folder of evidence can be read again, without the bytes of the capture.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// The outcome, built from all observers.
    pub outcome: KerberosOutcome,
    /// The client's own report.
    pub report: ClientReport,
    /// The endpoint's record of this authentication.
    pub acceptor: Option<AcceptorRecord>,
    /// The accounts whose keys dc1 tried on the ticket.
    pub keys_tried: Vec<String>,
    /// `klist` after the attempt.
    pub klist: String,
    /// Whether the ticket was in the cache before. Then the client did not ask the KDC for it.
    pub cached: bool,
    /// Who held which SPN right after the attempt; `None` if the directory did not answer.
    #[serde(default)]
    pub spns: Option<SpnInventory>,
    /// What went over the wire.
    pub wire: Wire,
    /// What Windows would write into its event logs. None of it comes from a Windows machine.
    #[serde(rename = "what_windows_would_log")]
    pub windows_events: Vec<WindowsEvent>,
}

/// What the agent collected of one run of the client.
#[derive(Debug)]
struct ClientRun {
    report: ClientReport,
    klist: String,
    ccache: Option<Vec<u8>>,
    /// Whether the ticket was in the cache before. Then the client does not ask the KDC for it.
    cached: bool,
    slice: CaptureSlice,
}

/// What the observers have seen of an attempt so far.
#[derive(Debug, Serialize)]
struct Observations {
    report: ClientReport,
    klist: String,
    cached: bool,
    acceptor: Option<AcceptorRecord>,
    keys_tried: Vec<String>,
    decrypted_with: Vec<String>,
    spns: Option<SpnInventory>,
    wire: Option<Wire>,
}

impl Lab {
    /// Makes one connection and observes it. The credential cache is fresh unless the options keep
    /// it.
    ///
    /// # Errors
    /// A failed connection is an outcome, not an error. An error means that the judge could not
    /// observe the lab, or that the observers disagree ([`Error::Disagreement`]).
    pub async fn connect(&self, options: &ConnectOptions) -> Result<Attempt> {
        Box::pin(self.connect_watched(options, &Watch::default())).await
    }

    /// As [`Lab::connect`]. Keeps what the observers saw as `connect.json` and so on
    /// ([`Attempt::write_to`]), and says what it waits for.
    ///
    /// # Errors
    /// Those of [`Lab::connect`]. If evidence was kept: [`Error::NotJudged`] with one of them.
    pub async fn connect_watched(
        &self,
        options: &ConnectOptions,
        watch: &Watch,
    ) -> Result<Attempt> {
        self.dc(options.domain_controller)?;
        let log = self.log_of(Role::Mem1).end().await?;
        // The client's own configuration names dc1.
        let kdc = (options.domain_controller == Role::Dc2).then_some(hosts::DC2);
        let logon = options.user.logon(kdc);
        let folder = logon.folder.clone();
        // On the heap, so that the caller's future stays small.
        let client = Box::pin(self.run_client(options, logon));
        let ClientRun { report, klist, ccache, cached, slice } =
            self.say_when_slow(&folder, watch, client).await?;
        let mut seen = Observations {
            report,
            klist,
            cached,
            acceptor: None,
            keys_tried: Vec::new(),
            decrypted_with: Vec::new(),
            spns: None,
            wire: None,
        };
        let observed = self.observe(options, log, slice, ccache.as_deref(), &mut seen);
        let observed = Box::pin(observed).await;
        let attempt = match observed.and_then(|()| seen.judged()) {
            Ok(attempt) => attempt,
            Err(error) => return Err(watch.not_judged(error, |folder| seen.write_to(folder))),
        };
        if let Some(folder) = &watch.evidence {
            attempt.write_to(folder, NAME)?;
        }
        Ok(attempt)
    }

    /// Fills in what the other observers saw.
    async fn observe(
        &self,
        options: &ConnectOptions,
        log: LogPosition,
        slice: CaptureSlice,
        ccache: Option<&[u8]>,
        seen: &mut Observations,
    ) -> Result<()> {
        let Observations { report, acceptor, wire, keys_tried, decrypted_with, spns, .. } = seen;
        let key = ConnectionKey::of(report, seen.cached).map_err(disagree)?;
        let client = key.client;
        let sockets = slice.sockets.as_ref().map_or(Ok(()), |own| own.are_of(PROGRAM, client));
        sockets.map_err(|detail| Error::Unreadable { what: PROGRAM_SOCKETS.to_owned(), detail })?;
        let until = match client {
            Some(client) => CompleteWhen::ConnectionEnded(client),
            None if report.refused_by_kdc() => CompleteWhen::ReportConfirmed,
            None => CompleteWhen::MarkerSeen,
        };
        // Without a connection, the judge waits until the wire has what the client reports.
        let confirmed = |trace: &Trace| {
            let stages = Stages::read(&key, trace);
            stages.confirm(report, &key, trace).is_ok()
        };
        let (record, captured) = tokio::join!(
            self.acceptor_record(report, log),
            self.observe_wire(until, slice, confirmed)
        );
        let captured = wire.insert(captured?);
        *acceptor = record?;
        if let Some(ccache) = ccache.filter(|_| report.tgs.result == "issued") {
            let whose = self.whose_key(&key, &captured.trace, ccache).await?;
            (*keys_tried, *decrypted_with) = (whose.tried, whose.decrypted_with);
        }
        // A DC that is down gave no ticket. That is an outcome, not an error.
        let unreached = report.tgs.result == "not-reached";
        if unreached && self.is_paused(options.domain_controller).await {
            return Ok(());
        }
        match self.dc(options.domain_controller)?.spns().await {
            Ok(all) => *spns = Some(all),
            Err(_) if unreached => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn run_client(&self, options: &ConnectOptions, logon: Logon) -> Result<ClientRun> {
        let mut arguments: Vec<String> =
            options.arguments().into_iter().map(str::to_owned).collect();
        // One argument with its value, because a command may begin with a dash.
        arguments.extend(options.command.as_ref().map(|text| format!("--command={text}")));
        arguments.extend(["--".to_owned(), options.host.clone()]);
        let ahead = options.clock_ahead;
        let asked = spnlab_agent::Attempt {
            logon,
            tickets: options.keep_tickets.then(|| tickets::FOLDER.to_owned()),
            clock: (ahead != 0).then(|| format!("{ahead:+}")),
            arguments,
        };
        let (began, left): (_, Attempted) =
            self.client().ask_captured(|| Request::Connect(asked.clone())).await?;
        let unreadable = |detail: &dyn Display| Error::Unreadable {
            what: "the report of winrm-client".to_owned(),
            detail: format!("{detail}; it said: {}", left.stderr.trim()),
        };
        let report: ClientReport =
            serde_json::from_slice(&left.report.0).map_err(|e| unreadable(&e))?;
        let cached = tickets::lists(&left.klist_before, &report.requested_spn);
        let sockets = Sockets::read(&left.sockets).map_err(|e| unreadable(&e))?;
        let slice = CaptureSlice {
            began,
            position: left.began,
            capture: left.capture.0,
            sockets: Some(sockets),
        };
        let ccache = Some(left.ccache.0).filter(|bytes| !bytes.is_empty());
        Ok(ClientRun { report, klist: left.klist, ccache, cached, slice })
    }

    /// The endpoint's record of the connection with the client's address and port, after this
    /// position of its log.
    async fn acceptor_record(
        &self,
        report: &ClientReport,
        from: LogPosition,
    ) -> Result<Option<AcceptorRecord>> {
        // An endpoint that does not answer may log this connection later, or never.
        let Some(address) = report.http.local_address.as_ref().filter(|_| !report.unanswered())
        else {
            return Ok(None);
        };
        let record = |line: &str| {
            let is_one = line.contains("\"authentication\"") && line.contains(address);
            let record: AcceptorRecord = is_one.then(|| serde_json::from_str(line).ok())??;
            (record.peer == *address).then_some(record)
        };
        self.log_of(Role::Mem1).find(from, report.presented_ticket(), record).await
    }
}

fn disagree(detail: String) -> Error {
    Error::Disagreement { detail }
}

impl Observations {
    /// The outcome of what all observers agree on.
    fn judged(&self) -> Result<Attempt> {
        let Self { report, acceptor, wire, klist, cached, spns, .. } = self;
        let Some(wire) = wire else { return Err(disagree("nobody looked at the wire".to_owned())) };
        let key = ConnectionKey::of(report, *cached).map_err(disagree)?;
        let stages = Stages::read(&key, &wire.trace);
        stages.confirm(report, &key, &wire.trace).map_err(disagree)?;
        combine::agree(report, acceptor.as_ref(), &self.decrypted_with)?;
        let whose = self.decrypted_with.clone();
        let holders = spns.as_ref().map(|spns| spns.holders(&report.requested_spn));
        let outcome = combine::outcome(&stages, report, acceptor.as_ref(), whose, holders);
        let windows_events = events::of_attempt(&outcome, report, &key, &wire.trace);
        Ok(Attempt {
            outcome,
            report: report.clone(),
            acceptor: acceptor.clone(),
            keys_tried: self.keys_tried.clone(),
            klist: klist.clone(),
            cached: *cached,
            spns: spns.clone(),
            wire: wire.clone(),
            windows_events,
        })
    }

    /// Writes what [`Attempt::write_to`] writes, without an outcome.
    fn write_to(&self, folder: &EvidenceDir) -> Result<()> {
        folder.write_json(&format!("{NAME}.json"), self)?;
        folder.write(&format!("{NAME}.klist.txt"), &self.klist)?;
        self.wire.as_ref().map_or(Ok(()), |wire| wire.write_to(folder, NAME))
    }
}

impl Attempt {
    /// Writes into the folder:
    ///
    /// - `<name>.json` with the outcome, the client's report and the acceptor's record;
    /// - `<name>.pcap` and `<name>.trace.txt` with what went over the wire;
    /// - `<name>.klist.txt`;
    /// - `<name>.events.txt` with what Windows would log.
    pub fn write_to(&self, folder: &EvidenceDir, name: &str) -> Result<()> {
        folder.write_json(&format!("{name}.json"), self)?;
        folder.write(&format!("{name}.klist.txt"), &self.klist)?;
        folder.write(&format!("{name}.events.txt"), list_events(&self.windows_events))?;
        self.wire.write_to(folder, name)
    }
}
