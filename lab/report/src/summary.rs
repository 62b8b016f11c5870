//! The summary of a run as Markdown, for the page of a job.
//!
//! Uses: results, text.

use askama::Template;

use crate::results::{Failure, Feature, Results, Scenario, Status};
use crate::text::plain;

/// A job's summary has 1 MiB for all of its steps. One run takes a tenth of it.
const MOST: usize = 100 * 1024;
/// The longest reason of one failure, in characters.
const LONGEST: usize = 600;

/// What a run has besides its results.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The exit status, and what it means.
    pub exit: Option<(u8, String)>,
    /// Facts with their names: the seed, the Samba version.
    pub facts: Vec<(String, String)>,
}

/// The title of the summary and of the page. A run that ended early may have no failed scenario.
pub(crate) fn title(run: &Run, results: &Results) -> String {
    match (results.count(Status::Failed), &run.exit) {
        (0, Some((status @ 1.., _))) => {
            format!("spnlab test: exit status {status}, no scenario failed")
        }
        (0, _) => format!("spnlab test: {} passed", results.count(Status::Passed)),
        (failed, _) => format!("spnlab test: {failed} of {} failed", results.scenarios().count()),
    }
}

/// The summary: counts, the failed scenarios with their Kerberos code, and the exit status.
pub fn summary(run: &Run, results: &Results) -> String {
    let mut failed: Vec<_> = results.failed().collect();
    let all = failed.len();
    loop {
        let left_out = all - failed.len();
        // Writing to a text does not fail.
        let text = Summary { run, results, failed: &failed, left_out }.render().unwrap_or_default();
        let text = text + "\n";
        if text.len() <= MOST || failed.is_empty() {
            return text;
        }
        failed.truncate(failed.len() * 9 / 10);
    }
}

#[derive(Debug, Template)]
#[template(path = "summary.md", escape = "none")]
struct Summary<'a> {
    run: &'a Run,
    results: &'a Results,
    failed: &'a [(&'a Feature, &'a Scenario, &'a Failure)],
    left_out: usize,
}

/// The reason without its code, which stands in a column of its own.
pub(crate) fn rest(failure: &Failure) -> String {
    let mut chars = failure.rest().chars();
    let mut short: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    plain(&short)
}
