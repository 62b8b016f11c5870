//! The engineer of a lab, whose connection to the directory is kept between steps and between scenarios: Samba
//! opens its database anew for each connection, which costs more than most of what is then asked.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use spnfix::LdapDirectory;
use spnlab::{Engineer, LabRegistry};
use spnlab_harness::Lab;

use crate::steps::must;

/// Where the connection waits for the next one, with the number of dc1's run that it belongs to.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Mutex<Option<(usize, LdapDirectory)>>);

impl Waiting {
    fn take(&self, run: usize) -> Option<LdapDirectory> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.filter(|(of, _)| *of == run).map(|(_, directory)| directory)
    }

    fn put(&self, run: usize, directory: LdapDirectory) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((run, directory));
    }
}

/// The engineer, for some steps of a scenario.
pub(crate) struct Engaged<'a> {
    /// Until it is dropped.
    engineer: Option<Engineer<'a>>,
    run: usize,
    waiting: &'a Waiting,
}

impl<'a> Engaged<'a> {
    /// At dc1, with the connection that waits or another one.
    pub(crate) async fn at(lab: &'a Lab, waiting: &'a Waiting) -> Self {
        let run = lab.run_of_dc1();
        let engineer = match waiting.take(run) {
            Some(directory) => Engineer::beside(directory, Box::new(LabRegistry(lab))),
            None => must(Engineer::at(lab).await),
        };
        Self { engineer: Some(engineer), run, waiting }
    }
}

impl<'a> Deref for Engaged<'a> {
    type Target = Engineer<'a>;

    fn deref(&self) -> &Engineer<'a> {
        self.engineer.as_ref().unwrap_or_else(|| unreachable!("it is there until the end"))
    }
}

impl<'a> DerefMut for Engaged<'a> {
    fn deref_mut(&mut self) -> &mut Engineer<'a> {
        self.engineer.as_mut().unwrap_or_else(|| unreachable!("it is there until the end"))
    }
}

impl Drop for Engaged<'_> {
    fn drop(&mut self) {
        // What a step that failed has left behind is of no use to another scenario.
        if let Some(engineer) = self.engineer.take().filter(|_| !std::thread::panicking()) {
            self.waiting.put(self.run, engineer.into_directory());
        }
    }
}
