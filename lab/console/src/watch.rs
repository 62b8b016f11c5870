//! Watches the lab: what is done in it, who holds which SPN, and CLIENT's registry value.
//!
//! The engine hands on each line of the lab's log at once. Nobody tells the console of a change of
//! the directory that has no line, so it asks for a number that grows with each.
//!
//! Uses: desk, story.

use std::time::{Duration, SystemTime};

use spnlab_harness::{Error, Lab, Result, Role, SpnInventory, SpnWrite};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use crate::desk::Desk;
use crate::story::Prefix;

/// How often the console asks the directory, and looks at the registry.
const LOOK: Duration = Duration::from_millis(100);
/// A directory that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// So long ago the change was made at most that the console sees now.
const RECENT: Duration = Duration::from_secs(5);
/// The value of the article's third option.
const VALUE: &str = "spn_prefix";

/// The number of lines that the lab's log had.
pub(crate) struct Begun(usize);

/// Looks once, so that the first page has something to show.
pub(crate) async fn look(lab: &Lab, desk: &Desk) -> Result<Begun> {
    let logged = lab.client().logged().await?;
    desk.saw(|watched| watched.story.take(&logged.lines));
    let (found, prefix) = tokio::join!(found(lab, None), prefix(lab));
    desk.saw(|watched| {
        watched.registry(prefix);
        watched.directory(found.and_then(|found| found.1), SystemTime::now().into());
    });
    Ok(Begun(logged.next))
}

/// Watches the lab until it is gone.
pub(crate) async fn watch(lab: &Lab, desk: &Desk, Begun(next): Begun) -> Error {
    let (lines, _) = watch::channel(next);
    tokio::select! {
        never = log(lab, desk, &lines) => never,
        gone = directory(lab, desk, lines.subscribe()) => gone,
        never = registry(lab, desk, lines.subscribe()) => never,
    }
}

async fn log<T>(lab: &Lab, desk: &Desk, lines: &watch::Sender<usize>) -> T {
    let mut again = looks();
    loop {
        let from = *lines.borrow();
        let logged = lab.client().logged_from(from).await;
        if logged.lines.is_empty() {
            // CLIENT does not run. It may start again.
            again.tick().await;
            continue;
        }
        desk.saw(|watched| watched.story.take(&logged.lines));
        lines.send_replace(logged.next);
    }
}

async fn directory(lab: &Lab, desk: &Desk, mut lines: watch::Receiver<usize>) -> Error {
    let mut ticks = looks();
    let mut known = None;
    loop {
        let found = found(lab, known).await;
        if found.is_none() && lab.was_removed().await {
            return Error::LabGone { name: lab.identity().name.clone() };
        }
        let now = SystemTime::now();
        let (usn, spns) = found.unzip();
        known = usn;
        // A number that did not grow says that nothing is new.
        if let Some(spns) = spns.map_or(Some(None), |spns| spns.map(Some))
            && desk.saw(|watched| watched.directory(spns, now.into()))
        {
            // An audit that cannot be read says nothing.
            if let Ok(Ok(writes)) = timeout(PATIENCE, writes(lab, now - RECENT)).await {
                desk.saw(|watched| watched.written(now.into(), writes));
            }
        }
        next(&mut ticks, &mut lines).await;
    }
}

async fn registry<T>(lab: &Lab, desk: &Desk, mut lines: watch::Receiver<usize>) -> T {
    let mut ticks = looks();
    loop {
        let prefix = prefix(lab).await;
        desk.saw(|watched| watched.registry(prefix));
        next(&mut ticks, &mut lines).await;
    }
}

/// The changes of SPNs that a domain controller recorded since.
async fn writes(lab: &Lab, since: SystemTime) -> Result<Vec<SpnWrite>> {
    let mut writes = lab.dc1().spn_writes(since).await?;
    if lab.has_second_dc() {
        writes.extend(lab.dc(Role::Dc2)?.spn_writes(since).await?);
    }
    Ok(writes)
}

fn looks() -> Interval {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Returns when it is time for a look, or something was done.
async fn next(ticks: &mut Interval, lines: &mut watch::Receiver<usize>) {
    tokio::select! {
        _ = ticks.tick() => {}
        Ok(()) = lines.changed() => {}
    }
}

/// The directory's number, and its SPNs unless it has the known number still. `None`: it does not
/// answer.
async fn found(lab: &Lab, known: Option<u64>) -> Option<(u64, Option<SpnInventory>)> {
    let dc1 = lab.dc1();
    let asked = async {
        let usn = dc1.highest_usn().await?;
        let spns = if known == Some(usn) { None } else { Some(dc1.spns().await?) };
        Result::Ok((usn, spns))
    };
    timeout(PATIENCE, asked).await.ok()?.ok()
}

async fn prefix(lab: &Lab) -> Prefix {
    match timeout(PATIENCE, lab.client().registry_get(VALUE)).await {
        Ok(Ok(value)) => value.into(),
        _ => Prefix::Unknown,
    }
}
