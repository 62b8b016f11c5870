//! `spnlab`: the command line of the lab for WinRM error 0x80090322.

mod cli;
mod connecting;
mod demo;
mod env;
mod error;
mod facts;
mod fixing;
mod interactive;
mod interrupt;
mod journals;
mod labs;
mod place;
mod render;
mod talk;
mod tool;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use cli::{Cli, ClientOptions, Verb};
use error::Failure;
use place::Place;
use talk::Talk;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let talk = Arc::new(Talk::new(cli.json, cli.quiet));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            talk.warn(&format!("error: the runtime could not be started: {error}"));
            return ExitCode::FAILURE;
        }
    };
    // In a session Ctrl-C is for the remote command.
    let session = matches!(&cli.verb, Verb::Connect(how) if connecting::is_interactive(how, &talk));
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = run(cli.verb, &talk) => ended,
            signal = interrupt::signal(&talk, !session) => Err(signal),
        }
    });
    match ended {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            failure.report(&talk);
            ExitCode::from(failure.exit_status())
        }
    }
}

/// Runs one verb and returns the exit status of the program.
async fn run(verb: Verb, talk: &Arc<Talk>) -> Result<u8, Failure> {
    match verb {
        Verb::Up(up) => labs::up(&up, talk).await,
        Verb::Status(lab) => labs::status(&lab.name, talk).await,
        Verb::List => labs::list(talk).await,
        Verb::Break { condition, lab } => labs::break_lab(&lab.name, condition, talk).await,
        Verb::Connect(options) => connecting::connect(&options, talk).await,
        Verb::Browse { host, lab } => connecting::browse(&lab.name, &host, talk).await,
        Verb::Diagnose { host, saw, lab, abroad, client } => {
            let place = Place::of(&lab, &abroad, &client);
            fixing::diagnose(&place, &host, saw.as_ref(), talk).await
        }
        Verb::Fix(options) => fixing::fix(&options, talk).await,
        Verb::Rollback { lab, abroad, confirm } => {
            let client = ClientOptions::default();
            let place = Place::of(&lab, &abroad, &client);
            fixing::rollback(&place, confirm.as_deref(), talk).await
        }
        Verb::Setspn(options) => tool::setspn(&options, talk).await,
        Verb::Reset(lab) => labs::reset(&lab.name, talk).await,
        Verb::Logs { part, lab } => labs::logs(&lab.name, part, talk).await,
        Verb::Down { lab, all } => labs::down((!all).then_some(lab.name.as_str()), talk).await,
        Verb::Demo { retain } => Box::pin(demo::demo(retain, talk)).await,
        Verb::Images(samba) => labs::images(samba.samba.into(), talk).await,
    }
}
