//! The verbs of the command line, one file each.
//!
//! Uses: cli, console, demo, directory, doing, env, exit_status, failure, prompt, reader, shell,
//! show, state, typed, width, wireshark.

mod break_lab;
mod browse;
mod bundle;
mod capture;
mod completions;
mod connect;
mod console;
mod diagnose;
mod doctor;
mod down;
mod export;
mod fix;
mod illustrate;
mod images;
mod klist;
mod last;
mod list;
mod logs;
mod mend;
mod patience;
mod question;
mod quiz;
mod report;
mod reset;
mod rollback;
mod setspn;
mod shell;
mod status;
mod suite;
mod up;

use std::sync::Arc;

use crate::cli::{Export, Form, Verb};
use crate::console::Console;
use crate::demo;
use crate::failure::Failure;
use crate::reader::on_a_terminal;
use crate::state::note_done;
use crate::typed;

/// Whether the verb takes Ctrl-C itself: a session for its remote command, the console for an end
/// after the action that runs.
pub(crate) fn takes_ctrl_c(verb: &Verb, console: &Console) -> bool {
    match verb {
        Verb::Connect(options) => connect::opens_session(options, console),
        Verb::Shell(_) => !console.is_json() && on_a_terminal(),
        Verb::Console(_) => true,
        _ => false,
    }
}

/// Runs one verb and returns the exit status of the program.
pub(crate) async fn run(verb: Verb, console: &Arc<Console>) -> Result<u8, Failure> {
    typed::check(&verb)?;
    let lab = asks(&verb).map(str::to_owned);
    let work = Box::pin(run_one(verb, console));
    let ended = patience::patient(lab.as_deref(), console, work).await;
    note_done(ended.as_ref().map_or_else(Failure::exit_status, |status| *status), console).await;
    ended
}

/// The lab of a verb that waits for the lab's answer and does not say itself what it waits for.
fn asks(verb: &Verb) -> Option<&str> {
    match verb {
        Verb::Status(lab) | Verb::Reset(lab) => Some(&lab.name),
        Verb::Break(options) if !options.list => Some(&options.lab.name),
        Verb::Quiz(options) => Some(&options.lab.name),
        Verb::Mend(options) => Some(&options.lab.name),
        Verb::Setspn(options) => Some(&options.lab.name),
        Verb::Klist(options) => Some(&options.lab.name),
        Verb::Capture(options) => Some(&options.lab.name),
        Verb::Diagnose(options) if options.external.server.is_none() => Some(&options.lab.name),
        Verb::Fix(options) if options.external.server.is_none() => Some(&options.lab.name),
        Verb::Rollback(options) if options.external.server.is_none() => Some(&options.lab.name),
        _ => None,
    }
}

async fn run_one(verb: Verb, console: &Arc<Console>) -> Result<u8, Failure> {
    match verb {
        Verb::Up(options) => up::up(&options, console).await,
        Verb::Status(lab) => status::status(&lab.name, console).await,
        Verb::List => list::list(console).await,
        Verb::Break(options) => Box::pin(break_lab::break_lab(&options, console)).await,
        Verb::Quiz(options) => Box::pin(quiz::quiz(&options, console)).await,
        Verb::Mend(options) => mend::mend(&options, console).await,
        Verb::Connect(options) => connect::connect(&options, console).await,
        Verb::Trace(options) => last::trace(&options, console),
        Verb::Events(lab) => last::logged(&lab.name, console),
        Verb::Doctor => doctor::doctor(console).await,
        Verb::Browse(options) => browse::browse(&options, console).await,
        Verb::Diagnose(options) => diagnose::diagnose(&options, console).await,
        Verb::Fix(options) => fix::fix(&options, console).await,
        Verb::Rollback(options) => rollback::rollback(&options, console).await,
        Verb::Shell(options) => Box::pin(shell::shell(&options, console)).await,
        Verb::Setspn(options) => setspn::setspn(&options, console).await,
        Verb::Klist(options) => klist::klist(&options, console).await,
        Verb::Console(options) => console::serve(&options, console).await,
        Verb::Report(options) => report::report(&options, console),
        Verb::Capture(options) => capture::capture(&options, console).await,
        Verb::Illustrate(options) => Box::pin(illustrate::illustrate(&options, console)).await,
        Verb::Reset(lab) => reset::reset(&lab.name, console).await,
        Verb::Logs { part, raw, lab } => logs::logs(&lab.name, part, raw, console).await,
        Verb::Down { lab, all } => down::down((!all).then_some(lab.name.as_str()), console).await,
        Verb::Demo(options) => Box::pin(demo::demo(&options, console)).await,
        Verb::Test { words } => Err(suite::test(&words)),
        Verb::Bundle(options) => bundle::bundle(&options, console).await,
        Verb::Load(options) => bundle::load(&options, console).await,
        Verb::Export(Export { form: Form::Compose(options) }) => {
            export::compose(&options, console).await
        }
        Verb::Images(options) => images::images(&options, console).await,
        Verb::Completions { shell } => Ok(completions::completions(shell, console)),
        Verb::Man { folder } => completions::man(&folder, console),
    }
}
