//! `spnlab`: the command line of the lab for WinRM error 0x80090322.

// The rooms, lowest first. A room uses only rooms above it in this list, and its first lines say
// which.
mod exit_status;

mod console;

mod cli;

mod failure;

mod interrupt;

mod state;

mod directory;

mod show;

mod prompt;

mod demo;

mod verbs;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use cli::Cli;
use console::Console;

fn main() -> ExitCode {
    let cli = Cli::parse();
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
        }
    });
    match ended {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            failure.report(&console);
            ExitCode::from(failure.exit_status())
        }
    }
}
