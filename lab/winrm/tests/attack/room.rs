//! What attacks share: a realm, one or two labs, and how they print a result.

use crate::lab::{Lab, TRAINER};
use crate::support::sealed::Ticket;
use crate::support::{Endpoint, Realm, realm};
use std::cell::OnceCell;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

pub(crate) const NO_KDC: &str = "no MIT KDC is installed (Debian: krb5-kdc)";

/// One attack.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: fn(&Room) -> Finding,
}

impl Attack {
    pub(crate) const fn new(
        name: &'static str,
        what: &'static str,
        run: fn(&Room) -> Finding,
    ) -> Self {
        Self { name, what, run }
    }
}

/// What came of it, with its figures.
pub(crate) enum Finding {
    Held(String),
    Broken(String),
    Skipped(String),
}

impl Finding {
    pub(crate) fn of(held: bool, result: String) -> Self {
        if held { Self::Held(result) } else { Self::Broken(result) }
    }
}

/// Made when the first attack needs it, and gone with the last.
pub(crate) struct Room {
    short: bool,
    realm: OnceCell<Option<Realm>>,
    lab: OnceCell<Lab>,
    neighbour: OnceCell<Lab>,
}

impl Room {
    pub(crate) fn new(short: bool) -> Self {
        let [lab, neighbour] = [const { OnceCell::new() }; 2];
        Self { short, realm: OnceCell::new(), lab, neighbour }
    }

    /// How much: in the short form, and in the full one.
    pub(crate) fn rounds(&self, short: usize, full: usize) -> usize {
        if self.short { short } else { full }
    }

    /// `None` where MIT's KDC is not installed.
    pub(crate) fn realm(&self) -> Option<&Realm> {
        self.realm.get_or_init(|| realm("attacks on an endpoint")).as_ref()
    }

    pub(crate) fn lab(&self) -> &Lab {
        self.lab.get_or_init(|| Lab::up("a"))
    }

    pub(crate) fn neighbour(&self) -> &Lab {
        self.neighbour.get_or_init(|| Lab::up("b"))
    }

    /// Attacks an endpoint of its own, so that one attack leaves nothing to the next.
    pub(crate) fn endpoint(
        &self,
        arguments: &[&str],
        attack: impl FnOnce(&Realm, Endpoint, &Ticket) -> Finding,
    ) -> Finding {
        match self.realm() {
            Some(realm) => attack(realm, realm.endpoint(arguments), &trainer(realm)),
            None => Finding::Skipped(NO_KDC.to_owned()),
        }
    }
}

/// The ticket of the user who may use the endpoint.
pub(crate) fn trainer(realm: &Realm) -> Ticket {
    Ticket::of(realm, TRAINER.0, TRAINER.1)
}

/// Ends what runs beside.
#[derive(Default)]
pub(crate) struct Stop(Mutex<bool>, Condvar);

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        self.wait(Duration::ZERO)
    }

    /// Waits as long; less if it is set.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let guard = self.0.lock().unwrap();
        *self.1.wait_timeout_while(guard, time, |stopped| !*stopped).unwrap().0
    }
}

/// Sets it even if the measuring panics: the threads would be waited for without end.
struct Guard<'a>(&'a Stop);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}

/// Runs `attack` on so many threads while `measure` runs. Then the threads stop. Each returns how
/// much it did.
pub(crate) fn beside<T>(
    threads: usize,
    attack: impl Fn(&Stop) -> usize + Sync,
    measure: impl FnOnce() -> T,
) -> (usize, T) {
    let stop = Stop::default();
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(|| attack(&stop))).collect();
        let measured = {
            let _guard = Guard(&stop);
            measure()
        };
        (started.into_iter().map(|thread| thread.join().unwrap()).sum(), measured)
    })
}

/// The middle one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
