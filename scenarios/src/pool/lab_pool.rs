//! The pool: starts labs, hands them out at their baseline, and takes them back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use spnlab_harness::{Error, Lab, LabSpec, Lifetime, SambaVersion, WinrmSettings};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};

use super::pooled_lab::PooledLab;
use super::settings::{Settings, settings};

/// Labs that scenarios use in turn.
#[derive(Debug)]
pub(crate) struct LabPool {
    idle: Mutex<Vec<PooledLab>>,
    permits: Arc<Semaphore>,
    /// One lab with two domain controllers is enough, because its start takes longer than its
    /// scenarios.
    two_dcs: Arc<Semaphore>,
    started: AtomicUsize,
    replaced: AtomicUsize,
    resets: Mutex<Vec<Duration>>,
    /// The first lab that did not start.
    broken: watch::Sender<Option<Arc<Error>>>,
    settings: Settings,
}

impl LabPool {
    /// A pool of labs like these. Each starts when a scenario first needs it.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(settings.labs)),
            two_dcs: Arc::new(Semaphore::new(1)),
            started: AtomicUsize::new(0),
            replaced: AtomicUsize::new(0),
            resets: Mutex::default(),
            broken: watch::Sender::default(),
            settings,
        }
    }

    /// A lab at its baseline: a used one after a reset, or a fresh one. The pool has checked the
    /// baseline.
    ///
    /// If a used lab does not come back to the baseline, the pool replaces it.
    pub(crate) async fn acquire(&self) -> Result<PooledLab, Arc<Error>> {
        self.acquire_any(WinrmSettings::default(), false).await
    }

    /// As [`LabPool::acquire`], a lab with two domain controllers; there is only one.
    pub(crate) async fn acquire_two_dcs(&self) -> Result<PooledLab, Arc<Error>> {
        self.acquire_any(WinrmSettings::default(), true).await
    }

    /// As [`LabPool::acquire`], a lab whose WinRM has these settings.
    pub(crate) async fn acquire_with(&self, winrm: WinrmSettings) -> Result<PooledLab, Arc<Error>> {
        self.acquire_any(winrm, false).await
    }

    async fn acquire_any(
        &self,
        winrm: WinrmSettings,
        two_dcs: bool,
    ) -> Result<PooledLab, Arc<Error>> {
        // The lab with two domain controllers comes first. Waiting for it keeps no other scenario
        // from a lab.
        let mut permits = Vec::new();
        if two_dcs {
            permits.push(Self::permit(&self.two_dcs).await?);
        }
        permits.push(Self::permit(&self.permits).await?);
        if let Some(mut used) = self.take_idle(winrm, two_dcs).await {
            let start = Instant::now();
            match used.prepare(winrm).await {
                Ok(()) => {
                    self.resets.lock().await.push(start.elapsed());
                    used.permits = permits;
                    return Ok(used);
                }
                Err(error) => {
                    self.settings.progress.say(&format!("pool: replacing a lab: {error}"));
                    self.replaced.fetch_add(1, Ordering::Relaxed);
                    used.lab.shutdown().await?;
                }
            }
        }
        let lab = match self.start(winrm, two_dcs).await {
            Ok(lab) => lab,
            Err(error) => {
                let error = Arc::new(error);
                self.broken.send_replace(Some(Arc::clone(&error)));
                return Err(error);
            }
        };
        // A fresh lab is checked like a used one: the baseline is what the image really holds.
        lab.reset().await?;
        Ok(PooledLab::new(lab, permits))
    }

    /// A released lab, if possible one with these settings.
    async fn take_idle(&self, winrm: WinrmSettings, two_dcs: bool) -> Option<PooledLab> {
        let mut idle = self.idle.lock().await;
        let has_dcs = |used: &PooledLab| used.lab.has_second_dc() == two_dcs;
        let fits = |used: &PooledLab| has_dcs(used) && used.lab.mem1().winrm_runs_with(winrm);
        let at = idle.iter().position(|used| fits(used) && !used.needs_return_to_image);
        let at = at.or_else(|| idle.iter().position(has_dcs));
        at.map(|at| idle.swap_remove(at))
    }

    async fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
        let closed = |_| Error::Disagreement { detail: "the pool of labs is closed".to_owned() };
        Arc::clone(of).acquire_owned().await.map_err(closed)
    }

    async fn start(&self, winrm: WinrmSettings, second_dc: bool) -> Result<Lab, Error> {
        let number = self.started.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("scenarios-{}-{number}", std::process::id());
        let Settings { samba, own, progress, .. } = &self.settings;
        let (samba, own) = (*samba, own.clone());
        let own_dc = own.dc_image.is_some();
        let spec = LabSpec { second_dc, samba, own, ..LabSpec::new(&name, Lifetime::Scope) };
        // A condition is what differs from the settings that a lab began with, so all begin alike.
        let lab = Lab::start_with(&spec, WinrmSettings::default(), progress).await?;
        if winrm != WinrmSettings::default() {
            lab.mem1().set_winrm(winrm).await?;
        }
        // An image's tag proves little, so Samba itself says which version it is. Somebody's own
        // domain controller may be any.
        if !own_dc {
            refuse_another(samba, lab.dc1().samba_version().await?)?;
        }
        Ok(lab)
    }

    /// Returns when a lab did not start. What follows would say nothing about the scenarios.
    pub(crate) async fn until_broken(&self) -> Arc<Error> {
        let mut broken = self.broken.subscribe();
        // The sender lives as long as the pool.
        let error = broken.wait_for(Option::is_some).await.map(|error| error.clone());
        match error.ok().flatten() {
            Some(error) => error,
            None => std::future::pending().await,
        }
    }

    /// How many labs this run has started.
    pub(crate) fn started(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }

    /// How many labs did not come back to their baseline. Their scenarios go on in a fresh lab, but
    /// a reset that does not work is a failure of the run.
    pub(crate) fn replaced(&self) -> usize {
        self.replaced.load(Ordering::Relaxed)
    }

    /// How long each reset of a used lab took.
    pub(crate) async fn resets(&self) -> Vec<Duration> {
        self.resets.lock().await.clone()
    }

    /// Takes the lab of a failed scenario. If this run keeps such labs, the name of the kept lab is
    /// returned.
    pub(crate) async fn release_failed(&self, mut lab: PooledLab) -> Result<Option<String>, Error> {
        if !self.settings.keep_failed {
            self.release(lab).await;
            return Ok(None);
        }
        let permits = std::mem::take(&mut lab.permits);
        let kept = lab.lab.keep().await.map(|identity| Some(identity.name));
        drop(permits);
        kept
    }

    /// Takes a lab back.
    pub(crate) async fn release(&self, mut lab: PooledLab) {
        // The next scenario with a permit must find the lab.
        let permits = std::mem::take(&mut lab.permits);
        self.idle.lock().await.push(lab);
        drop(permits);
    }

    /// Removes every idle lab.
    pub(crate) async fn shutdown(&self) -> Result<(), Error> {
        let labs = std::mem::take(&mut *self.idle.lock().await);
        let ended =
            futures::future::join_all(labs.into_iter().map(|used| used.lab.shutdown())).await;
        ended.into_iter().collect()
    }
}

/// The pool of this run.
pub(crate) fn pool() -> &'static LabPool {
    static POOL: OnceLock<LabPool> = OnceLock::new();
    POOL.get_or_init(|| LabPool::new(settings().clone()))
}

/// Refuses a domain controller that runs another Samba version than this run is about.
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
