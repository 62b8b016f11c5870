//! `winrm-client`: runs a command over WinRM, and tells where it failed.

use clap::Parser;
use std::io::{BufRead as _, Read as _, Write as _};
use std::process::ExitCode;
use winrm::client::{
    Finished, Input, Options, Report, SettingsError, SpnSettings, registry_spn_prefix, run,
};

/// A WinRM client: Kerberos only, messages always sealed.
#[derive(Debug, Parser)]
#[command(version)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Arguments {
    /// The target, as an administrator types it.
    host: String,
    /// Command to run; without it a shell is only opened and closed.
    #[arg(short, long, value_name = "TEXT")]
    command: Option<String>,
    /// Port of the endpoint.
    #[arg(long, default_value_t = 5985)]
    port: u16,
    /// Ask for an SPN with the port in it.
    #[arg(long)]
    include_port_in_spn: bool,
    /// User; with a password the default is "trainer", without one the owner of the tickets.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
    /// Pass (the rest of) standard input to the command.
    #[arg(long, requires = "command")]
    forward_stdin: bool,
    /// Ticket cache: written afresh with a password, otherwise used.
    #[arg(long, value_name = "PATH")]
    ccache: Option<String>,
    /// Service class instead of HTTP.
    #[arg(long, value_name = "CLASS")]
    spn_prefix: Option<String>,
    /// Do not look for a prefix in the registry.
    #[arg(long)]
    no_registry: bool,
    /// Print one JSON document with everything that was seen.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result =
        runtime.map_err(Failure::Io).and_then(|runtime| runtime.block_on(execute(arguments)));
    match result {
        Ok(finished) => finish(&finished, json),
        Err(Failure::Usage(error)) => complain(&error.to_string(), 2),
        Err(Failure::Io(error)) => complain(&format!("standard input: {error}"), 2),
    }
}

enum Failure {
    Usage(SettingsError),
    Io(std::io::Error),
}

fn complain(text: &str, status: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "winrm-client: {text}");
    ExitCode::from(status)
}

async fn execute(arguments: Arguments) -> Result<Finished, Failure> {
    let mut stdin = std::io::stdin().lock();
    let password = if arguments.password_stdin {
        let mut line = String::new();
        stdin.read_line(&mut line).map_err(Failure::Io)?;
        Some(line.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        None
    };
    let input = if arguments.forward_stdin {
        let mut bytes = Vec::new();
        stdin.read_to_end(&mut bytes).map_err(Failure::Io)?;
        Input::Bytes(bytes)
    } else {
        Input::None
    };
    let prefix = match arguments.spn_prefix {
        None if !arguments.no_registry => registry_spn_prefix().await,
        given => given,
    };
    let options = Options {
        host: arguments.host,
        port: arguments.port,
        spn: SpnSettings { prefix, include_port: arguments.include_port_in_spn },
        user: arguments.user,
        password,
        ccache: arguments.ccache,
        command: arguments.command,
        input,
    };
    let quiet = arguments.json;
    run(&options, |stream, data| {
        if quiet {
            Ok(())
        } else if stream == "stderr" {
            std::io::stderr().write_all(data)
        } else {
            let mut out = std::io::stdout();
            out.write_all(data).and_then(|()| out.flush())
        }
    })
    .await
    .map_err(Failure::Usage)
}

fn finish(finished: &Finished, json: bool) -> ExitCode {
    let report = &finished.report;
    if json && let Ok(text) = serde_json::to_string_pretty(report) {
        let _ = writeln!(std::io::stdout(), "{text}");
    }
    if !finished.ok {
        return complain_as_windows(report);
    }
    let code = report.command.as_ref().map_or(0, |command| command.exit_code);
    // A Windows exit code has 32 bits, ours 8: what does not fit must not look like success.
    ExitCode::from(u8::try_from(code).unwrap_or(255))
}

fn complain_as_windows(report: &Report) -> ExitCode {
    let text = match &report.client_status {
        Some(status) => status.message.replace("\r\n", "\n"),
        None => reason(report),
    };
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::from(1)
}

/// The stage that failed, where it is not known what Windows would say.
fn reason(report: &Report) -> String {
    let texts = [
        ("WinRM", &report.winrm.text),
        ("AP", &report.ap.text),
        ("TGS", &report.tgs.text),
        ("AS", &report.as_stage.text),
    ];
    let found = texts.into_iter().find_map(|(stage, text)| text.as_ref().map(|text| (stage, text)));
    let (stage, text) = found.map_or(("run", "no reason known"), |(stage, text)| (stage, text));
    format!("winrm-client: {}: {stage}: {text}", report.target)
}
