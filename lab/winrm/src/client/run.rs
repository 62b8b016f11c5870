//! One run: stage after stage.

use super::connection::{Connection, ConnectionError};
use super::endpoint::Endpoint;
use super::options::Options;
use super::output::Output;
use super::report::{CommandResult, Report, Settings};
use super::settings::{Authentication, SettingsError};
use super::shell_connection::{CommandInput, OutputSink, WinrsError};
use super::status::{Condition, fault_status};
use super::tickets::{self, ServiceTicket};
use super::winrs::Shell;
use crate::soap::client::ReplyError;
use std::net::IpAddr;

/// How a run ended.
#[derive(Debug)]
pub struct Finished {
    /// The report.
    pub report: Report,
    /// Whether the endpoint did what the client asked for.
    pub ok: bool,
}

/// Runs all stages; `output` receives the command's output as it comes. Errors are mistakes in the
/// options. The report has every failure of Kerberos or WinRM.
pub async fn run(
    options: &Options,
    input: Option<CommandInput<'_>>,
    mut output: impl FnMut(&str, &[u8]) -> std::io::Result<()> + Send,
) -> Result<Finished, SettingsError> {
    let mut report = new_report(options)?;
    let ok = stages(options, input, &mut report, &mut output).await.is_some();
    Ok(Finished { report, ok })
}

/// A report that has the requested SPN.
pub(super) fn new_report(options: &Options) -> Result<Report, SettingsError> {
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

/// Runs the stages. `None` as soon as one fails.
async fn stages(
    options: &Options,
    input: Option<CommandInput<'_>>,
    report: &mut Report,
    output: OutputSink<'_>,
) -> Option<()> {
    let endpoint = tickets(options, report)?;
    let connection = authenticated(&endpoint, report).await?;
    let mut shell = Shell::on(&endpoint, connection);
    let served = command(options, &mut shell, input, report, output).await;
    report.http.status = shell.status();
    ended(served, report)
}

/// Stages AS and TGS.
pub(super) fn tickets<'a>(options: &'a Options, report: &mut Report) -> Option<Endpoint<'a>> {
    if options.host.parse::<IpAddr>().is_ok() {
        // As on Windows: the client requests no ticket for an address.
        report.tgs.text = Some("Kerberos needs a name; the target is an address".to_owned());
        if options.authentication() == Authentication::Kerberos {
            report.would_show(Condition::AddressGiven);
        }
        return None;
    }
    let credential = tickets::initial_credentials(options.source(), report)?;
    let spn = report.requested_spn.clone();
    let target = tickets::service_ticket(&credential, &spn, report)?;
    Some(Endpoint {
        host: &options.host,
        port: options.port,
        trust: options.trust.as_ref(),
        channel_binding: options.channel_binding,
        authentication: options.authentication(),
        ticket: ServiceTicket { credential, target },
    })
}

/// Stage AP, on a connection of its own.
pub(super) async fn authenticated(
    endpoint: &Endpoint<'_>,
    report: &mut Report,
) -> Option<Connection> {
    let connected = endpoint.connect().await;
    let (mut connection, local) = connected.map_err(|error| broken(&error, report)).ok()?;
    report.http.local_address = Some(local.to_string());
    let answered = connection.authenticate(&endpoint.ticket).await;
    report.http.status = connection.status;
    report.http.offers.clone_from(&connection.offers);
    let failed = |error: ConnectionError| {
        if error.is_after_request() {
            report.ap.result = "unanswered";
        }
        broken(&error, report);
    };
    report.ap = answered.map_err(failed).ok()?;
    if report.ap.result == "accepted" {
        return Some(connection);
    }
    refused(report);
    None
}

async fn command(
    options: &Options,
    shell: &mut Shell<'_>,
    input: Option<CommandInput<'_>>,
    report: &mut Report,
    output: OutputSink<'_>,
) -> Result<(), WinrsError> {
    shell.open().await?;
    let Some(command) = &options.command else { return shell.close().await };
    let (mut stdout, mut stderr) = (Output::default(), Output::default());
    let mut sink = |stream: &str, data: &[u8]| {
        if stream == "stderr" { &mut stderr } else { &mut stdout }.take(data);
        output(stream, data)
    };
    let exit_code = shell.run(command, input, &mut sink).await;
    // Closes the shell after a failed command too. The first error counts.
    let closed = shell.close().await;
    report.command = Some(CommandResult {
        command: command.clone(),
        exit_code: exit_code?,
        truncated: stdout.is_cut() || stderr.is_cut(),
        stdout_bytes: stdout.bytes(),
        stderr_bytes: stderr.bytes(),
        stdout: stdout.text(),
        stderr: stderr.text(),
    });
    closed
}

/// Stage WinRM: its result.
pub(super) fn ended(served: Result<(), WinrsError>, report: &mut Report) -> Option<()> {
    match served {
        Ok(()) => {
            report.winrm.result = "ok";
            return Some(());
        }
        Err(WinrsError::Connection(error)) => {
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
fn broken(error: &ConnectionError, report: &mut Report) {
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
