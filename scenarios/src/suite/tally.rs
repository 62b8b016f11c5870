//! Counts what the scenarios come to, and prints a line for each.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use cucumber::event::{self, Hook, StepError};
use cucumber::gherkin::{Feature, Scenario, Step};

use super::lines::{Lines, State};
use super::played::{Failed, Played, Results, place};
use super::shard::Durations;
use crate::features::{all_scenarios, evidence_folder};
use crate::pool::pool;
use crate::world::LabWorld;

/// A scenario that runs.
#[derive(Debug, Default)]
struct Running {
    /// The end of the first step.
    has_lab: Option<SystemTime>,
    /// The steps that passed.
    passed: Vec<String>,
    failed: Option<Failed>,
}

/// Gets the events of the scenarios as they happen.
pub(super) struct Tally {
    running: HashMap<String, Running>,
    results: Arc<Mutex<Results>>,
    lines: Lines,
    durations: Durations,
    state: State,
}

impl Tally {
    /// Prints lines, and how far the run of these features is.
    pub(super) fn new(results: &Arc<Mutex<Results>>, lines: &Lines, features: &[Feature]) -> Self {
        let durations = Durations::recorded();
        let all = all_scenarios(features);
        let left = all.map(|(feature, one)| durations.of(&evidence_folder(feature, one))).sum();
        let state = State { left: Duration::from_millis(left), ..State::default() };
        let results = Arc::clone(results);
        Self { running: HashMap::new(), results, lines: lines.clone(), durations, state }
    }

    fn show(&mut self) {
        self.state.running = self.running.values().filter(|one| one.has_lab.is_some()).count();
        self.state.labs = pool().started();
        self.lines.state(self.state);
    }

    pub(super) fn note(
        &mut self,
        feature: &Feature,
        scenario: &Scenario,
        event: event::Scenario<LabWorld>,
        at: SystemTime,
    ) {
        use event::Scenario as Event;
        let key = format!("{} {}", place(feature, scenario), feature.name);
        let running = self.running.entry(key.clone()).or_default();
        match event {
            Event::Background(step, event) | Event::Step(step, event) => {
                running.note_step(&step, event, at);
            }
            Event::Hook(_, Hook::Failed(_, info)) => {
                let message = said(&*info);
                let line = scenario.position.line;
                // The step that failed says more than what came of it.
                running.failed.get_or_insert(Failed { step: None, line, message, kept_lab: None });
            }
            Event::Started | Event::Log(_) | Event::Hook(_, Hook::Started | Hook::Passed) => {}
            Event::Finished => {
                let Running { has_lab, passed, failed } =
                    self.running.remove(&key).unwrap_or_default();
                let took = has_lab.and_then(|since| at.duration_since(since).ok());
                let played = Played {
                    file: feature.path.clone().unwrap_or_default(),
                    line: scenario.position.line,
                    feature: feature.name.clone(),
                    title: scenario.name.clone(),
                    took: took.unwrap_or_default(),
                    evidence: evidence_folder(feature, scenario),
                    failed,
                };
                self.lines.played(&played, &passed);
                let counted = if played.failed.is_some() {
                    &mut self.state.failed
                } else {
                    &mut self.state.passed
                };
                *counted += 1;
                let expected = Duration::from_millis(self.durations.of(&played.evidence));
                self.state.left = self.state.left.saturating_sub(expected);
                let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
                results.played.push(played);
            }
        }
        self.show();
    }
}

impl Running {
    fn note_step(&mut self, step: &Step, event: event::Step<LabWorld>, at: SystemTime) {
        let text = format!("{}{}", step.keyword, step.value);
        let (message, world) = match event {
            event::Step::Started => return,
            event::Step::Passed(..) => {
                self.has_lab.get_or_insert(at);
                self.passed.push(text);
                return;
            }
            event::Step::Skipped => ("nobody knows this step".to_owned(), None),
            event::Step::Failed(_, _, world, StepError::Panic(info)) => (said(&*info), world),
            event::Step::Failed(_, _, world, error) => (error.to_string(), world),
        };
        let kept_lab = world.and_then(|world| world.kept_lab().map(str::to_owned));
        let failed = Failed { step: Some(text), line: step.position.line, message, kept_lab };
        self.failed = Some(failed);
    }
}

/// The words of a panic.
pub(super) fn said(info: &(dyn Any + Send)) -> String {
    let text = info.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| info.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}
