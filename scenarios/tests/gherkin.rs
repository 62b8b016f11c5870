//! Runs every feature file against real labs.
//!
//! `cargo test -p spnlab-scenarios --test gherkin -- --tags @smoke` runs a part; `--name REGEX`
//! runs scenarios by title. `SPNLAB_SEED=N` repeats the order of an earlier run, `SPNLAB_LABS=N`
//! sets how many labs run side by side, `SPNLAB_SAMBA=4.17` what their domain controllers run.
//! `SPNLAB_TIMES=1` tells at the end where the time of the steps went. Evidence is kept in
//! `target/evidence/<feature>/<scenario>/`.

use std::process::ExitCode;

use cucumber::cli::Empty;
use cucumber::writer::{self, Stats};
use cucumber::{World as _, WriterExt as _};
use tokio::signal::unix::{self, SignalKind};

use spnlab_scenarios::step_times::{self, StepTimes};
use spnlab_scenarios::{
    LabWorld, Shuffled, check_unreferenced, features_at, for_the_pair, labs, pool, samba, seed,
    times,
};

/// Where the feature files are.
const FEATURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../features");

#[tokio::main]
async fn main() -> ExitCode {
    // Evidence goes where a run by hand would put it.
    if let Err(error) = std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")) {
        eprintln!("the workspace's folder is not there: {error}");
        return ExitCode::FAILURE;
    }
    spnlab_scenarios::killed_fix_is_at(env!("CARGO_BIN_EXE_killed-fix"));
    let run = tokio::select! {
        run = scenarios() => run,
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

async fn scenarios() -> ExitCode {
    let cli = cucumber::cli::Opts::<cucumber::parser::basic::Cli, _, _, Empty>::parsed();
    let partial =
        cli.re_filter.is_some() || cli.tags_filter.is_some() || cli.parser.features.is_some();
    let seed = seed();
    println!("order: SPNLAB_SEED={seed}, {} labs, Samba {}", labs(), samba());
    let features = match features_at(FEATURES.as_ref()) {
        Ok(features) => features,
        Err(error) => {
            eprintln!("the features cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    let waiting = for_the_pair(&features);
    let writer = StepTimes::before(writer::Basic::stdout().summarized());
    let done = LabWorld::cucumber::<&str>()
        .with_parser(Shuffled::by(seed, samba()))
        // The pool lends one lab to each, and one more may be next. Who waits for the pair of domain
        // controllers keeps nobody else from a lab.
        .max_concurrent_scenarios(labs() + 1 + waiting)
        .with_writer(writer)
        .with_cli(cli)
        .fail_on_skipped()
        .before(|feature, _, scenario, world| {
            world.begin(feature, scenario);
            Box::pin(async {})
        })
        .after(|_, _, _, event, world| {
            let failed = !matches!(event, cucumber::event::ScenarioFinished::StepPassed);
            Box::pin(async move {
                if let Some(world) = world {
                    world.end(failed).await;
                }
            })
        })
        .run(FEATURES)
        .await;
    let stats = done.scenarios_stats();
    let mut failed = stats.failed + done.parsing_errors() + done.hook_errors();
    if pool().replaced() > 0 {
        failed += pool().replaced();
        println!("{} labs did not come back to their baseline", pool().replaced());
    }
    if !partial {
        match check_unreferenced(FEATURES.as_ref()) {
            Ok(names) => {
                failed += names.len();
                for name in names {
                    println!("no scenario compares the snapshot {name}");
                }
            }
            Err(error) => {
                failed += 1;
                println!("the folder of snapshots cannot be read: {error}");
            }
        }
    }
    print!("{}{}", times::report(), step_times::report());
    println!("order: SPNLAB_SEED={seed}");
    println!("scenarios: {} passed, {failed} failed, {} skipped", stats.passed, stats.skipped);
    if failed == 0 && stats.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
