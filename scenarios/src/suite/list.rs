//! `spnlab test --list`.

use cucumber::gherkin::{Feature, Scenario};
use serde_json::{Value, json};

use super::failure::Failure;
use super::json;
use super::played::place;
use super::select::select;
use crate::features::all_scenarios;
use crate::options::Options;

/// Prints the selected scenarios with their places.
pub(super) fn list(options: &Options) -> Result<(), Failure> {
    let mut features = select(options)?.features;
    features.sort_by(|one, other| one.path.cmp(&other.path));
    let all = all_scenarios(&features);
    if let Some(file) = &options.leave.json {
        return json::write(&all.map(document).collect(), Some(file));
    }
    for (feature, scenario) in all {
        println!("{}  {}", place(feature, scenario), scenario.name);
    }
    Ok(())
}

fn document((feature, scenario): (&Feature, &Scenario)) -> Value {
    json!({
        "file": feature.path,
        "line": scenario.position.line,
        "feature": feature.name,
        "scenario": scenario.name,
    })
}
