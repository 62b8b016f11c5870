//! What a run leaves to read: cucumber's document, and what is made from it at the end.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use spnlab_report::{Results, Run, junit, write_folder};

use super::events::Ended;
use super::failure::Failure;
use super::json;
use super::{played, shard};
use crate::options::Leave;

/// The files of one run.
pub(super) struct Files<'a> {
    options: &'a Leave,
    /// Where the evidence of the run is.
    evidence: PathBuf,
    /// What cucumber's document is made from.
    pub(super) ended: Ended,
}

impl<'a> Files<'a> {
    pub(super) fn new(options: &'a Leave, evidence: PathBuf) -> Self {
        Self { options, evidence, ended: Ended::default() }
    }

    /// Writes everything. The evidence gets the document, too: `spnlab report` reads it there.
    pub(super) async fn write(&self, results: &played::Results, run: &Run) -> Result<(), Failure> {
        if let Some(file) = &self.options.durations {
            fs::write(file, shard::lines(&results.played))
                .map_err(Failure::io(format!("write {}", file.display())))?;
        }
        let features = json::parse(&self.ended.document().await).unwrap_or_default();
        let document = Value::Array(json::joined([json::completed(features, results)]));
        if let Some(file) = &self.options.json {
            json::write(&document, Some(file))?;
        }
        if self.evidence.is_dir() {
            json::write(&document, Some(&self.evidence.join(spnlab_report::RESULTS)))?;
        }
        let Leave { junit, report, .. } = self.options;
        let evidence = &self.evidence;
        Made { junit: junit.as_deref(), report: report.as_deref(), evidence }.write(&document, run)
    }
}

/// What is made from cucumber's document.
#[derive(Debug)]
pub(super) struct Made<'a> {
    /// JUnit's file.
    pub(super) junit: Option<&'a Path>,
    /// The folder of the report.
    pub(super) report: Option<&'a Path>,
    /// The folder of the evidence, for the report.
    pub(super) evidence: &'a Path,
}

impl Made<'_> {
    fn write(&self, document: &Value, run: &Run) -> Result<(), Failure> {
        if self.junit.is_none() && self.report.is_none() {
            return Ok(());
        }
        let text = document.to_string();
        let results = Results::read([text.as_str()]).map_err(|error| Failure::Results {
            file: spnlab_report::RESULTS.into(),
            reason: error.to_string(),
        })?;
        if let Some(file) = self.junit {
            let written = fs::write(file, junit(&results));
            written.map_err(Failure::io(format!("write {}", file.display())))?;
        }
        if let Some(folder) = self.report {
            write_folder(folder, run, &results, self.evidence)?;
        }
        Ok(())
    }
}

/// `spnlab test merge`.
pub(super) fn merge(
    files: &[PathBuf],
    output: Option<&Path>,
    made: &Made<'_>,
) -> Result<(), Failure> {
    let joined = Value::Array(json::merged(files)?);
    // Without a file, the document is what was asked for, unless something else was.
    if output.is_some() || (made.junit.is_none() && made.report.is_none()) {
        json::write(&joined, output)?;
    }
    let shards = ("shards".to_owned(), files.len().to_string());
    made.write(&joined, &Run { exit: None, facts: vec![shards] })
}
