//! A world that dies at a chosen moment.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use spnfix::*;

/// Counts every write, to the journal, the directory or the registry; at the chosen one the program
/// "is killed": nothing works any more.
#[derive(Clone, Debug)]
pub(crate) struct Fuse {
    left: Arc<AtomicUsize>,
    /// Whether the deadly write is still made, and only its answer lost.
    pub(crate) made: bool,
    /// Whether somebody else writes to the same account at the same moment.
    meddled: bool,
}

impl Fuse {
    pub(crate) fn new(writes: usize, made: bool) -> Self {
        Self { left: Arc::new(AtomicUsize::new(writes)), made, meddled: false }
    }

    /// Never burns out, but somebody else is busy.
    pub(crate) fn meddled() -> Self {
        Self { meddled: true, ..Self::new(usize::MAX - 1, true) }
    }

    /// Whether this write is made, and whether the writer survives it.
    fn burn(&self) -> (bool, bool) {
        let left = self.left.load(SeqCst);
        if left == usize::MAX {
            return (false, false);
        }
        self.left.store(left.checked_sub(1).unwrap_or(usize::MAX), SeqCst);
        if left == 0 { (self.made, false) } else { (true, true) }
    }

    fn dead(&self) -> bool {
        self.left.load(SeqCst) == usize::MAX
    }
}

fn killed() -> std::io::Error {
    std::io::Error::other("killed")
}

fn no_answer() -> DirectoryError {
    DirectoryError::Lost { doing: "write".to_owned(), source: Box::new(killed()) }
}

fn no_registry(value: &RegistryValue) -> SettingsError {
    SettingsError::Failed { value: value.clone(), verb: "set", source: Box::new(killed()) }
}

#[derive(Debug)]
pub(crate) struct Mortal<T> {
    pub(crate) inner: T,
    pub(crate) fuse: Fuse,
}

impl JournalStore for Mortal<InMemoryJournal> {
    fn save(&mut self, text: &str) -> std::io::Result<()> {
        let (made, survives) = self.fuse.burn();
        if made {
            self.inner.save(text)?;
        }
        if survives { Ok(()) } else { Err(killed()) }
    }

    fn name(&self) -> PathBuf {
        self.inner.name()
    }
}

impl ClientSettings for Mortal<&mut InMemorySettings> {
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>> {
        if self.fuse.dead() {
            return Box::pin(async { Err(no_registry(value)) });
        }
        self.inner.get(value)
    }

    fn set<'a>(&'a mut self, value: &'a RegistryValue, text: &'a str) -> SettingAnswer<'a, ()> {
        Box::pin(async move {
            let (made, survives) = self.fuse.burn();
            if made {
                self.inner.set(value, text).await?;
            }
            if survives { Ok(()) } else { Err(no_registry(value)) }
        })
    }

    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()> {
        Box::pin(async move {
            let (made, survives) = self.fuse.burn();
            if made {
                self.inner.delete(value).await?;
            }
            if survives { Ok(()) } else { Err(no_registry(value)) }
        })
    }
}

impl Directory for Mortal<&mut InMemoryDirectory> {
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
        if self.fuse.dead() {
            return Box::pin(async { Err(no_answer()) });
        }
        self.inner.account_at(dn)
    }

    fn mappings(&mut self) -> Answer<'_, SpnMappings> {
        self.inner.mappings()
    }

    fn add<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let (made, survives) = self.fuse.burn();
            if made {
                self.inner.add(dn, value).await?;
                if self.fuse.meddled {
                    self.inner.add(dn, "X/meddled").await?;
                }
            }
            if survives { Ok(()) } else { Err(no_answer()) }
        })
    }

    fn delete<'a>(&'a mut self, dn: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let (made, survives) = self.fuse.burn();
            if made {
                self.inner.delete(dn, value).await?;
            }
            if survives { Ok(()) } else { Err(no_answer()) }
        })
    }
}

/// The directory and the registry of a test.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) dir: InMemoryDirectory,
    pub(crate) settings: InMemorySettings,
}

pub(crate) const MEM1: &str = "CN=MEM1,CN=Computers,DC=contoso,DC=com";
pub(crate) const WEB: &str = "CN=svc_web,CN=Users,DC=contoso,DC=com";

impl World {
    /// KB 4549715's situation, for both names.
    pub(crate) fn shadowed() -> Self {
        let dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
            .with_user("svc_web", &["HTTP/www.contoso.com", "http/MEM1", "HTTP/mem1.contoso.com"]);
        Self { dir, settings: InMemorySettings::default() }
    }

    pub(crate) async fn plan(&mut self, remedy: &Remedy) -> Plan {
        let (target, client) = ("mem1.contoso.com".parse().unwrap(), ClientProfile::default());
        let seen =
            DirectorySnapshot::take_for(&mut self.dir, &target, &client, remedy).await.unwrap();
        plan(&seen, &target, remedy, &client).unwrap()
    }

    /// All SPNs, sorted, in exact spelling but for what Samba itself rewrites.
    pub(crate) fn picture(&self) -> Vec<(String, Vec<String>)> {
        let values = |account: &Account| {
            let lower = |spn: &String| {
                if spn.starts_with("host") || spn.starts_with("HOST") {
                    spn.to_lowercase()
                } else {
                    spn.clone()
                }
            };
            let mut values: Vec<String> = account.spns.iter().map(lower).collect();
            values.sort();
            (account.name.clone(), values)
        };
        self.dir.accounts().iter().map(values).collect()
    }
}

pub(crate) fn remedies() -> Vec<Remedy> {
    vec![
        Remedy::RemoveRegistration { account: None },
        Remedy::PortSpns { port: 5985 },
        Remedy::WsmanPrefix,
        Remedy::HostPrefix,
    ]
}
