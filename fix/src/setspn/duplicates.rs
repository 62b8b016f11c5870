//! SPNs on several accounts.

use super::ask::{AT_ONCE, Holding};
use super::error::SetspnError;
use super::event::{Duplicate, Event, NextStep};
use super::owner::{class_and_host, is_the_computers_own};
use super::sweep::{Sweep, staleness};
use crate::directory::Account;
use crate::names::same;

/// Asks for the holders of the suspects, and reports those with several holders. Returns how many
/// of them are wrong.
pub(super) async fn confirm(
    suspects: &[String],
    sweep: &mut Sweep<'_>,
) -> Result<usize, SetspnError> {
    let (mut count, mut wrong) = (0, 0);
    for some in suspects.chunks(AT_ONCE) {
        let accounts = sweep.ask(some).await?;
        for suspect in some {
            let holding = Holding::of(suspect, &accounts);
            let (Some(spn), true) = (holding.spelled(), holding.len() > 1) else { continue };
            let (holders, by_design) = (holding.accounts(), is_by_design(&holding));
            let next = match (by_design, sweep.advises) {
                (true, _) => Some(by_design_step()),
                (false, true) => Some(next_step(spn, &holders, sweep).await?),
                (false, false) => None,
            };
            let (spn, accounts) = (spn.to_owned(), holding.dns());
            sweep.tell(Event::Duplicate(&Duplicate { spn, accounts, by_design, next }))?;
            count += 1;
            wrong += usize::from(!by_design);
        }
    }
    sweep.tell(Event::Duplicates { count })?;
    Ok(wrong)
}

/// Each domain's KDC account holds this name. It is never asked for across domains.
fn is_by_design(holding: &Holding<'_>) -> bool {
    let kdc = |account: &&Account| same(&account.name, "krbtgt");
    holding.spelled().is_some_and(|spn| same(spn, "kadmin/changepw"))
        && holding.accounts().iter().all(kdc)
}

fn by_design_step() -> NextStep {
    let text = "by design: krbtgt of each domain holds it, so leave it".to_owned();
    NextStep { text, commands: Vec::new() }
}

async fn next_step(
    spn: &str,
    holders: &[&Account],
    sweep: &mut Sweep<'_>,
) -> Result<NextStep, SetspnError> {
    let read: Vec<Account> = holders.iter().map(|account| (*account).clone()).collect();
    let own = class_and_host(spn).filter(|(class, _)| is_the_computers_own(class));
    if let Some((class, host)) = own
        && let Some(owners) = sweep.meant(host, &read).await?
        && !owners.is_empty()
    {
        return Ok(of_a_computer(spn, class, holders, &owners, sweep));
    }
    let (stale, live): (Vec<&Account>, Vec<&Account>) =
        holders.iter().copied().partition(|account| staleness(account).is_some());
    if stale.is_empty() || live.is_empty() {
        let text = "keep it on the account that the service runs as, and delete it from the others";
        return Ok(NextStep { text: text.to_owned(), commands: Vec::new() });
    }
    sweep.note_stale(spn, &stale);
    let names = sweep.all_called(&stale);
    let text = format!("{names} should not have it: disabled, or left over from a conflict");
    let commands = sweep.delete(spn, &stale);
    Ok(NextStep { text, commands: sweep.once(commands) })
}

/// The name belongs to the computers that it means. No other account should have it.
fn of_a_computer(
    spn: &str,
    class: &str,
    holders: &[&Account],
    owners: &[Account],
    sweep: &mut Sweep<'_>,
) -> NextStep {
    let is_owner = |account: &Account| owners.iter().any(|owner| owner.is(&account.dn));
    let (rightful, others): (Vec<&Account>, Vec<&Account>) =
        holders.iter().copied().partition(|account| is_owner(account));
    let all_owners: Vec<&Account> = owners.iter().collect();
    let owner = sweep.all_called(&all_owners);
    if rightful.is_empty() && same(class, "HOST") {
        let text = format!("it belongs to {owner}: see the misplaced HOST names");
        return NextStep { text, commands: Vec::new() };
    }
    if others.is_empty() {
        let text = format!(
            "{owner} have one short name in several domains, and each domain's KDC finds its own: \
             delete nothing, and connect with full names"
        );
        return NextStep { text, commands: Vec::new() };
    }
    let text = format!("it belongs to {owner}: {} should not have it", sweep.all_called(&others));
    sweep.note_stale(spn, &others);
    let mut commands = sweep.delete(spn, &others);
    if let ([], [one]) = (rightful.as_slice(), owners) {
        commands.extend(sweep.command("-S", spn, one));
    }
    NextStep { text, commands: sweep.once(commands) }
}
