//! Reads feature files.

use std::path::Path;

use cucumber::gherkin::{Feature, Scenario};
use cucumber::parser::{self, Parser};
use futures::StreamExt as _;

/// The feature files of a folder, or one feature file, with expanded outlines.
pub fn features_at(path: &Path) -> parser::Result<Vec<Feature>> {
    read(parser::Basic::new(), path, parser::basic::Cli::default()).into_iter().collect()
}

/// The parser reads files only, so this never waits.
pub(crate) fn read<I: AsRef<Path>>(
    parser: parser::Basic,
    input: I,
    cli: parser::basic::Cli,
) -> Vec<parser::Result<Feature>> {
    futures::executor::block_on(parser.parse(input, cli).collect())
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
