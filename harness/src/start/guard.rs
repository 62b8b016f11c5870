//! Removes what a lab left behind when it ends early: after an error, a panic or Ctrl-C.
//!
//! The guard exists before the first object is created. The tasks that create objects outlive a
//! dropped future, and the guard waits for them before it removes. So it also finds a container
//! that the engine was still creating.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::labels::LABEL_SESSION;
use super::sweep;
use crate::engine;

/// The longest wait for creations under way.
const CREATIONS: Duration = Duration::from_secs(20);

/// Counts creations under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(Arc<AtomicUsize>);

/// One creation under way.
#[derive(Debug)]
pub(crate) struct Flight(Arc<AtomicUsize>);

impl InFlight {
    pub(crate) fn enter(&self) -> Flight {
        self.0.fetch_add(1, Ordering::SeqCst);
        Flight(Arc::clone(&self.0))
    }

    fn is_empty(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Removes every object with this session's label when dropped, unless disarmed.
#[derive(Debug)]
pub(crate) struct SessionGuard {
    session: String,
    in_flight: InFlight,
    armed: bool,
}

impl SessionGuard {
    pub(crate) fn new(session: String) -> Self {
        Self { session, in_flight: InFlight::default(), armed: true }
    }

    pub(crate) fn in_flight(&self) -> InFlight {
        self.in_flight.clone()
    }

    /// The lab lives on, or is already removed: the guard removes nothing.
    pub(crate) fn disarm(&mut self) {
        self.armed = false;
    }
}

impl Drop for SessionGuard {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let (session, in_flight) = (self.session.clone(), self.in_flight.clone());
        // This drop may run inside any runtime, or in none. So the thread has a runtime and a
        // connection of its own.
        let cleaner = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build()
            else {
                return;
            };
            runtime.block_on(async {
                let start = Instant::now();
                while !in_flight.is_empty() && start.elapsed() < CREATIONS {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                let filter = format!("{LABEL_SESSION}={session}");
                let removed = match engine::connect().await {
                    Ok(docker) => sweep::remove_matching(&docker, &filter).await.map(|_| ()),
                    Err(error) => Err(error),
                };
                if let Err(error) = removed {
                    eprintln!("spnlab: session {session} was not removed completely: {error}");
                    eprintln!("hint: spnlab down --all");
                }
            });
        });
        let _ = cleaner.join();
    }
}
