//! The last `connect` of a lab, for a diagnosis that the directory alone does not explain.
//!
//! CLIENT keeps it beside the tickets, so a reset removes it.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use spnfix::{Diagnosis, Observed};
use spnlab_engineer::observed;
use spnlab_harness::{Attempt, Lab};
use spnlab_picture::Recorded;

use super::RunEvidence;
use crate::console::Console;

/// The name under which CLIENT keeps it.
const NAME: &str = "last-connect";

/// What the last connection to a host saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastAttempt {
    when: SystemTime,
    host: String,
    requested_spn: String,
    /// Who held the SPN then. `None`: the directory did not answer.
    holders: Option<Vec<String>>,
    pub(crate) observed: Observed,
}

/// Keeps what an attempt saw, for the lab's log and for a diagnosis. A lab that cannot keep it
/// loses a hint, and nothing else.
pub(crate) async fn note_attempt(
    lab: &Lab,
    attempt: &Attempt,
    evidence: &RunEvidence,
    console: &Console,
) {
    evidence.saw(Recorded::Connection(Box::new(attempt.clone())), console);
    let Some(observed) = observed(attempt) else { return };
    let outcome = &attempt.outcome;
    let last = LastAttempt {
        when: SystemTime::now(),
        host: outcome.target.clone(),
        requested_spn: outcome.requested_spn.clone(),
        holders: outcome.holders.clone(),
        observed,
    };
    let text = serde_json::to_vec(&last).unwrap_or_default();
    let _ = lab.client().keep(NAME, &text).await;
}

impl LastAttempt {
    /// What the lab's CLIENT keeps.
    pub(crate) async fn of(lab: &Lab) -> Option<Self> {
        serde_json::from_str(&lab.client().kept(NAME).await.ok()?).ok()
    }

    /// Whether it says something about this diagnosis: a failure with the same name, that the same
    /// accounts held, and no reason in the directory.
    pub(crate) fn contradicts(&self, diagnosis: &Diagnosis, holders: &[String]) -> bool {
        let same_spn = self.requested_spn.eq_ignore_ascii_case(&diagnosis.requested.to_string());
        self.host.eq_ignore_ascii_case(&diagnosis.target.to_string())
            && same_spn
            && self.holders.as_deref() == Some(holders)
            && diagnosis.verdict.is_healthy()
            && self.observed != Observed::Accepted
    }

    /// When it was, for a reader.
    pub(crate) fn ago(&self, now: SystemTime) -> String {
        let seconds = now.duration_since(self.when).unwrap_or_default().as_secs();
        let rounded = if seconds < 60 { seconds } else { seconds / 60 * 60 };
        humantime::format_duration(Duration::from_secs(rounded)).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spnfix::{ClientProfile, InMemoryDirectory, diagnose_in};

    #[tokio::test]
    async fn only_a_failure_that_the_directory_does_not_show_counts() {
        let mut healthy = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_computer(
            "MEM1",
            "mem1.contoso.com",
            &["HOST/mem1", "HOST/mem1.contoso.com"],
        );
        let target = "mem1.contoso.com".parse().unwrap();
        let diagnosis = diagnose_in(&mut healthy, &target, &ClientProfile::default()).await;
        let diagnosis = diagnosis.unwrap();
        let last = LastAttempt {
            when: SystemTime::UNIX_EPOCH,
            host: "MEM1.contoso.com".into(),
            requested_spn: "HTTP/MEM1.contoso.com".into(),
            holders: Some(Vec::new()),
            observed: Observed::from_endpoint(41),
        };
        assert!(last.contradicts(&diagnosis, &[]));
        let accepted = LastAttempt { observed: Observed::Accepted, ..last.clone() };
        assert!(!accepted.contradicts(&diagnosis, &[]));
        let since = LastAttempt { holders: Some(vec!["svc_web".into()]), ..last.clone() };
        assert!(!since.contradicts(&diagnosis, &[]), "the SPN has another holder since");
        let other = LastAttempt { host: "mem1".into(), ..last.clone() };
        assert!(!other.contradicts(&diagnosis, &[]));
        let text = serde_json::to_string(&last).unwrap();
        assert_eq!(serde_json::from_str::<LastAttempt>(&text).unwrap(), last);
        assert_eq!(last.ago(SystemTime::UNIX_EPOCH + Duration::from_secs(125)), "2m");
    }
}
