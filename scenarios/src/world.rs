//! The World of one scenario: a lab at its baseline, and what happened in it.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use cucumber::World;
use cucumber::gherkin::{Feature, Scenario};
use spnfix::Verdict;
use spnlab_harness::{
    Attempt, ConnectOptions, Error, EvidenceDir, ExecOutput, Lab, Progress, SambaVersion,
    SpnInventory, WebVisit, WinrmSettings,
};

use crate::engaged::Engaged;
use crate::env;
use crate::evidence::{Evidence, folder_for};
use crate::order::file_of;
use crate::pool::{LabPool, Loan};
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
/// the others wait for a server (two processors: 66 s with three labs, 70 s with four, 71 s with two).
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
    /// Where its evidence goes.
    folder: String,
    /// When it got its lab.
    began: Option<(Instant, SystemTime)>,
    loan: Option<Loan>,
    pub(crate) evidence: Evidence,
    pub(crate) attempt: Option<Attempt>,
    /// The connections before that one.
    pub(crate) earlier: Vec<Attempt>,
    /// To the web site.
    pub(crate) visits: Vec<WebVisit>,
    /// What the engineer said of each kind of client's connection.
    pub(crate) verdicts: Vec<(&'static str, Verdict)>,
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
    /// Remembers whose scenario this is.
    ///
    /// # Panics
    /// If another scenario leaves its evidence in the same folder.
    pub fn begin(&mut self, feature: &Feature, scenario: &Scenario) {
        self.folder = folder_for(feature, scenario);
        self.feature = file_of(feature);
        scenario.name.clone_into(&mut self.scenario);
    }

    /// Keeps the evidence and gives the lab back.
    ///
    /// # Panics
    /// If a scenario that passed leaves no evidence: then it has proven nothing to anybody else.
    pub async fn end(&mut self, failed: bool) {
        let Some(loan) = self.loan.take() else { return };
        // Before the lab goes to somebody else, nobody may be in it.
        if let Some(terminal) = self.terminal.take() {
            self.evidence.showed(&terminal.leave().await);
        }
        let title = self.folder.as_str();
        if let Some((began, _)) = self.began {
            times::scenario(title.to_owned(), began.elapsed());
        }
        let kept = self.keep_evidence(&loan, title, failed).await;
        pool().give_back(loan).await;
        match kept {
            Ok(()) => {}
            Err(error) if failed => eprintln!("the evidence is not complete: {error}"),
            Err(error) => {
                panic!("no evidence of {title}: {error} ({}); {}", error.code(), error.hint())
            }
        }
    }

    /// The connections, the visits, the servers' records, and what the scenario has kept besides.
    async fn keep_evidence(&self, loan: &Loan, title: &str, failed: bool) -> Result<(), Error> {
        let folder = EvidenceDir::anew(title)?;
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
            eprintln!("evidence: {}", folder.path().display());
            loan.lab().collect_evidence(&folder).await?;
        }
        if let Some((_, since)) = self.began {
            loan.lab().collect_records(&folder, since).await?;
        }
        self.evidence.write_to(&folder, loan.lab()).await
    }

    /// The lab; a scenario gets it by its first `Given`.
    pub(crate) fn lab(&self) -> &Lab {
        lent(self.loan.as_ref()).lab()
    }

    /// The engineer of the lab: `spn_operator`, at dc1.
    pub(crate) async fn engineer(&self) -> Engaged<'_> {
        lent(self.loan.as_ref()).engineer().await
    }

    /// The lab, to change what is known of it.
    pub(crate) fn lab_mut(&mut self) -> &mut Lab {
        self.loan.as_mut().map_or_else(|| panic!("the scenario has no lab yet"), Loan::lab_mut)
    }

    /// Borrows a lab with these settings of MEM1's WinRM.
    pub(crate) async fn borrow_with(&mut self, settings: WinrmSettings) {
        self.enter(must(Box::pin(pool().lend_with(settings)).await)).await;
    }

    /// A reset alone will not undo what the scenario does to its lab.
    pub(crate) fn spoil_lab(&mut self) {
        if let Some(loan) = &mut self.loan {
            loan.spoil();
        }
    }

    /// Borrows a lab with two domain controllers.
    pub(crate) async fn borrow_two_dcs(&mut self) {
        self.enter(must(Box::pin(pool().lend_two_dcs()).await)).await;
    }

    pub(crate) async fn enter(&mut self, loan: Loan) {
        self.began = Some((Instant::now(), SystemTime::now()));
        let loan = self.loan.insert(loan);
        must(self.evidence.begin(loan.lab()).await);
    }

    /// Notes who holds which SPN, the first time that something is tried or fixed: each step that does
    /// so begins with this.
    pub(crate) async fn note_spns(&mut self) {
        self.evidence.note_spns(lent(self.loan.as_ref()).lab()).await;
    }

    /// The same before a connection of which no attempt is made, whose packets are kept.
    pub(crate) async fn note_session(&mut self) {
        self.note_spns().await;
        must(self.evidence.note_capture(lent(self.loan.as_ref()).lab()).await);
    }

    /// Another connection; who held which SPN before the first one is evidence.
    pub(crate) async fn connect(&mut self, options: &ConnectOptions) {
        self.note_spns().await;
        let attempt = must(self.lab().connect(options).await);
        self.earlier.extend(self.attempt.replace(attempt));
    }

    /// When the scenario got its lab.
    pub(crate) fn began(&self) -> SystemTime {
        self.began.map_or_else(|| panic!("the scenario has no lab yet"), |(_, at)| at)
    }

    /// The last connection.
    pub(crate) fn attempt(&self) -> &Attempt {
        self.attempt.as_ref().unwrap_or_else(|| panic!("nobody has connected yet"))
    }
}

fn lent(loan: Option<&Loan>) -> &Loan {
    loan.unwrap_or_else(|| panic!("the scenario has no lab yet"))
}
