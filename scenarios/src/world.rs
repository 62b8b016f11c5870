//! The World of one scenario: a lab at its baseline, and what happened in it.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use cucumber::World;
use spnlab_harness::{
    Attempt, EvidenceDir, ExecOutput, Lab, Progress, SambaVersion, SpnInventory, WebVisit,
    WinrmSettings,
};

use crate::env;
use crate::pool::{LabPool, Loan};
use crate::record::snapshot_name;
use crate::steps::clear::ClearState;
use crate::steps::command_line::CommandLineState;
use crate::steps::look_alikes::LookAlikeState;
use crate::steps::must;
use crate::steps::remedy::RemedyState;
use crate::steps::replication::ReplicationState;
use crate::steps::safety::SafetyState;
use crate::terminal::Terminal;
use crate::times;

/// Labs at a time at most; each is three containers.
const MOST_LABS: usize = 8;

/// How many labs run side by side: one for each processor of this machine, and one more that works while
/// the others wait for a server (two processors: 108 s with three labs, 101 s with four, 105 s with five).
pub fn labs() -> usize {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    env::labs().unwrap_or(processors + 1).clamp(1, MOST_LABS)
}

/// The Samba of this run.
///
/// # Panics
/// If `SPNLAB_SAMBA` names one that labs do not run: nothing can be said about that one.
pub fn samba() -> SambaVersion {
    env::samba().unwrap_or_else(|error| panic!("{error}"))
}

/// The pool of this run.
pub fn pool() -> &'static LabPool {
    static POOL: OnceLock<LabPool> = OnceLock::new();
    POOL.get_or_init(|| LabPool::new(labs(), samba(), Progress::new(|text| eprintln!("{text}"))))
}

/// The state of a lab at one moment.
#[derive(Debug)]
pub(crate) struct Noted {
    pub(crate) spns: SpnInventory,
    pub(crate) prefix: Option<String>,
}

/// One scenario.
#[derive(Debug, Default, World)]
pub struct LabWorld {
    pub(crate) feature: String,
    pub(crate) scenario: String,
    /// When it got its lab.
    began: Option<(Instant, SystemTime)>,
    /// Who held which SPN once everything was set up.
    spns_before: Option<SpnInventory>,
    loan: Option<Loan>,
    pub(crate) attempt: Option<Attempt>,
    /// To the web site.
    pub(crate) visits: Vec<WebVisit>,
    pub(crate) noted: Option<Noted>,
    pub(crate) remedy: RemedyState,
    pub(crate) safety: SafetyState,
    pub(crate) command_line: CommandLineState,
    pub(crate) clear: ClearState,
    pub(crate) look_alike: LookAlikeState,
    pub(crate) replication: ReplicationState,
    pub(crate) setspn: Option<ExecOutput>,
    pub(crate) terminal: Option<Terminal>,
}

impl LabWorld {
    /// Remembers whose scenario this is: the feature's file, without its extension, and the title.
    pub fn begin(&mut self, feature: &str, scenario: &str) {
        feature.clone_into(&mut self.feature);
        scenario.clone_into(&mut self.scenario);
    }

    /// Keeps the evidence and gives the lab back.
    pub async fn end(&mut self, failed: bool) {
        let Some(loan) = self.loan.take() else { return };
        // Before the lab goes to somebody else, nobody may be in it.
        self.terminal = None;
        let title = snapshot_name(&self.feature, &self.scenario).replace("__", "/");
        if let Some((began, _)) = self.began {
            times::scenario(title.clone(), began.elapsed());
        }
        if let Ok(folder) = EvidenceDir::create(&title) {
            if let Some(attempt) = &self.attempt {
                let _ = attempt.write_to(&folder, "attempt");
            }
            if let (false, Ok(visits)) =
                (self.visits.is_empty(), serde_json::to_string_pretty(&self.visits))
            {
                let _ = folder.write("visits.json", visits);
            }
            self.keep_records(&loan, &folder).await;
            if failed {
                if let Err(error) = loan.lab().collect_evidence(&folder).await {
                    eprintln!("the evidence is not complete: {error}");
                }
                eprintln!("evidence: {}", folder.path().display());
            }
        }
        pool().give_back(loan).await;
    }

    /// The lab; a scenario gets it by its first `Given`.
    pub(crate) fn lab(&self) -> &Lab {
        self.loan.as_ref().map_or_else(|| panic!("the scenario has no lab yet"), Loan::lab)
    }

    /// The lab, to change what is known of it.
    pub(crate) fn lab_mut(&mut self) -> &mut Lab {
        self.loan.as_mut().map_or_else(|| panic!("the scenario has no lab yet"), Loan::lab_mut)
    }

    /// Borrows a lab of its own, with these settings of MEM1's WinRM.
    pub(crate) async fn borrow_with(&mut self, settings: WinrmSettings) {
        self.enter(must(Box::pin(pool().lend_with(settings)).await));
    }

    /// A reset alone will not undo what the scenario does to its lab.
    pub(crate) fn spoil_lab(&mut self) {
        if let Some(loan) = &mut self.loan {
            loan.spoil();
        }
    }

    /// Borrows a lab with two domain controllers.
    pub(crate) async fn borrow_two_dcs(&mut self) {
        self.enter(must(Box::pin(pool().lend_two_dcs()).await));
    }

    pub(crate) fn enter(&mut self, loan: Loan) {
        self.began = Some((Instant::now(), SystemTime::now()));
        self.loan = Some(loan);
    }

    /// Notes who holds which SPN, the first time: before anything is tried or fixed. A DC that does not
    /// answer is part of a scenario.
    pub(crate) async fn note_spns(&mut self) {
        if self.spns_before.is_none() {
            self.spns_before = self.lab().spns().await.ok();
        }
    }

    /// The servers' records, and the SPNs before and after. What a scenario has ended has none.
    async fn keep_records(&self, loan: &Loan, folder: &EvidenceDir) {
        if let Some((_, since)) = self.began {
            let _ = loan.lab().collect_records(folder, since).await;
        }
        let after = loan.lab().spns().await.ok();
        let inventories =
            [("spns-before.json", self.spns_before.as_ref()), ("spns-after.json", after.as_ref())];
        for (name, spns) in inventories {
            if let Some(spns) = spns {
                let _ = folder.write_spns(name, spns);
            }
        }
    }

    /// The last connection.
    pub(crate) fn attempt(&self) -> &Attempt {
        self.attempt.as_ref().unwrap_or_else(|| panic!("nobody has connected yet"))
    }
}
