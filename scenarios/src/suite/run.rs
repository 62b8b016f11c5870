//! One run of the feature files.

use std::sync::{Arc, Mutex, PoisonError};

use cucumber::World as _;
use cucumber::event::ScenarioFinished;
use spnlab_harness::{EvidenceDir, Progress, ensure_images};
use spnlab_report::Run;
use tokio::signal::unix::{self, SignalKind};

use super::events::Events;
use super::failure::Failure;
use super::given::Given;
use super::leave::Files;
use super::lines::Lines;
use super::order::{new_seed, shuffle, waiting_for_two_dcs};
use super::played::{NotRun, Results};
use super::resets;
use super::select::{Selected, rounds, select};
use super::steps::refuse_unknown;
use super::tally::Tally;
use crate::options::Options;
use crate::pool::{self, Settings, pool, usual_labs};
use crate::target::Target;
use crate::world::{LabWorld, Records, keep_evidence_in, set_records, unreferenced};

/// Runs what the options select. Removes the labs, also after a signal.
pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    let Selected { features, not_run } = select(options)?;
    refuse_unknown(&features)?;
    set_records(records(options)?);
    let evidence = options.leave.evidence.clone().unwrap_or_else(EvidenceDir::of_suite);
    keep_evidence_in(evidence.clone());
    let to_stderr = options.leave.json.as_deref().is_some_and(|file| file.as_os_str() == "-");
    let lines = Lines::new(to_stderr, evidence.clone());
    let files = Files::new(&options.leave, evidence);
    for one in &not_run {
        lines.not_run(one);
    }
    if features.is_empty() {
        return Err(Failure::NothingRuns(not_run.len()));
    }
    let talk = lines.clone();
    let progress = Progress::new(move |text| talk.say(text));
    if options.external.target.is_none() {
        ensure_images(options.labs.samba, &progress).await?;
    }
    pool::set_up(Settings {
        labs: options.labs.labs.map_or_else(usual_labs, usize::from),
        samba: options.labs.samba,
        own: options.own.parts(),
        keep_failed: options.labs.keep_on_failure,
        progress,
    });
    let ended = Box::pin(scenarios(options, features, not_run, &lines, &files)).await;
    let removed = pool().shutdown().await;
    ended.and(removed.map_err(Failure::from))
}

/// The records of this run.
fn records(options: &Options) -> Result<Records, Failure> {
    let select = &options.select;
    // One feature file has its records beside it.
    let of_features = || {
        let path = select.features.as_ref()?;
        let folder = if path.is_file() { path.parent()? } else { path };
        Some(folder.join("records"))
    };
    let folder = select.records.clone().or_else(of_features);
    let in_the_tree =
        || Some("scenarios/snapshots".into()).filter(|path: &std::path::PathBuf| path.is_dir());
    let update = match (options.leave.update_records, folder.clone().or_else(in_the_tree)) {
        (false, _) => None,
        (true, Some(folder)) => Some(folder),
        (true, None) => return Err(Failure::NoRecords),
    };
    Ok(Records { folder, update })
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

async fn scenarios(
    options: &Options,
    mut features: Vec<cucumber::gherkin::Feature>,
    not_run: Vec<NotRun>,
    lines: &Lines,
    files: &Files<'_>,
) -> Result<(), Failure> {
    rounds(&mut features, options.select.repeat);
    let seed = options.labs.seed.unwrap_or_else(new_seed);
    shuffle(&mut features, seed);
    let selected = features.clone();
    let labs = options.labs.labs.map_or_else(usual_labs, usize::from);
    let order = if options.external.target.is_some() {
        format!("order: --seed {seed}, the domain {}", Target::of_run().domain)
    } else {
        format!("order: --seed {seed} --labs {labs} --samba {}", options.labs.samba)
    };
    lines.print(&order);

    let results = Arc::new(Mutex::new(Results { not_run, ..Results::default() }));
    let tally = Tally::new(&results, lines, &features);
    // Each lab of the pool plays one scenario, and one more scenario may be next. Scenarios that
    // wait for the two domain controllers keep no other scenario from a lab. Whoever wants to stop
    // at the first failure wants none that has begun and waits.
    let next = if options.labs.fail_fast { 0 } else { 1 + waiting_for_two_dcs(&features) };
    // An external domain has one fix at a time.
    let at_once = if options.external.target.is_some() { 1 } else { labs + next };
    let mut suite = LabWorld::cucumber::<&str>()
        .max_concurrent_scenarios(at_once)
        // A scenario that fails once failed, also with the tag @retry.
        .retry_options(|_, _, _, _| None)
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
        });
    if options.labs.fail_fast {
        suite = suite.fail_fast();
    }
    let suite = suite
        .with_parser(Given(features))
        .with_writer(Events::new(tally, &files.ended))
        .with_default_cli();
    let mut play = Box::pin(suite.run(()));
    let stopped = tokio::select! {
        _ = &mut play => None,
        error = pool().until_broken() => Some(Failure::Lab(error)),
        signal = signal() => Some(Failure::Interrupted(signal)),
    };
    lines.end();

    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let why = if stopped.is_some() { "the run ended early" } else { "an earlier scenario failed" };
    let not_played = results.not_played(&selected, why);
    let (left, all) = (not_played.len(), not_played.len() + results.played.len());
    results.not_run.extend(not_played);
    let mut failed = results.failed();
    let mut besides = Vec::new();
    if pool().replaced() > 0 {
        failed += pool().replaced();
        besides.push(format!("{} labs did not come back to their baseline", pool().replaced()));
    }
    if stopped.is_none() && is_whole(options) {
        let names = unreferenced(&selected);
        failed += names.len();
        besides.extend(names.iter().map(|name| format!("no scenario compares the record {name}")));
    }
    let ended = match stopped {
        Some(failure) => Err(failure),
        None if failed > 0 => Err(Failure::Scenarios(failed)),
        None => Ok(()),
    };
    // First the files: who ends a pipeline's job waits a few seconds only, and a lab takes some.
    let written = files.write(&results, &in_words(&order, &besides, &ended)).await;
    drop(play);
    // cucumber silences panics while it plays. Dropped before its end, it leaves them silent.
    drop(std::panic::take_hook());

    for line in &besides {
        lines.print(line);
    }
    if let Some(line) = resets::line(pool().resets().await) {
        lines.print(&line);
    }
    if left > 0 {
        lines.print(&format!("not played: {left} of {all}, because {why}"));
    }
    lines.print(&order);
    let (passed, skipped) = (results.passed(), results.not_run.len());
    lines.print(&format!("scenarios: {passed} passed, {failed} failed, {skipped} skipped"));
    if let (Err(unwritten), Err(_)) = (&written, &ended) {
        unwritten.report();
    }
    ended.and(written)
}

/// What a report says about the run besides its results.
fn in_words(order: &str, besides: &[String], ended: &Result<(), Failure>) -> Run {
    let exit = match ended {
        Ok(()) => (0, "every scenario passed".to_owned()),
        Err(failure @ Failure::Interrupted(_)) => (failure.exit_status(), "interrupted".to_owned()),
        Err(failure) => (failure.exit_status(), failure.to_string()),
    };
    let order = order.strip_prefix("order: ").unwrap_or(order).to_owned();
    let besides = besides.iter().map(|line| ("failed besides".to_owned(), line.clone()));
    let facts = std::iter::once(("order".to_owned(), order)).chain(besides);
    Run { exit: Some(exit), facts: facts.collect() }
}

/// Whether this run plays everything that the program carries.
fn is_whole(options: &Options) -> bool {
    let select = &options.select;
    let part = select.tags.is_some() || select.name.is_some() || select.shard.is_some();
    !(part
        || options.external.target.is_some()
        || select.features.is_some()
        || select.records.is_some()
        || options.labs.fail_fast)
}
