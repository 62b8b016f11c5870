//! `winrm-client`: runs a command over WinRM, and tells where it failed.

use clap::Parser;
use std::io::Write as _;
use std::process::ExitCode;
use winrm::client::{Event, Finished, Report, interact, run};

/// The command succeeded, but the document lacks a part of its output.
const INCOMPLETE: u8 = 3;

#[path = "winrm-client/arguments.rs"]
mod arguments;

use arguments::{Arguments, UsageError};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    let interactive = arguments.interactive;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("the runtime: {error}"), 2),
    };
    let result = runtime.block_on(async {
        if interactive {
            hold(arguments).await
        } else {
            execute(arguments).await.map(|f| finish(&f, json))
        }
    });
    // A pending read of standard input must not hold the program.
    runtime.shutdown_background();
    match result {
        Ok(status) => status,
        Err(error) => complain(&error.to_string(), 2),
    }
}

fn complain(text: &str, status: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "winrm-client: {text}");
    ExitCode::from(status)
}

async fn execute(arguments: Arguments) -> Result<Finished, UsageError> {
    let quiet = arguments.json;
    let forward = arguments.forward_stdin;
    let options = arguments.options().await?;
    let mut stdin = tokio::io::stdin();
    let input = forward.then_some(&mut stdin as _);
    let finished = run(&options, input, |stream, data| {
        if quiet {
            Ok(())
        } else if stream == "stderr" {
            std::io::stderr().write_all(data)
        } else {
            let mut out = std::io::stdout();
            out.write_all(data).and_then(|()| out.flush())
        }
    });
    Ok(finished.await?)
}

/// Runs a session over standard input and output.
async fn hold(arguments: Arguments) -> Result<ExitCode, UsageError> {
    let options = arguments.options().await?;
    let requests = tokio::io::BufReader::new(tokio::io::stdin());
    let mut write = |event: &Event| {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let mut out = std::io::stdout();
        out.write_all(&line).and_then(|()| out.flush())
    };
    let held = interact(&options, requests, &mut write).await?;
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::from(1) })
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
    if json && let Some(command) = report.command.as_ref().filter(|command| command.truncated) {
        // Without the document, every byte was passed on.
        let _ = writeln!(
            std::io::stderr(),
            "winrm-client: the document holds the first 4 MiB of each stream; the command wrote {} \
             bytes to standard output, and {} to standard error",
            command.stdout_bytes,
            command.stderr_bytes
        );
        if code == 0 {
            return ExitCode::from(INCOMPLETE);
        }
    }
    // A Windows exit code has 32 bits, ours 8. One that does not fit must not look like success.
    ExitCode::from(u8::try_from(code).unwrap_or(255))
}

fn complain_as_windows(report: &Report) -> ExitCode {
    let mut err = std::io::stderr();
    match &report.client_status {
        Some(status) => {
            let _ = writeln!(err, "{}", status.message.replace("\r\n", "\n"));
            let seen = report.kerberos_code().map(|code| format!("{code}; "));
            let _ = writeln!(
                err,
                "winrm-client: {}what a Windows client reports: {} ({}), \
                 FullyQualifiedErrorId {} ({})",
                seen.unwrap_or_default(),
                status.name,
                status.hex,
                status.fully_qualified_error_id,
                status.certainty,
            );
        }
        None => {
            let _ = writeln!(err, "{}", reason(report));
        }
    }
    ExitCode::from(1)
}

/// The stage that failed, if Windows' message for it is unknown.
fn reason(report: &Report) -> String {
    let texts = [
        ("WinRM", &report.winrm.text),
        ("AP", &report.ap.text),
        ("TGS", &report.tgs.text),
        ("AS", &report.as_stage.text),
    ];
    let found = texts.into_iter().find_map(|(stage, text)| text.as_ref().map(|text| (stage, text)));
    let (stage, text) = found.map_or(("run", "no reason known"), |(stage, text)| (stage, text));
    let code = report.kerberos_code().map(|code| format!(" ({code})")).unwrap_or_default();
    format!(
        "winrm-client: {}: {stage}: {text}{code}\n\
         winrm-client: what a Windows client reports for this is not known",
        report.target
    )
}
