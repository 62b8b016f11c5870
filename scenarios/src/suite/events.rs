//! What cucumber says while it runs: each event is counted and printed at once. The events of a
//! scenario that ended are kept for cucumber's document, which a run leaves also when it is
//! interrupted.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cucumber::cli::Empty;
use cucumber::event::{self, Cucumber, Hook, Rule, Scenario, Source, Step, StepError};
use cucumber::{Writer, gherkin, parser, writer};

use super::tally::{Tally, said};
use crate::world::LabWorld;

type Event = cucumber::Event<Cucumber<LabWorld>>;

/// The events of the scenarios that ended, one scenario after the other.
#[derive(Clone, Default)]
pub(super) struct Ended(Arc<Mutex<Vec<Event>>>);

impl Ended {
    /// cucumber's document of these scenarios, as its writer writes it.
    pub(super) async fn document(&self) -> Vec<u8> {
        let events = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut document = Vec::new();
        let mut json = writer::Json::raw(&mut document);
        for event in events.into_iter().chain([Event::new(Cucumber::Finished)]) {
            json.handle_event(Ok(event), &Empty).await;
        }
        document
    }

    fn add(&self, mut events: Vec<Event>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).append(&mut events);
    }
}

/// Gets every event as it happens.
pub(super) struct Events {
    tally: Tally,
    /// Events of running scenarios.
    running: HashMap<Source<gherkin::Scenario>, Vec<Event>>,
    ended: Ended,
}

impl Events {
    pub(super) fn new(tally: Tally, ended: &Ended) -> Self {
        Self { tally, running: HashMap::new(), ended: ended.clone() }
    }
}

impl Writer<LabWorld> for Events {
    type Cli = Empty;

    async fn handle_event(&mut self, event: parser::Result<Event>, _: &Empty) {
        let Ok(mut event) = event else { return };
        let Some((feature, scenario, of_scenario)) = parts(&mut event.value) else { return };
        put_code_first(of_scenario);
        self.tally.note(&feature, &scenario, of_scenario.clone(), event.at);
        forget_world(of_scenario);
        let ended = matches!(of_scenario, Scenario::Finished);
        self.running.entry(scenario.clone()).or_default().push(event);
        if ended {
            self.ended.add(self.running.remove(&scenario).unwrap_or_default());
        }
    }
}

/// It needs no order of the events.
impl writer::Normalized for Events {}

/// The parts of a scenario's event.
fn parts(
    event: &mut Cucumber<LabWorld>,
) -> Option<(Source<gherkin::Feature>, Source<gherkin::Scenario>, &mut Scenario<LabWorld>)> {
    use event::Feature;
    match event {
        Cucumber::Feature(
            feature,
            Feature::Scenario(scenario, event) | Feature::Rule(_, Rule::Scenario(scenario, event)),
        ) => Some((feature.clone(), scenario.clone(), &mut event.event)),
        _ => None,
    }
}

/// Puts the Kerberos code of the last connection before what a failed step said. So every form that
/// a run leaves begins with it.
fn put_code_first(event: &mut Scenario<LabWorld>) {
    if let Scenario::Background(_, event) | Scenario::Step(_, event) = event
        && let Step::Failed(_, _, Some(world), StepError::Panic(info)) = event
        && let Some(end) = world.last_end()
    {
        let text: Arc<dyn Any + Send> = Arc::new(format!("{end}\n{}", said(&**info)));
        *info = text;
    }
}

/// Lets go of the World of a failed scenario, which no document has.
fn forget_world(event: &mut Scenario<LabWorld>) {
    match event {
        Scenario::Background(_, Step::Failed(_, _, world, _))
        | Scenario::Step(_, Step::Failed(_, _, world, _))
        | Scenario::Hook(_, Hook::Failed(world, _)) => *world = None,
        _ => {}
    }
}
