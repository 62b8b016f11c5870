//! The page of a run of the suite: counts, what failed, and each scenario with its attempts.
//!
//! Uses: archive, attempts, evidence, results, summary, text.

use std::path::Path;

use askama::Template;
use spnlab_harness::Result;

use crate::archive;
use crate::attempts::{AttemptBody, bodies};
use crate::evidence::{Entry, entries, holders, texts};
use crate::results::{Failure, Feature, Results, Scenario, Status, Step};
use crate::summary::{Run, title};
use crate::text::{cut, lines};

/// The longest text of a program on the page.
const LONGEST: usize = 16 * 1024;

/// The page. `evidence` is the folder of the run's evidence. The page links to the archives that
/// stand beside it, if `archives` says that there are some.
pub fn suite_html(run: &Run, results: &Results, evidence: &Path, archives: bool) -> Result<String> {
    let mut kept = Vec::new();
    for (_, scenario) in results.scenarios() {
        let folder = scenario.evidence.as_ref().map(|own| evidence.join(own));
        kept.push(Kept::read(folder.as_deref())?);
    }
    let mut kept = kept.iter();
    let features = results.features.iter().map(|feature| {
        let told = feature.scenarios.iter().zip(kept.by_ref());
        let told = told.map(|(scenario, kept)| Told::of(scenario, kept, archives));
        (feature, told.collect())
    });
    let page =
        SuitePage { title: &title(run, results), run, results, features: features.collect() };
    // Writing to a text does not fail.
    Ok(page.render().unwrap_or_default())
}

/// What a scenario kept.
#[derive(Debug, Default)]
struct Kept {
    entries: Vec<Entry>,
    /// The SPNs that came or went between its beginning and its end. `None` if it kept none.
    changes: Option<Vec<String>>,
    texts: Vec<(String, String)>,
}

impl Kept {
    fn read(folder: Option<&Path>) -> Result<Self> {
        let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
            return Ok(Self::default());
        };
        let changes = holders(folder).map(|[before, after]| after.difference(&before));
        Ok(Self { entries: entries(folder)?, changes, texts: texts(folder) })
    }
}

#[derive(Debug, Template)]
#[template(path = "suite.html")]
struct SuitePage<'a> {
    title: &'a str,
    run: &'a Run,
    results: &'a Results,
    features: Vec<(&'a Feature, Vec<Told<'a>>)>,
}

/// One scenario, ready for the page.
#[derive(Debug, Template)]
#[template(path = "scenario.html")]
struct Told<'a> {
    scenario: &'a Scenario,
    failure: Option<&'a Failure>,
    steps: &'a [Step],
    runs: Vec<AttemptBody<'a>>,
    changes: Option<&'a [String]>,
    texts: Vec<(&'a str, Vec<String>, usize)>,
    archive: Option<String>,
}

impl<'a> Told<'a> {
    fn of(scenario: &'a Scenario, kept: &'a Kept, archives: bool) -> Self {
        let failure = scenario.failure.as_ref();
        let texts = kept.texts.iter().map(|(name, text)| {
            let (head, left_out) = cut(text, LONGEST);
            (name.as_str(), lines(head), left_out)
        });
        let own = scenario.evidence.as_deref().filter(|_| archives && failure.is_some());
        Self {
            scenario,
            failure,
            steps: &scenario.steps,
            runs: bodies(&kept.entries),
            changes: kept.changes.as_deref(),
            texts: texts.collect(),
            archive: own.map(archive::name),
        }
    }
}

/// A sign beside the colour.
pub(crate) fn sign(status: Status) -> &'static str {
    match status {
        Status::Passed => "✓",
        Status::Skipped => "–",
        Status::Failed => "✗",
    }
}
