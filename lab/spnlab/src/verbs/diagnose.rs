//! `spnlab diagnose`.

use spnfix::{Diagnosis, FailureDiagnosis, Recommendation, diagnose_failure};

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
    recommendation: Recommendation,
}

pub(super) async fn diagnose(options: &Diagnose, console: &Console) -> Result<u8, Failure> {
    let Diagnose { host, saw, lab, external, client } = options;
    let directory = DirectoryChoice::new(lab, external, client).open().await?;
    let mut engineer = directory.engineer().await?;
    let diagnosis = engineer.diagnose(host).await?;
    let recommendation = engineer.recommend(host).await?;
    console.print(&escaped(&diagnosis.to_string()));
    let failure = saw.as_ref().map(|saw| diagnose_failure(&diagnosis, saw));
    if let Some(failure) = &failure {
        console.print(&escaped(&format!("\n{failure}")));
    }
    if !diagnosis.verdict.is_healthy() {
        console.print(&escaped(&format!("\n{recommendation}")));
    }
    console.document("diagnose", &Document { diagnosis, failure, recommendation });
    Ok(0)
}
