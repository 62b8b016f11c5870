//! The steps that this program knows, as docs/steps.md lists them.

use cucumber::World as _;
use cucumber::gherkin::{Feature, Step};

use super::failure::Failure;
use crate::features::scenarios_of;
use crate::world::LabWorld;

/// The list, which a test compares with the code.
const LIST: &str = include_str!("../../../docs/steps.md");

/// The keyword and the words of each known step.
fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    let cell = |line: &'static str| line.strip_prefix("- `")?.split_once('`').map(|(step, _)| step);
    LIST.lines().filter_map(cell).filter_map(|step| step.split_once(' '))
}

/// Refuses features with steps that nobody knows, and names the nearest known ones.
pub(super) fn refuse_unknown(features: &[Feature]) -> Result<(), Failure> {
    let known_steps = LabWorld::collection();
    let mut unknown = Vec::new();
    for feature in features {
        let path = feature.path.clone().unwrap_or_default();
        let mut steps: Vec<&Step> = steps_of(feature).collect();
        steps.sort_by_key(|step| step.position.line);
        steps.dedup_by_key(|step| step.position.line);
        for step in steps {
            let problem = match known_steps.find(step) {
                Ok(Some(_)) => continue,
                Ok(None) => format!("nobody knows this step; the nearest are:\n{}", nearest(step)),
                Err(error) => error.to_string(),
            };
            let (line, said) = (step.position.line, format!("{}{}", step.keyword, step.value));
            unknown.push(format!("{}:{line}: {said}\n  {problem}", path.display()));
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(Failure::UnknownSteps(unknown.join("\n"))) }
}

/// Every step of a feature's scenarios, and of its backgrounds.
fn steps_of(feature: &Feature) -> impl Iterator<Item = &Step> {
    let backgrounds = feature.background.iter();
    let backgrounds = backgrounds.chain(feature.rules.iter().filter_map(|r| r.background.as_ref()));
    let own = scenarios_of(feature).flat_map(|scenario| &scenario.steps);
    backgrounds.flat_map(|background| &background.steps).chain(own)
}

/// The three known steps that are most like this one, one a line.
fn nearest(step: &Step) -> String {
    let words = with_places(&step.value);
    let mut steps: Vec<_> = known().collect();
    let likeness = |text: &str| strsim::sorensen_dice(&words, text);
    steps.sort_by(|(_, one), (_, other)| likeness(other).total_cmp(&likeness(one)));
    let lines = steps.iter().take(3).map(|(keyword, text)| format!("    {keyword} {text}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The step with `{string}` in place of what stands in quotes.
fn with_places(text: &str) -> String {
    let parts = text.split('"').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { "{string}" } else { part }).collect()
}
