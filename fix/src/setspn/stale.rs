//! Left-over accounts that hold names of others: disabled ones, conflict objects, and accounts of
//! computers that have joined again.

use std::collections::BTreeSet;

use super::ask::AT_ONCE;
use super::error::SetspnError;
use super::event::{Event, NextStep, Stale, Staleness};
use super::sweep::Sweep;

/// Reports the stale accounts that the other steps met, and the conflict objects.
pub(super) async fn confirm(
    of_conflicts: &BTreeSet<String>,
    sweep: &mut Sweep<'_>,
) -> Result<usize, SetspnError> {
    let values: Vec<String> = of_conflicts.iter().cloned().collect();
    for some in values.chunks(AT_ONCE) {
        for account in sweep.ask(some).await?.iter().filter(|account| account.is_conflict()) {
            for spn in &account.spns {
                sweep.record(account, Staleness::Conflict, spn);
            }
        }
    }
    let stale = std::mem::take(&mut sweep.stale);
    for (account, because, spns) in stale.values() {
        let text = match because {
            Staleness::Disabled => "if nothing will need the account again, delete it",
            Staleness::Conflict => "delete the object: replication kept the other one of its name",
            Staleness::Replaced => "if this was the computer's earlier account, delete it",
        };
        let next = NextStep { text: format!("{text}; its SPNs go with it"), commands: Vec::new() };
        let (account, spns) = (account.dn.clone(), spns.iter().cloned().collect());
        sweep.tell(Event::Stale(&Stale { account, because: *because, spns, next }))?;
    }
    sweep.tell(Event::StaleEnd { count: stale.len() })?;
    Ok(stale.len())
}
