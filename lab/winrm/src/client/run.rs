//! One run: stage after stage.

use super::channel::{Sink, Source, WinrsError};
use super::kerberos;
use super::options::Options;
use super::output::Output;
use super::peer::Peer;
use super::report::{CommandResult, Report, Settings};
use super::settings::{Authentication, SettingsError};
use super::status::{Condition, fault_status};
use super::transport::{Transport, TransportError};
use super::winrs::Shell;
use crate::soap::message::ReplyError;
use std::net::IpAddr;

/// How a run ended.
#[derive(Debug)]
pub struct Finished {
    /// What was seen.
    pub report: Report,
    /// Whether the endpoint did what it was asked.
    pub ok: bool,
}

/// Runs; `output` gets the command's output as it comes. Errors are mistakes in the options: every
/// failure of Kerberos or WinRM is in the report.
pub async fn run(
    options: &Options,
    input: Option<Source<'_>>,
    mut output: impl FnMut(&str, &[u8]) -> std::io::Result<()> + Send,
) -> Result<Finished, SettingsError> {
    let mut report = begin(options)?;
    let ok = stages(options, input, &mut report, &mut output).await.is_some();
    Ok(Finished { report, ok })
}

/// A report that knows what is going to be asked for.
pub(super) fn begin(options: &Options) -> Result<Report, SettingsError> {
    let spn = options.spn.spn(&options.host, options.port)?;
    let settings = Settings {
        spn_prefix: options.spn.prefix.clone(),
        include_port_in_spn: options.spn.include_port,
        authentication: options.authentication(),
        use_ssl: options.trust.is_some(),
        channel_binding: options.trust.is_some() && options.channel_binding,
    };
    Ok(Report::new(&options.host, options.port, settings, spn))
}

/// `None` as soon as a stage fails.
async fn stages(
    options: &Options,
    input: Option<Source<'_>>,
    report: &mut Report,
    output: Sink<'_>,
) -> Option<()> {
    let peer = tickets(options, report)?;
    let transport = authenticated(&peer, report).await?;
    let mut shell = Shell::on(&peer, transport);
    let served = command(options, &mut shell, input, report, output).await;
    report.http.status = shell.status();
    ended(served, report)
}

/// Stages AS and TGS.
pub(super) fn tickets<'a>(options: &'a Options, report: &mut Report) -> Option<Peer<'a>> {
    if options.host.parse::<IpAddr>().is_ok() {
        // As on Windows: nobody is asked for a ticket for an address.
        report.tgs.text = Some("Kerberos needs a name; the target is an address".to_owned());
        if options.authentication() == Authentication::Kerberos {
            report.would_show(Condition::AddressGiven);
        }
        return None;
    }
    let credential = kerberos::initial_credentials(options.source(), report)?;
    let spn = report.requested_spn.clone();
    let target = kerberos::service_ticket(&credential, &spn, report)?;
    Some(Peer {
        host: &options.host,
        port: options.port,
        trust: options.trust.as_ref(),
        channel_binding: options.channel_binding,
        authentication: options.authentication(),
        credential,
        target,
    })
}

/// Stage AP, on a connection of its own.
pub(super) async fn authenticated(peer: &Peer<'_>, report: &mut Report) -> Option<Transport> {
    let connected = peer.connect().await;
    let (mut transport, local) = connected.map_err(|error| broken(&error, report)).ok()?;
    report.http.local_address = Some(local.to_string());
    let answered = transport.authenticate(peer).await;
    report.http.status = transport.status;
    report.http.offers.clone_from(&transport.offers);
    report.ap = answered.map_err(|error| broken(&error, report)).ok()?;
    if report.ap.result == "accepted" {
        return Some(transport);
    }
    refused(report);
    None
}

async fn command(
    options: &Options,
    shell: &mut Shell<'_>,
    input: Option<Source<'_>>,
    report: &mut Report,
    output: Sink<'_>,
) -> Result<(), WinrsError> {
    shell.open().await?;
    let Some(command) = &options.command else { return shell.close().await };
    let (mut stdout, mut stderr) = (Output::default(), Output::default());
    let mut sink = |stream: &str, data: &[u8]| {
        if stream == "stderr" { &mut stderr } else { &mut stdout }.take(data);
        output(stream, data)
    };
    let exit_code = shell.run(command, input, &mut sink).await;
    // A failed command must not leave its shell behind; the first error counts.
    let closed = shell.close().await;
    report.command = Some(CommandResult {
        command: command.clone(),
        exit_code: exit_code?,
        stdout_bytes: stdout.bytes(),
        stderr_bytes: stderr.bytes(),
        stdout: stdout.text(),
        stderr: stderr.text(),
    });
    closed
}

/// Stage WinRM: how it ended.
pub(super) fn ended(served: Result<(), WinrsError>, report: &mut Report) -> Option<()> {
    match served {
        Ok(()) => {
            report.winrm.result = "ok";
            return Some(());
        }
        Err(WinrsError::Transport(error)) => {
            report.winrm.result = "fault";
            broken(&error, report);
        }
        Err(error) => fault(&error, report),
    }
    None
}

/// The endpoint refused the ticket.
fn refused(report: &mut Report) {
    let condition = match (report.ap.code, report.ap.result) {
        (Some(code), _) => Condition::of_endpoint(code),
        (None, "refused-without-token") => Some(Condition::AccessDenied),
        (None, "scheme-not-offered") => Some(Condition::SchemeNotOffered),
        _ => None,
    };
    if let Some(condition) = condition {
        report.would_show(condition);
    }
}

/// The connection failed.
fn broken(error: &TransportError, report: &mut Report) {
    report.winrm.text = Some(error.to_string());
    if let Some(condition) = error.condition() {
        report.would_show(condition);
    }
}

/// The shell failed.
fn fault(error: &WinrsError, report: &mut Report) {
    report.winrm.result = "fault";
    report.winrm.text = Some(error.to_string());
    if let WinrsError::Reply(ReplyError::Fault { code, text }) = error {
        report.winrm.code = Some(*code);
        report.winrm.text = Some(text.clone());
        if let Some(status) = fault_status(*code, text) {
            report.would_report(&status);
        }
    }
}
