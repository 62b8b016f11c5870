//! The World of one scenario: a lab at its baseline, and what happened in it.

use std::time::SystemTime;

use cucumber::World;
use cucumber::gherkin::{Feature, Scenario};
use spnfix::{FailureDiagnosis, Verdict};
use spnlab_harness::{Attempt, ConnectOptions, Error, ExecOutput, Lab, WebVisit, WinrmSettings};
use spnlab_picture::Scene;

use super::evidence::{Evidence, claim_folder, folder_anew};
use super::must;
use super::state::{
    CommandLineState, OtherTraffic, OutOfBandState, RemedyState, ReplicationState, SafetyState,
    TargetState,
};
use crate::features::file_of;
use crate::pool::{PooledEngineer, PooledLab, pool};
use crate::terminal::Terminal;

/// The World of one scenario.
#[derive(Debug, Default, World)]
pub struct LabWorld {
    pub(crate) feature: String,
    pub(crate) scenario: String,
    evidence_folder: String,
    /// When it got its lab.
    began: Option<SystemTime>,
    lab: Option<PooledLab>,
    /// The name of the lab, if it failed and its lab stays.
    kept_lab: Option<String>,
    pub(crate) evidence: Evidence,
    pub(crate) attempt: Option<Attempt>,
    /// The connections before the last one.
    pub(crate) earlier: Vec<Attempt>,
    /// Visits to the web site.
    pub(crate) visits: Vec<WebVisit>,
    /// The engineer's verdict on each kind of client's connection.
    pub(crate) verdicts: Vec<(&'static str, Verdict)>,
    /// The engineer's diagnosis of a failed connection.
    pub(crate) failure: Option<FailureDiagnosis>,
    pub(crate) remedy: RemedyState,
    pub(crate) safety: SafetyState,
    pub(crate) command_line: CommandLineState,
    pub(crate) replication: ReplicationState,
    pub(crate) out_of_band: OutOfBandState,
    pub(crate) setspn: Option<ExecOutput>,
    /// curl's answer to a message in clear: the body and the status.
    pub(crate) curl: Option<String>,
    pub(crate) terminal: Option<Terminal>,
    pub(crate) other_traffic: Option<OtherTraffic>,
    pub(crate) target: TargetState,
}

impl LabWorld {
    /// Notes the scenario of this World.
    ///
    /// # Panics
    /// If another scenario leaves its evidence in the same folder.
    pub fn begin(&mut self, feature: &Feature, scenario: &Scenario) {
        self.evidence_folder = claim_folder(feature, scenario);
        self.feature = file_of(feature);
        scenario.name.clone_into(&mut self.scenario);
    }

    /// The name of the lab that stays.
    pub(crate) fn kept_lab(&self) -> Option<&str> {
        self.kept_lab.as_deref()
    }

    /// Keeps the evidence and releases the lab.
    ///
    /// # Panics
    /// If a scenario that passed leaves no evidence: it would prove nothing to other people.
    pub async fn end(&mut self, failed: bool) {
        // A scenario that failed half-way leaves no fix in a domain that is no lab.
        if let Err(error) = self.target.roll_back().await {
            panic!("a fix was not undone: {error}");
        }
        let Some(lab) = self.lab.take() else { return };
        // The terminal's program must not stay in the lab for the next scenario.
        if let Some(terminal) = self.terminal.take() {
            self.evidence.showed(&terminal.leave().await);
        }
        let mut kept = self.keep_evidence(lab.lab(), failed).await;
        if failed {
            match pool().release_failed(lab).await {
                Ok(name) => self.kept_lab = name,
                Err(error) => kept = kept.and(Err(error)),
            }
        } else {
            pool().release(lab).await;
        }
        match kept {
            Ok(()) => {}
            Err(error) if failed => eprintln!("the evidence is not complete: {error}"),
            Err(error) => panic!(
                "no evidence of {}: {error} ({}); {}",
                self.evidence_folder,
                error.code(),
                error.hint()
            ),
        }
    }

    /// Writes the connections, the visits, the servers' records, and the scenario's other evidence.
    async fn keep_evidence(&self, lab: &Lab, failed: bool) -> Result<(), Error> {
        let folder = folder_anew(&self.evidence_folder)?;
        for (number, attempt) in self.earlier.iter().enumerate() {
            attempt.write_to(&folder, &format!("attempt-{}", number + 1))?;
        }
        if let Some(attempt) = &self.attempt {
            attempt.write_to(&folder, "attempt")?;
        }
        for (number, visit) in self.visits.iter().enumerate() {
            visit.write_to(&folder, &format!("visit-{}", number + 1))?;
        }
        if failed {
            lab.collect_evidence(&folder).await?;
        }
        if let Some(since) = self.began {
            lab.collect_records(&folder, since).await?;
        }
        self.evidence.write_to(&folder, lab).await
    }

    /// The lab. The scenario's first `Given` acquires it.
    pub(crate) fn lab(&self) -> &Lab {
        of_scenario(self.lab.as_ref()).lab()
    }

    /// The engineer of the lab: `spn_operator`, at dc1.
    pub(crate) async fn engineer(&self) -> PooledEngineer<'_> {
        must(of_scenario(self.lab.as_ref()).engineer().await)
    }

    /// Gets a lab.
    pub(crate) async fn acquire_lab(&mut self) {
        self.enter(must(Box::pin(pool().acquire()).await)).await;
    }

    /// Gets a lab with these settings of MEM1's WinRM.
    pub(crate) async fn acquire_lab_with(&mut self, settings: WinrmSettings) {
        self.enter(must(Box::pin(pool().acquire_with(settings)).await)).await;
    }

    /// Gets a lab with two domain controllers.
    pub(crate) async fn acquire_two_dcs(&mut self) {
        self.enter(must(Box::pin(pool().acquire_two_dcs()).await)).await;
    }

    async fn enter(&mut self, lab: PooledLab) {
        self.began = Some(SystemTime::now());
        let lab = self.lab.insert(lab);
        must(self.evidence.begin(lab.lab()).await);
    }

    /// Says that a reset alone will not undo what the scenario does to its lab.
    pub(crate) fn require_return_to_image(&mut self) {
        if let Some(lab) = &mut self.lab {
            lab.require_return_to_image();
        }
    }

    /// Notes all SPN holders if this is the first step that acts. Each step that connects or fixes
    /// something calls this first.
    pub(crate) async fn note_holders(&mut self) {
        self.evidence.note_holders(of_scenario(self.lab.as_ref()).lab()).await;
    }

    /// The same before a connection that is no attempt. Also keeps its packets.
    pub(crate) async fn note_session(&mut self) {
        self.note_holders().await;
        must(self.evidence.keep_packets(of_scenario(self.lab.as_ref()).lab()).await);
    }

    /// Connects once more.
    pub(crate) async fn connect(&mut self, options: &ConnectOptions) {
        self.note_holders().await;
        let attempt = must(self.lab().connect(options).await);
        self.earlier.extend(self.attempt.replace(attempt));
    }

    /// How the last connection ended, or the last visit if no connection failed: the Kerberos code
    /// first, then what happened.
    pub(crate) fn last_end(&self) -> Option<String> {
        let attempt = self.attempt.as_ref();
        match self.visits.last() {
            Some(visit) if attempt.is_none_or(|attempt| attempt.outcome.connected()) => {
                let sentence = Scene::of_visit(visit, None).sentence;
                let code =
                    visit.on_the_wire.as_ref().map(|code| format!("{code} from the web site"));
                Some(format!("{}: {sentence}", code.as_deref().unwrap_or("visited")))
            }
            _ => attempt.map(|attempt| {
                let sentence = Scene::of_attempt(attempt, None).sentence;
                format!("{}: {sentence}", attempt.outcome.end())
            }),
        }
    }

    /// When the scenario got its lab.
    pub(crate) fn began(&self) -> SystemTime {
        self.began.unwrap_or_else(|| panic!("{NO_LAB}"))
    }

    /// The last connection.
    pub(crate) fn attempt(&self) -> &Attempt {
        self.attempt.as_ref().unwrap_or_else(|| panic!("nobody has connected yet"))
    }
}

const NO_LAB: &str = "the scenario has no lab yet";

fn of_scenario(lab: Option<&PooledLab>) -> &PooledLab {
    lab.unwrap_or_else(|| panic!("{NO_LAB}"))
}
