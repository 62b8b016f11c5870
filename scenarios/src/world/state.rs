//! What the steps of one scenario remember, by concept. The World holds it, and the steps fill it.

use spnfix::{ClientProfile, Diagnosis, HandedOff, Plan, Recommendation, VerifiedEverywhere};
use spnlab_harness::{CaptureMark, ClientReport, ExecOutput, Role, SpnInventory};
use tempfile::TempDir;

use crate::kill::Holdings;
use crate::target::{Fixed, Reached, Target};

/// What the engineer has found and done.
#[derive(Debug, Default)]
pub(crate) struct RemedyState {
    pub(crate) query: Option<String>,
    pub(crate) diagnosis: Option<Diagnosis>,
    pub(crate) plan: Option<Plan>,
    /// The ways out, best first.
    pub(crate) ways: Option<Recommendation>,
    /// The error of a refused fix.
    pub(crate) refusal: Option<spnfix::Error>,
    pub(crate) before: Option<BeforePlan>,
}

impl RemedyState {
    /// The last plan.
    pub(crate) fn plan(&self) -> &Plan {
        self.plan.as_ref().unwrap_or_else(|| panic!("nothing was planned yet"))
    }
}

/// A domain that is no lab.
#[derive(Debug, Default)]
pub(crate) struct TargetState {
    /// The verdicts of the host's names before anything was done.
    pub(crate) verdicts: Vec<String>,
    /// What the client reports.
    pub(crate) report: Option<ClientReport>,
    /// The fix that is in place.
    pub(crate) fixed: Option<Fixed>,
}

impl TargetState {
    /// Undoes the fix that is in place, if there is one.
    pub(crate) async fn roll_back(&mut self) -> Result<(), String> {
        let Some(fixed) = &self.fixed else { return Ok(()) };
        let mut reached = Reached::new(Target::of_run(), ClientProfile::default()).await?;
        reached.roll_back(fixed).await?;
        self.fixed = None;
        Ok(())
    }
}

/// What the directory and CLIENT's registry held before a plan was made.
#[derive(Debug)]
pub(crate) struct BeforePlan {
    pub(crate) spns: SpnInventory,
    pub(crate) spn_prefix: Option<String>,
}

/// Interrupted fixes.
#[derive(Debug, Default)]
pub(crate) struct SafetyState {
    /// The point of each kill, and how the directory and the registry were wrong: right after the
    /// kill, and after the rollback.
    pub(crate) kills: Vec<(usize, Vec<String>)>,
    /// The error of the interrupted run.
    pub(crate) error: Option<String>,
    pub(crate) before: Option<Holdings>,
}

/// The program `spnlab`, and plans as text for other tools.
#[derive(Debug, Default)]
pub(crate) struct CommandLineState {
    pub(crate) output: Option<ExecOutput>,
    pub(crate) handed: Option<HandedOff>,
    /// Where `spnlab connect` keeps its evidence.
    pub(crate) evidence: Option<TempDir>,
}

/// Two domain controllers.
#[derive(Debug, Default)]
pub(crate) struct ReplicationState {
    /// How a domain controller answered a write.
    pub(crate) answer: Option<ExecOutput>,
    pub(crate) read_back: Option<VerifiedEverywhere>,
}

/// Out-of-band changes. The lab does not know of them, and a reset does not undo them.
#[derive(Debug, Default)]
pub(crate) struct OutOfBandState {
    /// The LDIF that takes the change back.
    pub(crate) undo: Option<String>,
    /// Each changed object, with the attribute that differs now.
    pub(crate) changed: Vec<(String, String)>,
    /// The domain controller, and the text that puts these objects back.
    pub(crate) objects_before: Option<(Role, String)>,
}

/// A program on CLIENT whose packets are not the scenario's own.
#[derive(Debug)]
pub(crate) struct OtherTraffic {
    pub(crate) process: String,
    pub(crate) since: CaptureMark,
}
