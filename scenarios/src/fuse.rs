//! A run of the fix library that something happens to, between any two of its steps.
//!
//! Every write (to the journal, the directory or the registry) has two points: just before it and
//! just after it. The fuse counts them; at the chosen one its charge goes off.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use spnfix::{
    Account, AccountName, Answer, ClientSettings, Directory, Domain, JournalStore, RegistryValue,
    Scope, SettingAnswer, Spn, SpnMappings, SpnPattern, Target, Visit,
};

/// What happens at the chosen point.
pub type Charge = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Counts the points of a run.
#[derive(Clone)]
pub struct Fuse {
    left: Arc<AtomicUsize>,
    charge: Charge,
}

impl std::fmt::Debug for Fuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fuse").field("left", &self.left).finish_non_exhaustive()
    }
}

impl Fuse {
    /// Goes off at the point with this number; 1 is the first.
    pub fn new(point: usize, charge: Charge) -> Self {
        Self { left: Arc::new(AtomicUsize::new(point)), charge }
    }

    /// Whether the chosen point was reached.
    pub fn went_off(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    fn burn(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let one_less = |left: usize| left.checked_sub(1);
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        (before == Ok(1)).then(|| (self.charge)())
    }

    async fn point(&self) {
        if let Some(charge) = self.burn() {
            charge.await;
        }
    }
}

/// Kills this process, as `kill -9` does.
pub fn sigkill() -> Charge {
    Arc::new(|| {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        Box::pin(std::future::pending())
    })
}

/// Something whose writes burn a fuse.
#[derive(Debug)]
pub struct Fused<T> {
    inner: T,
    fuse: Fuse,
}

impl<T> Fused<T> {
    /// Puts the fuse in.
    pub fn new(inner: T, fuse: &Fuse) -> Self {
        Self { inner, fuse: fuse.clone() }
    }
}

/// A journal whose saving burns the fuse; its charge must be one that needs no waiting for.
impl JournalStore for Fused<Box<dyn JournalStore>> {
    fn save(&mut self, text: &str) -> std::io::Result<()> {
        drop(self.fuse.burn());
        let saved = self.inner.save(text);
        drop(self.fuse.burn());
        saved
    }

    fn name(&self) -> PathBuf {
        self.inner.name()
    }
}

impl<S: ClientSettings + ?Sized> ClientSettings for Fused<&mut S> {
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>> {
        self.inner.get(value)
    }

    fn set<'a>(&'a mut self, value: &'a RegistryValue, text: &'a str) -> SettingAnswer<'a, ()> {
        Box::pin(async move {
            self.fuse.point().await;
            let set = self.inner.set(value, text).await;
            self.fuse.point().await;
            set
        })
    }

    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()> {
        Box::pin(async move {
            self.fuse.point().await;
            let deleted = self.inner.delete(value).await;
            self.fuse.point().await;
            deleted
        })
    }
}

impl<D: Directory> Directory for Fused<&mut D> {
    fn domain(&mut self) -> Answer<'_, Domain> {
        self.inner.domain()
    }

    fn reach(&self) -> Scope {
        self.inner.reach()
    }

    fn holders<'a>(&'a mut self, spns: &'a [Spn], scope: Scope) -> Answer<'a, Vec<Account>> {
        self.inner.holders(spns, scope)
    }

    fn search<'a>(&'a mut self, pattern: &'a SpnPattern, scope: Scope) -> Answer<'a, Vec<Account>> {
        self.inner.search(pattern, scope)
    }

    fn every_holder<'a>(&'a mut self, scope: Scope, visit: &'a mut Visit<'_>) -> Answer<'a, u64> {
        self.inner.every_holder(scope, visit)
    }

    fn computers<'a>(&'a mut self, host: &'a Target, scope: Scope) -> Answer<'a, Vec<Account>> {
        self.inner.computers(host, scope)
    }

    fn account<'a>(&'a mut self, name: &'a AccountName) -> Answer<'a, Option<Account>> {
        self.inner.account(name)
    }

    fn account_at<'a>(&'a mut self, dn: &'a str) -> Answer<'a, Option<Account>> {
        self.inner.account_at(dn)
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        self.inner.mappings()
    }

    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            self.fuse.point().await;
            let added = self.inner.add(dn, value).await;
            self.fuse.point().await;
            added
        })
    }

    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            self.fuse.point().await;
            let deleted = self.inner.delete(dn, value).await;
            self.fuse.point().await;
            deleted
        })
    }
}
