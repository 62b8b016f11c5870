//! A small pool of labs: scenarios run side by side, each alone in a lab at its baseline.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use spnlab_harness::{Error, Lab, LabSpec, Lifetime, Progress, SambaVersion, WinrmSettings};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::engaged::{Engaged, Waiting};
use crate::times;

/// Labs that scenarios borrow.
#[derive(Debug)]
pub struct LabPool {
    idle: Mutex<Vec<Used>>,
    seats: Arc<Semaphore>,
    /// One lab with two domain controllers is enough: it takes longer to start than its scenarios to play.
    pair: Arc<Semaphore>,
    started: AtomicUsize,
    replaced: AtomicUsize,
    samba: SambaVersion,
    progress: Progress,
}

/// A lab that was given back.
#[derive(Debug)]
struct Used {
    lab: Lab,
    engineer: Waiting,
    spoiled: bool,
}

impl Used {
    /// Brings the lab back to the baseline, with these settings of its WinRM.
    async fn prepare(&mut self, winrm: WinrmSettings) -> Result<(), Error> {
        let default = WinrmSettings::default();
        if self.spoiled {
            self.lab.restore().await?;
        } else if !self.lab.winrm_runs_with(winrm) || winrm.register_spns {
            self.lab.set_winrm(default).await?;
        }
        self.lab.reset().await?;
        if self.lab.winrm_runs_with(winrm) {
            return Ok(());
        }
        // What WinRM then registers meets the baseline, too.
        self.lab.set_winrm(winrm).await?;
        self.lab.reset().await
    }
}

/// A lab on loan: nobody else uses it until it is given back.
#[derive(Debug)]
pub struct Loan {
    lab: Lab,
    /// The connection of its engineer.
    engineer: Waiting,
    seats: Vec<OwnedSemaphorePermit>,
    /// A reset alone does not bring it back.
    spoiled: bool,
}

impl Loan {
    /// The lab.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The lab's engineer.
    pub(crate) async fn engineer(&self) -> Engaged<'_> {
        Engaged::at(&self.lab, &self.engineer).await
    }

    /// A reset alone will not bring the lab back to its baseline.
    pub fn spoil(&mut self) {
        self.spoiled = true;
    }

    /// The lab, to change what is known of it.
    pub fn lab_mut(&mut self) -> &mut Lab {
        &mut self.lab
    }
}

impl LabPool {
    /// A pool of at most `size` labs with this Samba; each starts when it is first needed.
    pub fn new(size: usize, samba: SambaVersion, progress: Progress) -> Self {
        Self {
            idle: Mutex::default(),
            seats: Arc::new(Semaphore::new(size)),
            pair: Arc::new(Semaphore::new(1)),
            started: AtomicUsize::new(0),
            replaced: AtomicUsize::new(0),
            samba,
            progress,
        }
    }

    /// Lends a lab that is proven to be at its baseline: a used one after a reset, or a fresh one.
    ///
    /// A used lab that does not come back to the baseline is replaced.
    pub async fn lend(&self) -> Result<Loan, Error> {
        self.lend_common(WinrmSettings::default(), false).await
    }

    /// As [`LabPool::lend`], a lab with two domain controllers; there is only one.
    pub async fn lend_two_dcs(&self) -> Result<Loan, Error> {
        self.lend_common(WinrmSettings::default(), true).await
    }

    /// As [`LabPool::lend`], a lab whose WinRM has these settings.
    pub async fn lend_with(&self, winrm: WinrmSettings) -> Result<Loan, Error> {
        self.lend_common(winrm, false).await
    }

    async fn lend_common(&self, winrm: WinrmSettings, second_dc: bool) -> Result<Loan, Error> {
        // The pair first: whoever waits for it takes nobody's seat.
        let mut seats = Vec::new();
        if second_dc {
            seats.push(Self::permit(&self.pair).await?);
        }
        seats.push(Self::permit(&self.seats).await?);
        if let Some(mut used) = self.used(winrm, second_dc).await {
            let start = Instant::now();
            match used.prepare(winrm).await {
                Ok(()) => {
                    times::reset(start.elapsed());
                    let Used { lab, engineer, .. } = used;
                    return Ok(Loan { lab, engineer, seats, spoiled: false });
                }
                Err(error) => {
                    self.progress.say(&format!("pool: replacing a lab: {error}"));
                    self.replaced.fetch_add(1, Ordering::Relaxed);
                    used.lab.shutdown().await?;
                }
            }
        }
        let lab = self.fresh(winrm, second_dc).await?;
        // A fresh lab is checked like a used one: the baseline is what the image really holds.
        lab.reset().await?;
        Ok(Loan { lab, engineer: Waiting::default(), seats, spoiled: false })
    }

    /// A lab that somebody has given back, if possible one with these settings.
    async fn used(&self, winrm: WinrmSettings, second_dc: bool) -> Option<Used> {
        let mut idle = self.idle.lock().await;
        let has_dcs = |used: &Used| used.lab.has_second_dc() == second_dc;
        let fits = |used: &Used| has_dcs(used) && used.lab.winrm_runs_with(winrm);
        let at = idle.iter().position(|used| fits(used) && !used.spoiled);
        let at = at.or_else(|| idle.iter().position(has_dcs));
        at.map(|at| idle.swap_remove(at))
    }

    async fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
        let closed = |_| Error::Disagreement { detail: "the pool of labs is closed".to_owned() };
        Arc::clone(of).acquire_owned().await.map_err(closed)
    }

    async fn fresh(&self, winrm: WinrmSettings, second_dc: bool) -> Result<Lab, Error> {
        let number = self.started.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("scenarios-{number}");
        let spec = LabSpec { second_dc, samba: self.samba, ..LabSpec::new(&name, Lifetime::Scope) };
        let lab = Lab::start_with(&spec, winrm, &self.progress).await?;
        // A tag says little: what runs there is asked.
        refuse_another(self.samba, lab.samba_version().await?)?;
        Ok(lab)
    }

    /// How many labs did not come back to their baseline. Scenarios go on in a fresh one, but a
    /// reset that does not work is a failure of the run.
    pub fn replaced(&self) -> usize {
        self.replaced.load(Ordering::Relaxed)
    }

    /// Takes a lab back.
    pub async fn give_back(&self, loan: Loan) {
        let Loan { lab, engineer, seats, spoiled } = loan;
        self.idle.lock().await.push(Used { lab, engineer, spoiled });
        drop(seats);
    }

    /// Removes every idle lab.
    pub async fn shutdown(&self) -> Result<(), Error> {
        let labs = std::mem::take(&mut *self.idle.lock().await);
        let ended =
            futures::future::join_all(labs.into_iter().map(|used| used.lab.shutdown())).await;
        ended.into_iter().collect()
    }
}

/// Refuses a domain controller that runs another Samba than the one that this run is about.
fn refuse_another(asked: SambaVersion, runs: SambaVersion) -> Result<(), Error> {
    if runs == asked {
        return Ok(());
    }
    Err(Error::Disagreement { detail: format!("dc1 runs Samba {runs}, not {asked}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_with_another_samba_than_asked_is_refused() {
        for asked in SambaVersion::ALL {
            assert!(refuse_another(asked, asked).is_ok());
        }
        let refused = refuse_another(SambaVersion::V4_17, SambaVersion::V4_22).unwrap_err();
        assert_eq!(refused.code(), "SPNLAB-DISAGREEMENT");
        assert!(refused.to_string().contains("dc1 runs Samba 4.22, not 4.17"), "{refused}");
    }
}
