//! Runs the suite: which scenarios, in which order, what they print and leave, and how it ends.
//!
//! Uses: env, features, kill, options, pool, target, world.

mod begin_again;
mod events;
mod failure;
mod given;
mod json;
mod leave;
mod lines;
mod list;
mod order;
mod played;
mod resets;
mod run;
mod select;
mod shard;
mod steps;
mod tally;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::kill::run_killed_fix;
use crate::options::{Action, Options};
use failure::Failure;
use leave::{Made, merge};

/// The program `spnlab-test`.
pub async fn main() -> ExitCode {
    let options = Options::parse();
    let ended = match &options.action {
        Some(Action::KilledFix) => run_killed_fix().await.map_err(Failure::KilledFix),
        Some(Action::Merge { files, output, junit, report, evidence }) => {
            let to = Made { junit: junit.as_deref(), report: report.as_deref(), evidence };
            merge(files, output.as_deref(), &to)
        }
        Some(Action::Man { folder }) => man(folder),
        None if options.select.list => list::list(&options),
        None => {
            begin_again::with_its_environment();
            run::run(&options).await
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.exit_status())
        }
    }
}

/// Writes the man pages.
fn man(folder: &Path) -> Result<(), Failure> {
    let command = Options::command().name("spnlab-test");
    clap_mangen::generate_to(command, folder)
        .map_err(Failure::io(format!("write the man pages to {}", folder.display())))
}
