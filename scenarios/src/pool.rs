//! A small pool of labs: scenarios run side by side, each alone in a lab at its baseline.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use spnlab_harness::{Error, Lab, LabSpec, Lifetime, Progress, SambaVersion, WinrmSettings};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::times;

/// Labs that scenarios borrow.
#[derive(Debug)]
pub struct LabPool {
    idle: Mutex<Vec<Lab>>,
    /// Those with two domain controllers.
    idle_pairs: Mutex<Vec<Lab>>,
    seats: Arc<Semaphore>,
    started: AtomicUsize,
    replaced: AtomicUsize,
    samba: SambaVersion,
    progress: Progress,
}

/// A lab on loan: nobody else uses it until it is given back.
#[derive(Debug)]
pub struct Loan {
    lab: Lab,
    seat: OwnedSemaphorePermit,
    /// Another scenario may have it afterwards.
    common: bool,
}

impl Loan {
    /// The lab.
    pub fn lab(&self) -> &Lab {
        &self.lab
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
            idle_pairs: Mutex::default(),
            seats: Arc::new(Semaphore::new(size)),
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
        self.lend_common(false).await
    }

    /// As [`LabPool::lend`], a lab with two domain controllers.
    pub async fn lend_two_dcs(&self) -> Result<Loan, Error> {
        self.lend_common(true).await
    }

    async fn lend_common(&self, second_dc: bool) -> Result<Loan, Error> {
        let seat = self.seat().await?;
        let used = self.idle_of(second_dc).lock().await.pop();
        if let Some(lab) = used {
            let start = Instant::now();
            match lab.reset().await {
                Ok(()) => {
                    times::reset(start.elapsed());
                    return Ok(Loan { lab, seat, common: true });
                }
                Err(error) => {
                    self.progress.say(&format!("pool: replacing a lab: {error}"));
                    self.replaced.fetch_add(1, Ordering::Relaxed);
                    lab.shutdown().await?;
                }
            }
        }
        let lab = self.fresh(WinrmSettings::default(), second_dc).await?;
        // A fresh lab is checked like a used one: the baseline is what the image really holds.
        lab.reset().await?;
        Ok(Loan { lab, seat, common: true })
    }

    /// Lends a lab of its own, which nobody gets afterwards.
    pub async fn lend_with(&self, winrm: WinrmSettings) -> Result<Loan, Error> {
        let seat = self.seat().await?;
        Ok(Loan { lab: self.fresh(winrm, false).await?, seat, common: false })
    }

    fn idle_of(&self, second_dc: bool) -> &Mutex<Vec<Lab>> {
        if second_dc { &self.idle_pairs } else { &self.idle }
    }

    async fn seat(&self) -> Result<OwnedSemaphorePermit, Error> {
        let closed = |_| Error::Disagreement { detail: "the pool of labs is closed".to_owned() };
        Arc::clone(&self.seats).acquire_owned().await.map_err(closed)
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
    pub async fn give_back(&self, loan: Loan) -> Result<(), Error> {
        if !loan.common {
            return loan.lab.shutdown().await;
        }
        self.idle_of(loan.lab.has_second_dc()).lock().await.push(loan.lab);
        drop(loan.seat);
        Ok(())
    }

    /// Removes every idle lab.
    pub async fn shutdown(&self) -> Result<(), Error> {
        let mut labs = std::mem::take(&mut *self.idle.lock().await);
        labs.append(&mut *self.idle_pairs.lock().await);
        let ended = futures::future::join_all(labs.into_iter().map(Lab::shutdown)).await;
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
