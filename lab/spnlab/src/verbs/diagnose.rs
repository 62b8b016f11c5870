//! `spnlab diagnose`.

use std::time::SystemTime;

use spnfix::{Diagnosis, FailureDiagnosis, Finding, Recommendation, Saw, diagnose_failure};

use crate::cli::Diagnose;
use crate::console::{Console, escaped};
use crate::directory::DirectoryChoice;
use crate::failure::Failure;

/// The JSON document: the diagnosis, and what to do about it.
#[derive(serde::Serialize)]
struct Document {
    #[serde(flatten)]
    diagnosis: Diagnosis,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureDiagnosis>,
    /// The other things that the client's status may stand for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_failures: Vec<FailureDiagnosis>,
    recommendation: Recommendation,
}

pub(super) async fn diagnose(options: &Diagnose, console: &Console) -> Result<u8, Failure> {
    let Diagnose { host, saw, lab, external, client } = options;
    let directory = DirectoryChoice::new(lab, external, client).open().await?;
    let mut engineer = directory.engineer().await?;
    let diagnosis = engineer.diagnose(host).await?;
    let recommendation = engineer.recommend(host).await?;
    let columns = console.columns();
    console.pass_on(&escaped(&format!("{diagnosis:columns$}")));
    let mut failures = saw.as_ref().map(|saw| failures(&diagnosis, saw)).unwrap_or_default();
    if saw.is_none()
        && let Some(last) = directory.last_attempt(&diagnosis).await
    {
        let ago = last.ago(SystemTime::now());
        console.print(&format!(
            "\nThe last spnlab connect to {host}, {ago} ago, failed all the same."
        ));
        failures.push(diagnose_failure(&diagnosis, &last.observed));
    }
    if let Some(note) = saw.as_ref().and_then(Saw::note) {
        let saw = saw.as_ref().map(ToString::to_string).unwrap_or_default();
        let note = note.replace('\n', "\n  ");
        console.print(&escaped(&format!("\n{saw} may stand for\n  {note}")));
        console.print("What follows reads it as one of these; --saw takes each of them.");
    }
    if let Some(failure) = failures.first() {
        console.pass_on(&escaped(&format!("\n{failure:columns$}")));
    }
    if !diagnosis.verdict.is_healthy() {
        console.pass_on(&escaped(&format!("\n{recommendation:columns$}")));
    }
    let other_failures = failures.split_off(failures.len().min(1));
    let failure = failures.pop();
    console.document("diagnose", &Document { diagnosis, failure, other_failures, recommendation });
    Ok(0)
}

/// A failure for each thing that was perhaps seen. One that the directory explains comes first,
/// then the likeliest.
fn failures(diagnosis: &Diagnosis, saw: &Saw) -> Vec<FailureDiagnosis> {
    let mut all: Vec<_> =
        saw.readings().iter().map(|seen| diagnose_failure(diagnosis, seen)).collect();
    all.sort_by_key(|failure| !matches!(failure.finding, Finding::Explained { .. }));
    all
}
