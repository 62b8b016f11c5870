//! SPNs that shadow an alias of another account: the situation of KB 4549715.
//!
//! `HTTP/mem1` is an alias of `HOST/mem1` until an account holds it literally. If that account does
//! not hold `HOST/mem1`, tickets for `HTTP/mem1` are encrypted with its key. The directory's own
//! `sPNMappings` say which classes are aliases.

use super::ask::{AT_ONCE, Holding};
use super::error::SetspnError;
use super::event::{Event, NextStep, Shadowed};
use super::owner::class_and_host;
use super::suspects::Alias;
use super::sweep::{Sweep, staleness, staleness_for};
use crate::directory::Account;

/// Asks for the holders of the suspects and of the names behind the aliases, and reports the real
/// ones.
pub(super) async fn confirm(
    suspects: &[Alias],
    sweep: &mut Sweep<'_>,
) -> Result<usize, SetspnError> {
    let mut count = 0;
    for some in suspects.chunks(AT_ONCE / 2) {
        let values: Vec<String> =
            some.iter().flat_map(|(spn, other)| [spn.clone(), other.clone()]).collect();
        let accounts = sweep.ask(&values).await?;
        for (spn, other) in some {
            let owners = Holding::of(other, &accounts);
            let holders = Holding::of(spn, &accounts).without(&owners);
            if let (Some(spn), Some(alias_of)) = (holders.spelled(), owners.spelled()) {
                let next = next_step(spn, &holders.accounts(), alias_of, &owners.accounts(), sweep)
                    .await?;
                let found = Shadowed {
                    spn: spn.to_owned(),
                    accounts: holders.dns(),
                    alias_of: alias_of.to_owned(),
                    owners: owners.dns(),
                    next,
                };
                sweep.tell(Event::Shadowed(&found))?;
                count += 1;
            }
        }
    }
    sweep.tell(Event::ShadowedEnd { count })?;
    Ok(count)
}

async fn next_step(
    spn: &str,
    holders: &[&Account],
    alias_of: &str,
    owners: &[&Account],
    sweep: &mut Sweep<'_>,
) -> Result<NextStep, SetspnError> {
    let host = class_and_host(spn).map_or("", |(_, host)| host);
    let read: Vec<Account> = owners.iter().chain(holders).map(|one| (*one).clone()).collect();
    let meant = sweep.meant(host, &read).await?.unwrap_or_default();
    let is_meant = |account: &&Account| meant.iter().any(|one| one.is(&account.dn));
    // A computer of this name keeps it, whoever holds HOST.
    let (computers, others): (Vec<&Account>, Vec<&Account>) =
        holders.iter().copied().partition(is_meant);
    if !meant.is_empty() && !owners.iter().any(is_meant) {
        let all: Vec<&Account> = meant.iter().collect();
        let text = format!(
            "{alias_of} belongs to {}, the computer of this name: see the misplaced HOST names \
             first",
            sweep.all_called(&all)
        );
        return Ok(NextStep { text, commands: Vec::new() });
    }
    if others.is_empty() {
        let names = sweep.all_called(&computers);
        let text = format!("{names} has this name in its own domain: delete nothing");
        return Ok(NextStep { text, commands: Vec::new() });
    }
    let is_stale = |account: &&Account| match meant.as_slice() {
        [] => staleness(account).is_some(),
        _ => staleness_for(spn, account).is_some(),
    };
    let (stale, live): (Vec<&Account>, Vec<&Account>) = others.into_iter().partition(is_stale);
    sweep.note_stale(spn, &stale);
    let commands = sweep.delete(spn, &stale);
    let commands = sweep.once(commands);
    let text = match live.as_slice() {
        [] => format!("{} is left over: delete the name there", sweep.all_called(&stale)),
        live => in_use(spn, live, &meant, sweep),
    };
    Ok(NextStep { text, commands })
}

/// The account may run a service that needs the name. Only its administrator knows.
fn in_use(spn: &str, live: &[&Account], meant: &[Account], sweep: &Sweep<'_>) -> String {
    let names = sweep.all_called(live);
    let unused = sweep.delete(spn, live).join(", ");
    let unused = if unused.is_empty() { "delete it there".to_owned() } else { unused };
    let text = format!("if a service of {names} needs it, leave it; if not: {unused}");
    match (meant, spn.split_once('/')) {
        ([computer], Some((class, _)))
            if class.eq_ignore_ascii_case("HTTP") && !spn.contains(':') =>
        {
            let computer = sweep.called(computer);
            format!(
                "{text}. If it stays, WinRM on {computer} needs port SPNs or another prefix (KB \
                 4549715)"
            )
        }
        _ => text,
    }
}
