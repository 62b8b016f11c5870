//! Puts the Kerberos code of the last connection before what a failed step said. So every form that
//! a run leaves begins with it.

use std::any::Any;
use std::sync::Arc;

use cucumber::event::{self, Cucumber, Event, Rule, Scenario, Step, StepError};
use cucumber::{Writer, parser, writer};

use super::tally::said;
use crate::world::LabWorld;

/// Writers that get what failed steps said with the code before it.
#[derive(Debug)]
pub(super) struct Told<W>(pub(super) W);

impl<W: Writer<LabWorld>> Writer<LabWorld> for Told<W> {
    type Cli = W::Cli;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<Cucumber<LabWorld>>>,
        cli: &Self::Cli,
    ) {
        self.0.handle_event(event.map(|event| event.map(with_code)), cli).await;
    }
}

impl<W: writer::Normalized> writer::Normalized for Told<W> {}

fn with_code(event: Cucumber<LabWorld>) -> Cucumber<LabWorld> {
    use event::Feature;
    match event {
        Cucumber::Feature(feature, Feature::Scenario(one, mut event)) => {
            event.event = of_scenario(event.event);
            Cucumber::Feature(feature, Feature::Scenario(one, event))
        }
        Cucumber::Feature(feature, Feature::Rule(rule, Rule::Scenario(one, mut event))) => {
            event.event = of_scenario(event.event);
            Cucumber::Feature(feature, Feature::Rule(rule, Rule::Scenario(one, event)))
        }
        other => other,
    }
}

fn of_scenario(event: Scenario<LabWorld>) -> Scenario<LabWorld> {
    match event {
        Scenario::Background(step, event) => Scenario::Background(step, of_step(event)),
        Scenario::Step(step, event) => Scenario::Step(step, of_step(event)),
        other => other,
    }
}

fn of_step(event: Step<LabWorld>) -> Step<LabWorld> {
    match event {
        Step::Failed(captures, place, Some(world), StepError::Panic(info)) => {
            let text = begin_with(world.last_end(), &said(&*info));
            let info: Arc<dyn Any + Send> = Arc::new(text);
            Step::Failed(captures, place, Some(world), StepError::Panic(info))
        }
        other => other,
    }
}

fn begin_with(end: Option<String>, said: &str) -> String {
    match end {
        Some(end) => format!("{end}\n{said}"),
        None => said.to_owned(),
    }
}
