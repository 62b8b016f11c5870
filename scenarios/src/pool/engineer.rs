//! The engineer of a pooled lab. Samba opens its database anew for each connection, which costs
//! more than most requests. So one connection to the directory serves many steps and scenarios.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use spnfix::LdapDirectory;
use spnlab_engineer::{Engineer, LabRegistry};
use spnlab_harness::Lab;

/// The connection while no step uses it, with the number of its run of dc1.
#[derive(Debug, Default)]
pub(crate) struct IdleConnection(Mutex<Option<(usize, LdapDirectory)>>);

impl IdleConnection {
    fn take(&self, run: usize) -> Option<LdapDirectory> {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        idle.filter(|(of, _)| *of == run).map(|(_, directory)| directory)
    }

    fn put(&self, run: usize, directory: LdapDirectory) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((run, directory));
    }
}

/// The engineer for some steps of a scenario. When it is dropped, it puts its connection back.
pub(crate) struct PooledEngineer<'a> {
    /// `None` only during the drop.
    engineer: Option<Engineer<'a>>,
    run: usize,
    idle: &'a IdleConnection,
}

impl<'a> PooledEngineer<'a> {
    /// Connects to dc1, over the idle connection or a new one.
    pub(crate) async fn at(lab: &'a Lab, idle: &'a IdleConnection) -> Result<Self, spnfix::Error> {
        let run = lab.dc1().run();
        let engineer = match idle.take(run) {
            Some(directory) => Engineer::beside(directory, Box::new(LabRegistry(lab))),
            None => Engineer::at(lab).await?,
        };
        Ok(Self { engineer: Some(engineer), run, idle })
    }
}

impl<'a> Deref for PooledEngineer<'a> {
    type Target = Engineer<'a>;

    fn deref(&self) -> &Engineer<'a> {
        self.engineer.as_ref().unwrap_or_else(|| unreachable!("it is there until the drop"))
    }
}

impl<'a> DerefMut for PooledEngineer<'a> {
    fn deref_mut(&mut self) -> &mut Engineer<'a> {
        self.engineer.as_mut().unwrap_or_else(|| unreachable!("it is there until the drop"))
    }
}

impl Drop for PooledEngineer<'_> {
    fn drop(&mut self) {
        // A step that failed may have left the connection in any state.
        if let Some(engineer) = self.engineer.take().filter(|_| !std::thread::panicking()) {
            self.idle.put(self.run, engineer.into_directory());
        }
    }
}
