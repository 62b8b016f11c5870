//! Interrupted fixes: a directory, a registry and a journal that fail at a chosen point of a run.
//!
//! Every write has two points: just before it and just after it. A [`FailPoint`] counts the points
//! of everything that shares it. At the chosen point it runs its action, or everything that shares
//! it fails from then on.
//!
//! ```
//! use spnfix::testing::{FailPoint, WithFailPoint};
//! use spnfix::*;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO").with_user("svc_web", &[]);
//! // The first write is made, and its answer is lost.
//! let fail_point = FailPoint::dead_from(2);
//! let dn = "CN=svc_web,CN=Users,DC=contoso,DC=com";
//! let mut failing = WithFailPoint::new(&mut dir, &fail_point);
//! assert!(failing.add(dn, "HTTP/mem1").await.is_err());
//! assert_eq!(dir.accounts()[0].spns, ["HTTP/mem1"]);
//! # });
//! ```
//!
//! Uses: client, directory, journal, names.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::client::{ClientSettings, RegistryValue, SettingAnswer, SettingsError};
use crate::directory::{Account, Answer, Directory, DirectoryError, Domain, Scope, Visit};
use crate::journal::JournalStore;
use crate::names::{AccountName, Spn, SpnMappings, SpnPattern, Target};

/// The action at a point. A journal drops its future, so there it must act as soon as it is called.
pub type Action = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// The chosen point of a run. Clones share their count.
#[derive(Clone)]
pub struct FailPoint {
    left: Arc<AtomicUsize>,
    /// `None`: everything fails from this point on.
    action: Option<Action>,
    rival_value: Option<String>,
}

impl fmt::Debug for FailPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailPoint").field("left", &self.left).finish_non_exhaustive()
    }
}

impl FailPoint {
    /// Runs the action at the point with this number; 1 is the first. The run continues afterwards.
    pub fn at(point: usize, action: Action) -> Self {
        Self { action: Some(action), ..Self::dead_from(point) }
    }

    /// Everything fails from the point with this number, as if this program had been killed.
    pub fn dead_from(point: usize) -> Self {
        Self { left: Arc::new(AtomicUsize::new(point)), action: None, rival_value: None }
    }

    /// Nothing fails.
    pub fn never() -> Self {
        Self::dead_from(usize::MAX)
    }

    /// Another program adds this value to the same account, right after each value that is added.
    #[must_use]
    pub fn with_rival_value(mut self, value: &str) -> Self {
        self.rival_value = Some(value.to_owned());
        self
    }

    /// Whether the point was reached.
    pub fn reached(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    fn dead(&self) -> bool {
        self.action.is_none() && self.reached()
    }

    /// Counts one point. Returns the action to await there.
    fn pass(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let one_less = |left: usize| left.checked_sub(1);
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        let action = self.action.as_ref().filter(|_| before == Ok(1))?;
        Some(action())
    }

    /// A write between its two points.
    async fn around<T, E>(
        &self,
        write: impl Future<Output = Result<T, E>>,
        lost: impl Fn() -> E,
    ) -> Result<T, E> {
        self.wait().await;
        if self.dead() {
            return Err(lost());
        }
        let written = write.await;
        self.wait().await;
        if self.dead() { Err(lost()) } else { written }
    }

    async fn wait(&self) {
        if let Some(action) = self.pass() {
            action.await;
        }
    }
}

/// A directory, a registry or a journal whose writes pass a [`FailPoint`].
#[derive(Debug)]
pub struct WithFailPoint<T> {
    inner: T,
    point: FailPoint,
}

impl<T> WithFailPoint<T> {
    /// Things that share a point share its count.
    pub fn new(inner: T, point: &FailPoint) -> Self {
        Self { inner, point: point.clone() }
    }
}

fn killed() -> io::Error {
    io::Error::other("killed")
}

fn no_answer() -> DirectoryError {
    DirectoryError::Lost { doing: "write".to_owned(), source: Box::new(killed()) }
}

fn no_registry(value: &RegistryValue) -> SettingsError {
    SettingsError::Failed { value: value.clone(), verb: "set", source: Box::new(killed()) }
}

impl<J: JournalStore> JournalStore for WithFailPoint<J> {
    fn save(&mut self, text: &str) -> io::Result<()> {
        drop(self.point.pass());
        if self.point.dead() {
            return Err(killed());
        }
        let saved = self.inner.save(text);
        drop(self.point.pass());
        if self.point.dead() { Err(killed()) } else { saved }
    }

    fn name(&self) -> PathBuf {
        self.inner.name()
    }
}

impl<S: ClientSettings + ?Sized> ClientSettings for WithFailPoint<&mut S> {
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>> {
        if self.point.dead() {
            return Box::pin(async { Err(no_registry(value)) });
        }
        self.inner.get(value)
    }

    fn set<'a>(&'a mut self, value: &'a RegistryValue, text: &'a str) -> SettingAnswer<'a, ()> {
        let Self { inner, point } = self;
        Box::pin(async { point.around(inner.set(value, text), || no_registry(value)).await })
    }

    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()> {
        let Self { inner, point } = self;
        Box::pin(async { point.around(inner.delete(value), || no_registry(value)).await })
    }
}

impl<D: Directory + ?Sized> Directory for WithFailPoint<&mut D> {
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
        if self.point.dead() {
            return Box::pin(async { Err(no_answer()) });
        }
        self.inner.account_at(dn)
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        self.inner.mappings()
    }

    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        let Self { inner, point } = self;
        Box::pin(async {
            let add = async {
                inner.add(dn, value).await?;
                match &point.rival_value {
                    Some(rival) => inner.add(dn, rival).await,
                    None => Ok(()),
                }
            };
            point.around(add, no_answer).await
        })
    }

    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        let Self { inner, point } = self;
        Box::pin(async { point.around(inner.delete(dn, value), no_answer).await })
    }
}
