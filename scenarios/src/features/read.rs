//! Reads feature files: those that the program carries, and those of a folder.

use std::path::Path;

use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Scenario};
use cucumber::parser::{self, Parser};
use futures::StreamExt as _;
use include_dir::{Dir, include_dir};

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../features");

/// The feature files that the program carries, with expanded outlines.
pub(crate) fn shipped() -> parser::Result<Vec<Feature>> {
    let files = SHIPPED.dirs().flat_map(Dir::files);
    let mut features = files
        .filter_map(|file| Some((file.path(), file.contents_utf8()?)))
        .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "feature"))
        .map(|(path, text)| {
            let mut feature = Feature::parse(text, GherkinEnv::default()).map_err(|error| {
                let path = path.to_owned();
                cucumber::gherkin::ParseFileError::Parsing { path, error: None, source: error }
            })?;
            feature.path = Some(Path::new("features").join(path));
            Ok(feature.expand_examples()?)
        })
        .collect::<parser::Result<Vec<_>>>()?;
    features.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(features)
}

/// The feature files of a folder, or one feature file, with expanded outlines.
pub fn features_at(path: &Path) -> parser::Result<Vec<Feature>> {
    // The parser reads files only, so this never waits.
    let read = parser::Basic::new().parse(path, parser::basic::Cli::default());
    let read: Vec<_> = futures::executor::block_on(read.collect());
    read.into_iter().collect()
}

/// The feature's file, without its extension.
pub(crate) fn file_of(feature: &Feature) -> String {
    let file = feature.path.as_deref().and_then(Path::file_stem).unwrap_or_default();
    file.to_string_lossy().into_owned()
}

/// The scenarios of a feature and of its rules.
pub(crate) fn scenarios_of(feature: &Feature) -> impl Iterator<Item = &Scenario> + Clone {
    let in_rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    feature.scenarios.iter().chain(in_rules)
}

/// The scenarios of these features, each with its feature.
pub(crate) fn all_scenarios(
    features: &[Feature],
) -> impl Iterator<Item = (&Feature, &Scenario)> + Clone {
    features.iter().flat_map(|one| scenarios_of(one).map(move |scenario| (one, scenario)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_carries_the_feature_files() {
        let titles = |features: Vec<Feature>| -> Vec<_> {
            let of = |one: &Feature| {
                (file_of(one), scenarios_of(one).map(|s| s.name.clone()).collect::<Vec<_>>())
            };
            features.iter().map(of).collect()
        };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../features");
        let mut there = features_at(&folder).unwrap();
        there.sort_by(|one, other| one.path.cmp(&other.path));
        let carried = titles(shipped().unwrap());
        assert!(carried.len() > 30, "only {} features", carried.len());
        assert_eq!(carried, titles(there));
    }
}
