//! How long the steps took, by kind: where the time of the suite goes. For people; nothing is asserted of
//! it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use cucumber::event::{Cucumber, Feature, Rule, Scenario, Step};
use cucumber::{Event, Writer, gherkin, parser, writer};

use crate::env;

/// Kinds of steps in the report.
const MOST: usize = 25;

static TOOK: Mutex<Vec<(String, Duration)>> = Mutex::new(Vec::new());

/// Takes the time from each step's beginning to its end, and hands everything on to another writer.
#[derive(Debug)]
pub struct StepTimes<Inner> {
    inner: Inner,
    /// By the scenario and the step's line.
    running: HashMap<(usize, usize), Instant>,
}

impl<Inner> StepTimes<Inner> {
    /// In front of this writer.
    pub fn before(inner: Inner) -> Self {
        Self { inner, running: HashMap::new() }
    }

    fn note<W>(&mut self, event: &Cucumber<W>) {
        let Cucumber::Feature(_, feature) = event else { return };
        let (Feature::Scenario(scenario, event)
        | Feature::Rule(_, Rule::Scenario(scenario, event))) = feature
        else {
            return;
        };
        let (Scenario::Step(step, what) | Scenario::Background(step, what)) = &event.event else {
            return;
        };
        // The same for all events of one scenario, and no other's.
        let of = std::ptr::from_ref::<gherkin::Scenario>(scenario) as usize;
        let key = (of, step.position.line);
        if matches!(what, Step::Started) {
            self.running.insert(key, Instant::now());
        } else if let Some(began) = self.running.remove(&key) {
            let mut took = TOOK.lock().unwrap_or_else(PoisonError::into_inner);
            took.push((kind(&step.value), began.elapsed()));
        }
    }
}

impl<World: 'static, Inner: Writer<World>> Writer<World> for StepTimes<Inner> {
    type Cli = Inner::Cli;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<Cucumber<World>>>,
        cli: &Self::Cli,
    ) {
        if let Ok(event) = &event {
            self.note(event);
        }
        self.inner.handle_event(event, cli).await;
    }
}

impl<Inner: writer::Normalized> writer::Normalized for StepTimes<Inner> {}

impl<Inner> Deref for StepTimes<Inner> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// The step's words without what is quoted in them.
fn kind(step: &str) -> String {
    step.split('"').step_by(2).collect::<Vec<_>>().join("…")
}

/// The kinds of steps that took longest together: number, all, median; with `SPNLAB_TIMES` only.
pub fn report() -> String {
    if !env::times() {
        return String::new();
    }
    let mut kinds: HashMap<String, Vec<Duration>> = HashMap::new();
    for (kind, took) in TOOK.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        kinds.entry(kind).or_default().push(took);
    }
    let mut lines: Vec<(Duration, String)> = kinds
        .into_iter()
        .map(|(kind, mut took)| {
            took.sort_unstable();
            let (all, median) = (took.iter().sum::<Duration>(), took[took.len() / 2]);
            let (count, seconds) = (took.len(), all.as_secs_f64());
            let median = median.as_secs_f64();
            (all, format!("{count:5} steps: {seconds:7.2} s, median {median:5.2} s  {kind}"))
        })
        .collect();
    lines.sort_by(|one, other| other.cmp(one));
    lines.iter().take(MOST).fold(String::new(), |mut text, (_, line)| {
        let _ = writeln!(text, "time: {line}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_step_is_its_words_without_the_values() {
        assert_eq!(kind(r#""HTTP/x" is held by "svc_web""#), "… is held by …");
        assert_eq!(kind("a healthy lab"), "a healthy lab");
    }
}
