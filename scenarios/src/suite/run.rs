//! One run of the feature files.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use cucumber::cli::{Empty, Opts};
use cucumber::event::ScenarioFinished;
use cucumber::writer::{self, Coloring, Stats as _, Verbosity};
use cucumber::{World as _, WriterExt as _, parser};
use tokio::signal::unix::{self, SignalKind};

use super::order::{Shuffled, seed, waiting_for_two_dcs};
use super::resets;
use crate::features::features_at;
use crate::pool::{labs, pool, samba};
use crate::world::{LabWorld, unreferenced};

/// Runs every scenario that the command line does not exclude. Removes the labs, also after a
/// signal.
///
/// `report` gets the result and the time of each step, as cucumber's JSON.
pub async fn run(features: &str, report: &Path) -> ExitCode {
    let run = tokio::select! {
        run = scenarios(features, report) => run.unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        }),
        number = signal() => {
            eprintln!("interrupted: removing the labs");
            ExitCode::from(128 + number)
        }
    };
    if let Err(error) = pool().shutdown().await {
        eprintln!("error [{}]: {error}", error.code());
        return ExitCode::FAILURE;
    }
    run
}

/// Returns the number of the signal that asks this program to end.
async fn signal() -> u8 {
    let (Ok(mut term), Ok(mut hup)) =
        (unix::signal(SignalKind::terminate()), unix::signal(SignalKind::hangup()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => 2,
        _ = term.recv() => 15,
        _ = hup.recv() => 1,
    }
}

async fn scenarios(features: &str, report: &Path) -> Result<ExitCode, String> {
    let cli = Opts::<parser::basic::Cli, _, _, Empty>::parsed();
    let partial =
        cli.re_filter.is_some() || cli.tags_filter.is_some() || cli.parser.features.is_some();
    let seed = seed();
    println!("order: SPNLAB_SEED={seed}, {} labs, Samba {}", labs(), samba());
    let all = features_at(features.as_ref())
        .map_err(|error| format!("the features cannot be read: {error}"))?;
    let file = File::create(report).map_err(|error| format!("{}: {error}", report.display()))?;
    let console = writer::Basic::raw(io::stdout(), Coloring::Auto, Verbosity::Default);
    let writer = console.tee::<LabWorld, _>(writer::Json::for_tee(file)).normalized().summarized();
    let done = LabWorld::cucumber::<&str>()
        .with_parser(Shuffled::by(seed, samba()))
        // Each lab of the pool plays one scenario, and one more scenario may be next. Scenarios
        // that wait for the two domain controllers keep no other scenario from a lab.
        .max_concurrent_scenarios(labs() + 1 + waiting_for_two_dcs(&all))
        .with_writer(writer)
        .with_cli(cli)
        .fail_on_skipped()
        .before(|feature, _, scenario, world| {
            world.begin(feature, scenario);
            Box::pin(async {})
        })
        .after(|_, _, _, event, world| {
            let failed = !matches!(event, ScenarioFinished::StepPassed);
            Box::pin(async move {
                if let Some(world) = world {
                    world.end(failed).await;
                }
            })
        })
        .run(features)
        .await;
    let stats = done.scenarios_stats();
    let mut failed = stats.failed + done.parsing_errors() + done.hook_errors();
    if pool().replaced() > 0 {
        failed += pool().replaced();
        println!("{} labs did not come back to their baseline", pool().replaced());
    }
    if !partial {
        let names = unreferenced(features.as_ref())
            .map_err(|error| format!("the folder of snapshots cannot be read: {error}"))?;
        failed += names.len();
        for name in names {
            println!("no scenario compares the snapshot {name}");
        }
    }
    print!("{}", resets::line(pool().resets().await));
    println!("order: SPNLAB_SEED={seed}");
    println!("scenarios: {} passed, {failed} failed, {} skipped", stats.passed, stats.skipped);
    let passed = failed == 0 && stats.passed > 0;
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
