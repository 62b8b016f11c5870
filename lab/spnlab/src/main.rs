//! `spnlab`: the command line of the lab for WinRM error 0x80090322.

// The rooms, lowest first. A room uses only rooms above it in this list, and its first lines say
// which.
mod exit_status;

mod env;

mod doing;

mod width;

mod ascii;

mod console;

mod cli;

mod failure;

mod interrupt;

mod typed;

mod state;

mod directory;

mod wireshark;

mod show;

mod reader;

mod prompt;

mod shell;

mod demo;

mod verbs;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use cli::Cli;
use console::Console;

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    begin_again_at_the_engine();
    let console = Arc::new(Console::new(cli.json, cli.quiet));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            console.warn(&format!("error: the runtime could not be started: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let by_ctrl_c = !verbs::takes_ctrl_c(&cli.verb, &console);
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = verbs::run(cli.verb, &console) => ended,
            signal = interrupt::signal(&console, by_ctrl_c) => Err(signal),
            error = console.until_unwritable() => Err(error.into()),
        }
    });
    // The last words may have failed after the work.
    let ended = ended.and_then(|status| console.unwritable().map_or(Ok(status), |e| Err(e.into())));
    match ended {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            failure.report(&console);
            ExitCode::from(failure.exit_status())
        }
    }
}

/// Says what is wrong with the command line, also as a document if one is wanted; or shows the
/// help.
fn misread(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|word| word == "--json") {
        let text = error.to_string();
        let mut lines = text.trim_start_matches("error: ").lines().filter(|l| !l.trim().is_empty());
        let message = lines.next().unwrap_or_default();
        let hint = text.lines().rev().find_map(|line| line.trim().strip_prefix("hint: "));
        let hint =
            hint.unwrap_or("`spnlab --help` shows the verbs, `spnlab VERB --help` one of them");
        Console::new(true, false).error_document("SPNLAB-USAGE", message, hint);
    }
    // Output that takes nothing cannot be told so.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit_status::USAGE))
}

/// The container library finds the engine by the environment alone. Where a context of Docker chose
/// another one, this program begins again with that one in its environment.
fn begin_again_at_the_engine() {
    // An error comes again where the engine is needed, and is reported there.
    let Ok(changes) = spnlab_harness::engine_variables() else { return };
    let (false, Ok(program)) = (changes.is_empty(), std::env::current_exe()) else { return };
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1));
    for (name, value) in changes {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    // It returns only if it fails.
    let _ = again.exec();
}
