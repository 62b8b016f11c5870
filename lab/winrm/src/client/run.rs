//! One run: stage after stage.

use super::kerberos::{self, Source};
use super::report::{CommandResult, Report, Settings};
use super::settings::{SettingsError, SpnSettings};
use super::status::Condition;
use super::transport::{Transport, TransportError};
use super::winrs::{Shell, WinrsError};
use crate::soap::message::ReplyError;

/// What to do, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// The target, as typed.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What the SPN is made of.
    pub spn: SpnSettings,
    /// The user; `None` is whoever the ticket cache belongs to.
    pub user: Option<String>,
    /// The password; `None` uses the ticket cache.
    pub password: Option<String>,
    /// The ticket cache's path, to be written or used.
    pub ccache: Option<String>,
    /// The command; `None` only opens and closes a shell.
    pub command: Option<String>,
    /// The command's input.
    pub input: Input,
}

/// A command's input.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Input {
    /// Its input stays open and silent.
    #[default]
    None,
    /// These bytes, then the end.
    Bytes(Vec<u8>),
}

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
    mut output: impl FnMut(&str, &[u8]) -> std::io::Result<()> + Send,
) -> Result<Finished, SettingsError> {
    let spn = options.spn.spn(&options.host, options.port)?;
    let settings = Settings {
        spn_prefix: options.spn.prefix.clone(),
        include_port_in_spn: options.spn.include_port,
    };
    let mut report = Report::new(&options.host, options.port, settings, spn.clone());
    let ok = stages(options, &spn, &mut report, &mut output).await.is_some();
    Ok(Finished { report, ok })
}

/// `None` as soon as a stage fails.
async fn stages(
    options: &Options,
    spn: &str,
    report: &mut Report,
    output: &mut (dyn FnMut(&str, &[u8]) -> std::io::Result<()> + Send),
) -> Option<()> {
    let ccache = options.ccache.as_deref();
    let source = match &options.password {
        Some(password) => Source::Password {
            user: options.user.as_deref().unwrap_or("trainer"),
            password,
            ccache,
        },
        None => Source::Cache { user: options.user.as_deref(), ccache },
    };
    let credential = kerberos::initial_credentials(source, report)?;
    let target = kerberos::service_ticket(&credential, spn, report)?;
    let connected = Transport::connect(&options.host, options.port).await;
    let (mut transport, local) = connected.map_err(|error| broken(&error, report)).ok()?;
    report.http.local_address = Some(local.to_string());
    match transport.authenticate(&credential, &target, report).await {
        Ok(true) => {}
        Ok(false) => {
            refused(report);
            return None;
        }
        Err(error) => {
            broken(&error, report);
            return None;
        }
    }
    match shell(options, &mut transport, report, output).await {
        Ok(()) => {
            report.winrm.result = "ok";
            Some(())
        }
        Err(WinrsError::Transport(error)) => {
            report.winrm.result = "fault";
            broken(&error, report);
            None
        }
        Err(error) => {
            fault(&error, report);
            None
        }
    }
}

async fn shell(
    options: &Options,
    transport: &mut Transport,
    report: &mut Report,
    output: &mut (dyn FnMut(&str, &[u8]) -> std::io::Result<()> + Send),
) -> Result<(), WinrsError> {
    let mut ran = None;
    let mut shell = Shell::open(transport, report).await?;
    if let Some(command) = &options.command {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut sink = |stream: &str, data: &[u8]| {
            if stream == "stderr" { &mut stderr } else { &mut stdout }.extend_from_slice(data);
            output(stream, data)
        };
        let input = match &options.input {
            Input::None => None,
            Input::Bytes(bytes) => Some(bytes.as_slice()),
        };
        let exit_code = shell.run(command, input, &mut sink).await;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        ran = Some((command.clone(), exit_code, text(stdout), text(stderr)));
    }
    // A failed command must not leave its shell behind; the first error counts.
    let closed = shell.close().await;
    if let Some((command, exit_code, stdout, stderr)) = ran {
        let exit_code = exit_code?;
        report.command = Some(CommandResult { command, exit_code, stdout, stderr });
    }
    closed
}

/// The endpoint refused the ticket.
fn refused(report: &mut Report) {
    let condition = match report.ap.code {
        Some(code) => Condition::of_endpoint(code),
        None if report.ap.result == "refused-without-token" => Some(Condition::AccessDenied),
        None => None,
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
        if let Some(condition) = Condition::of_fault(*code) {
            report.would_show(condition);
        }
    }
}
