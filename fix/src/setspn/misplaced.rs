//! HOST names on accounts that are not the computer of that name.
//!
//! Whoever holds `HOST/web7` gets the tickets for all of its aliases. If that is not the computer
//! web7, nothing on web7 can decrypt them. A name that several accounts hold is a duplicate. A name
//! of another computer without an account of its own is a usual alias.

use super::ask::{AT_ONCE, Holding};
use super::error::SetspnError;
use super::event::{Event, Misplaced, NextStep};
use super::owner::host_spns;
use super::suspects::host_of;
use super::sweep::Sweep;
use crate::directory::{Account, AccountKind};
use crate::names::{holds, same};

/// Names with the same holders and the same owner.
struct Group {
    owner: Option<Account>,
    holders: Vec<Account>,
    spns: Vec<String>,
}

/// Asks for the holders of the suspects, and reports the names that belong elsewhere. Returns how
/// many groups are wrong.
pub(super) async fn confirm(
    suspects: &[String],
    sweep: &mut Sweep<'_>,
) -> Result<usize, SetspnError> {
    let mut groups: Vec<Group> = Vec::new();
    for some in suspects.chunks(AT_ONCE) {
        let accounts = sweep.ask(some).await?;
        for suspect in some {
            let holding = Holding::of(suspect, &accounts);
            let (Some(spn), Some(host)) = (holding.spelled(), host_of(suspect)) else { continue };
            let holders: Vec<Account> = holding.accounts().into_iter().cloned().collect();
            let Some(owner) = owner(host, &holders, sweep).await? else { continue };
            match groups.iter_mut().find(|group| group.is(owner.as_ref(), &holders)) {
                Some(group) => group.spns.push(spn.to_owned()),
                None => groups.push(Group { owner, holders, spns: vec![spn.to_owned()] }),
            }
        }
    }
    let mut wrong = 0;
    for (at, group) in groups.iter().enumerate() {
        // -R adds all names of the computer, so all must be free.
        let of_it = |other: &&Group| other.is_of(group.owner.as_ref());
        let last = !groups[at + 1..].iter().any(|later| of_it(&later));
        let restore = last && groups.iter().filter(of_it).any(Group::wants_reset);
        let found = group.report(restore, sweep);
        wrong += usize::from(found.owner.is_some());
        sweep.tell(Event::Misplaced(&found))?;
    }
    sweep.tell(Event::MisplacedEnd { count: groups.len() })?;
    Ok(wrong)
}

/// The computer that should hold the name in place of these holders. `None`: nothing is wrong.
/// `Some(None)`: a holder is no computer, and no computer has this name.
async fn owner(
    host: &str,
    holders: &[Account],
    sweep: &mut Sweep<'_>,
) -> Result<Option<Option<Account>>, SetspnError> {
    let Some(meant) = sweep.meant(host, holders).await? else { return Ok(None) };
    if meant.iter().any(|one| holders.iter().any(|holder| holder.is(&one.dn))) {
        return Ok(None);
    }
    let near = |one: &&Account| holders.iter().any(|holder| same(&holder.domain(), &one.domain()));
    let owner = match meant.as_slice() {
        [] => None,
        [one] => Some(one),
        several => several.iter().find(near),
    };
    let computers = holders.iter().all(|holder| holder.kind == AccountKind::Computer);
    Ok(if owner.is_none() && computers { None } else { Some(owner.cloned()) })
}

impl Group {
    fn is_of(&self, owner: Option<&Account>) -> bool {
        self.owner.as_ref().map(|owner| &owner.dn) == owner.map(|owner| &owner.dn)
    }

    fn is(&self, owner: Option<&Account>, holders: &[Account]) -> bool {
        let mine = self.holders.iter().map(|account| &account.dn);
        self.is_of(owner) && mine.eq(holders.iter().map(|account| &account.dn))
    }

    /// Whether `-R` restores one of the names.
    fn wants_reset(&self) -> bool {
        let by_reset = self.owner.as_ref().map(host_spns).unwrap_or_default();
        self.spns.iter().any(|spn| holds(&by_reset, spn))
    }

    fn report(&self, restore: bool, sweep: &mut Sweep<'_>) -> Misplaced {
        let holders: Vec<&Account> = self.holders.iter().collect();
        let next = match &self.owner {
            Some(owner) => self.back_to(owner, &holders, restore, sweep),
            None => NextStep {
                text: format!(
                    "no enabled computer has this name. If a host uses the key of {}, such as one \
                     with its own keytab, leave it; if not, delete it there",
                    sweep.all_called(&holders)
                ),
                commands: Vec::new(),
            },
        };
        Misplaced {
            spns: self.spns.clone(),
            accounts: holders.iter().map(|account| account.dn.clone()).collect(),
            owner: self.owner.as_ref().map(|owner| owner.dn.clone()),
            next,
        }
    }

    /// Deletes the names where they are. Then `-R` restores the computer's usual ones, and `-S` the
    /// others.
    fn back_to(
        &self,
        owner: &Account,
        holders: &[&Account],
        restore: bool,
        sweep: &mut Sweep<'_>,
    ) -> NextStep {
        let mut commands = Vec::new();
        for spn in &self.spns {
            sweep.note_stale(spn, holders);
            commands.extend(sweep.delete(spn, holders));
        }
        let by_reset = host_spns(owner);
        for spn in self.spns.iter().filter(|spn| !holds(&by_reset, spn)) {
            commands.extend(sweep.command("-S", spn, owner));
        }
        if restore {
            commands.extend(sweep.command("-R", "", owner));
        }
        let commands = sweep.once(commands);
        let (owner, holders) = (sweep.called(owner), sweep.all_called(holders));
        let text = format!(
            "tickets for {owner} are encrypted for {holders}: delete the names there, then restore \
             them on the computer"
        );
        NextStep { text, commands }
    }
}
